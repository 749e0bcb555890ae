/** How strict mode fails a test: when it is asked, at reset, at stop, in a virtual host, at once; and how a test allows what it provokes. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import {
  type BrokerExpectations,
  brokerExpectations,
  type StrictOptions,
  TestBroker,
} from '../../src/testing'
import { eventually } from '../support/eventually'

declare global {
  namespace jest {
    interface Matchers<R> extends BrokerExpectations<R> {}
  }
}

expect.extend(brokerExpectations)

let broker: TestBroker
let client: ChannelModel
let channel: Channel

async function begin(options: Parameters<typeof TestBroker.start>[0] = { strict: true }): Promise<void> {
  broker = await TestBroker.start(options)
  client = await connect(broker.url)
  channel = await client.createChannel()
}

afterEach(async () => {
  broker.allow({})
  await broker.stop()
})

const lose = (on = channel) => void on.sendToQueue('nowhere', Buffer.from('lost'))
const VIOLATED = { name: 'StrictViolated', message: expect.stringContaining('unroutable: 127.0.0.1') }

describe('a strict broker', () => {
  it('fails once, when it is asked first', async () => {
    await begin()
    lose()
    await expect(broker.expectStrict()).rejects.toMatchObject(VIOLATED)
    await broker.expectStrict()
    await broker.stop()
  })

  it('fails at a reset, which is done nevertheless', async () => {
    await begin()
    await channel.assertQueue('q')
    lose()
    await expect(broker.reset()).rejects.toMatchObject(VIOLATED)
    expect(broker.queue('q').exists).toBe(false)
    await broker.reset()
  })

  it('fails at its stop, which is done nevertheless, beside leaks that are its cause', async () => {
    await begin()
    lose()
    const { port } = broker
    await expect(broker.stop({ failOnLeaks: true })).rejects.toMatchObject({
      ...VIOLATED,
      cause: { name: 'LeaksFound' },
    })
    await broker.stop()
    await expect(connect(`amqp://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('fails a matcher', async () => {
    await begin()
    await expect(broker).toHaveNoViolations()
    lose()
    await expect(expect(broker).toHaveNoViolations()).rejects.toThrow('no queue took it')
    lose()
    await expect(broker).not.toHaveNoViolations()
  })

  it('fails the virtual host in which it happened, and no other', async () => {
    await begin()
    const [one, other] = [await broker.vhost(), await broker.vhost()]
    const guest = await connect(one.url)
    lose(await guest.createChannel())
    await expect(other).toHaveNoViolations()
    await other.drop()
    await expect(one.drop()).rejects.toMatchObject(VIOLATED)
    await broker.expectStrict()
  })

  it('keeps a thousand, tells of twenty, and of the others that they are', async () => {
    await begin()
    for (let sent = 0; sent < 1200; sent++) lose()
    const { message, violations } = await broker.expectStrict().then(
      () => ({ message: 'it is content', violations: [] }),
      error => error,
    )
    expect(violations).toHaveLength(1000)
    expect(message.match(/unroutable: /g)).toHaveLength(20)
    expect(message).toMatch(/\n… and 980 more violations$/)
  })

  it('tells without a journey when none is written down', async () => {
    await begin({ strict: true, journal: { messages: 0 } })
    lose()
    await expect(broker.expectStrict()).rejects.toMatchObject(VIOLATED)
  })

  it('has no rule that there is not', async () => {
    await expect(TestBroker.start({ strict: { unrouteable: true } as StrictOptions })).rejects.toMatchObject({
      name: 'OptionError',
      message: expect.stringContaining('no rule "unrouteable": unroutable, '),
    })
    await begin()
  })
})

describe('a broker that is not strict', () => {
  it('notes nothing, fails nothing, and says so to whoever expects it', async () => {
    await begin({})
    lose()
    await broker.waitForMessage({ text: 'lost' })
    expect(broker.violations()).toEqual([])
    await expect(broker.expectStrict()).rejects.toThrow('the test broker is not strict')
    await expect(expect(broker).toHaveNoViolations()).rejects.toThrow('the test broker is not strict')
    await broker.reset()
  })
})

describe('what a test provokes', () => {
  it('is allowed before and after it happens, until the allowance ends', async () => {
    await begin()
    lose()
    await broker.waitForMessage({ text: 'lost' })
    const provoked = broker.allow({ rule: 'unroutable', exchange: '', text: /"nowhere"/ })
    lose()
    await broker.expectStrict()
    expect(provoked.violations).toHaveLength(2)
    provoked.end()
    lose()
    await expect(broker.expectStrict()).rejects.toMatchObject(VIOLATED)
  })

  it('is allowed until the reset', async () => {
    await begin()
    broker.allow({ text: 'no queue took it' })
    lose()
    await broker.reset()
    lose()
    await expect(broker.expectStrict()).rejects.toMatchObject(VIOLATED)
  })

  it.each([
    ['another rule', { rule: 'prefetch' }],
    ['another channel', { channel: 2 }],
    ['another text', { text: 'somewhere' }],
    ['nothing the function takes', () => false],
  ] as const)('is not what is meant by %s', async (_, matcher) => {
    await begin()
    broker.allow(matcher)
    lose()
    await expect(broker.expectStrict()).rejects.toMatchObject(VIOLATED)
  })
})

describe('onViolation', () => {
  it('is told at once', async () => {
    const told: string[] = []
    await begin({ strict: { onViolation: ({ rule }) => void told.push(rule) } })
    lose()
    await eventually(async () => expect(told).toEqual(['unroutable']))
  })

  it('throws on its own, and harms neither client nor broker', async () => {
    const thrown: unknown[] = []
    const before = queueMicrotask
    globalThis.queueMicrotask = run => {
      try {
        run()
      } catch (error) {
        thrown.push(error)
      }
    }
    try {
      const onViolation = () => {
        throw new Error('strict!')
      }
      await begin({ strict: { onViolation } })
      lose()
      await channel.assertQueue('q')
      expect(thrown).toEqual([new Error('strict!')])
    } finally {
      globalThis.queueMicrotask = before
    }
  })
})

describe('lenient redeclaration', () => {
  it('leaves what is there, answers ok, and says what differs', async () => {
    await begin({ redeclare: 'lenient' })
    await channel.assertQueue('q', { durable: true, messageTtl: 5 })
    await channel.assertQueue('q', { durable: false })
    await channel.assertQueue('q', { durable: true, messageTtl: 6 })
    await channel.assertExchange('e', 'topic')
    await channel.assertExchange('e', 'direct')
    expect(broker.violations()).toMatchObject([
      { rule: 'redeclare', queue: 'q', channel: 1, user: 'guest', text: expect.stringMatching(/'durable'/) },
      {
        queue: 'q',
        text: `declared queue "q" again: inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received '6' but current is '5'`,
      },
      { exchange: 'e', text: expect.stringContaining("'type' for exchange 'e'") },
    ])
    await broker.reset()
    expect(broker.violations()).toEqual([])
  })

  it('is a violation to a strict broker, unless that rule is off', async () => {
    await begin({ redeclare: 'lenient', strict: true })
    await channel.assertQueue('q', { durable: true })
    await channel.assertQueue('q', { durable: false })
    await expect(broker.reset()).rejects.toThrow(/redeclare: .* declared queue "q" again/)
    await broker.stop()
    await begin({ redeclare: 'lenient', strict: { redeclare: false } })
    await channel.assertQueue('q', { durable: true })
    await channel.assertQueue('q', { durable: false })
    await broker.expectStrict()
  })

  it('is no way to the queue of another connection', async () => {
    await begin({ redeclare: 'lenient' })
    await channel.assertQueue('q', { exclusive: true })
    const other = await connect(broker.url)
    const guest = await other.createChannel()
    guest.on('error', () => {})
    await expect(guest.assertQueue('q', { exclusive: true })).rejects.toMatchObject({ code: 405 })
  })

  it('is refused by a broker that is not lenient', async () => {
    await begin({})
    channel.on('error', () => {})
    await channel.assertQueue('q', { durable: true })
    await expect(channel.assertQueue('q', { durable: false })).rejects.toMatchObject({ code: 406 })
    await expect(TestBroker.start({ redeclare: 'often' as 'lenient' })).rejects.toThrow(
      '"refused" or "lenient"',
    )
  })
})

describe('a request to the HTTP API', () => {
  async function ask(method: string, path: string, body: object): Promise<Response> {
    const headers = { authorization: `Basic ${btoa('guest:guest')}` }
    return fetch(`${broker.managementUrl}/api${path}`, { method, headers, body: JSON.stringify(body) })
  }

  it('is a client like others when it publishes', async () => {
    await begin({ strict: true, management: true })
    const message = { properties: {}, routing_key: 'nowhere', payload: 'lost', payload_encoding: 'string' }
    const answer = await ask('POST', '/exchanges/%2F/amq.default/publish', message)
    expect(await answer.json()).toEqual({ routed: false })
    expect(broker.violations()).toMatchObject([{ rule: 'unroutable', user: 'guest', clientName: undefined }])
  })

  it('may declare again, too, with its user named', async () => {
    await begin({ redeclare: 'lenient', management: true })
    await channel.assertQueue('q', { durable: false })
    expect((await ask('PUT', '/queues/%2F/q', { durable: true })).status).toBe(204)
    expect(`${broker.violations()[0]}`).toMatch(/^redeclare: the HTTP API \(guest\) declared queue "q" again/)
  })
})
