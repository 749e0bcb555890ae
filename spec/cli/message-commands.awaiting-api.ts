import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { eventually } from '../support/eventually'
import { temporaryFolder } from '../support/temporary-folder'
import { CommandedBroker } from './against-a-broker'
import { killAll, Leveret } from './leveret'

const folder = temporaryFolder()
let broker: CommandedBroker
let queue: string
let count = 0

beforeAll(async () => {
  broker = await CommandedBroker.open()
})

afterAll(() => broker.close())

beforeEach(async () => {
  queue = `queue-${++count}`
  await broker.says(['declare', 'queue', queue])
})

afterEach(killAll)

interface Got {
  readonly payload: string
  readonly redelivered: boolean
  readonly position: number
  readonly properties: object
}

async function publish(...bodies: string[]): Promise<void> {
  await broker.says(['publish', '--queue', queue, '--lines'], bodies.map(body => `${body}\n`).join(''))
}

async function peeked(of = queue): Promise<string[]> {
  return (await broker.json<Got[]>(['get', of, '--peek', '--count', '1000'])).map(({ payload }) => payload)
}

describe('leveret publish', () => {
  it('sends a body with properties and headers, which get shows', async () => {
    const args = [
      'publish',
      '--queue',
      queue,
      '{"id": 7}',
      '--persistent',
      '--property',
      'content_type=application/json',
    ]
    const said = await broker.says([
      ...args,
      '--property',
      'priority=3',
      '--header',
      'tenant=7',
      '--header',
      'who="7"',
    ])
    expect(said).toBe('published 1 message\n')
    const [got] = await broker.json<Got[]>(['get', queue])
    expect(got).toMatchObject({
      payload: '{"id": 7}',
      properties: {
        delivery_mode: 2,
        content_type: 'application/json',
        priority: 3,
        headers: { tenant: 7, who: '7' },
      },
    })
    const text = await broker.says(['get', queue])
    expect(text).toContain(`exchange (default), key ${queue}, 9 bytes, redelivered\n`)
    expect(text).toContain('  content_type = application/json\n')
    expect(text).toContain('  tenant: 7\n')
    expect(text).toContain('{"id": 7}\n')
  })

  it('sends each line as a message, in their order', async () => {
    await publish('one', '', 'three', 'vier – fünf')
    expect(await peeked()).toEqual(['one', '', 'three', 'vier – fünf'])
  })

  it('sends what is piped in, and what is in a file, to the last byte', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 200])
    writeFileSync(join(folder, 'body'), bytes)
    await broker.says(['publish', '--queue', queue, '--file', join(folder, 'body')])
    await broker.says(['publish', '--queue', queue], 'a\nb\n')
    const connection = await amqplib.connect(broker.broker.url)
    const channel = await connection.createChannel()
    const bodies = [await channel.get(queue, { noAck: true }), await channel.get(queue, { noAck: true })]
    expect(bodies.map(got => (got === false ? undefined : got.content))).toEqual([
      bytes,
      Buffer.from('a\nb\n'),
    ])
    await connection.close()
  })

  it('sends one many times', async () => {
    const said = await broker.json(['publish', '--queue', queue, '--count', '250', 'x'])
    expect(said).toEqual({ published: 250, unrouted: 0 })
    expect(await peeked()).toHaveLength(250)
  })

  it('tells when no queue took it', async () => {
    const lost = await broker.run(['publish', '-e', 'amq.topic', '-k', 'nobody', 'x'])
    expect(lost).toMatchObject({ code: 7, output: 'published 1 message\n' })
    expect(lost.errors).toBe('leveret: no queue took it: nothing is bound for that routing key\n')
    expect(await broker.run(['publish', '-e', 'nope', '-k', 'x', 'x'])).toMatchObject({ code: 5 })
  })

  it.each([
    [['publish', 'x'], 'name where to publish'],
    [['publish', '--queue', 'q', '-e', 'x', 'y'], '--queue excludes'],
    [['publish', '--queue', 'q', 'x', '--file', 'f'], 'exclude each other'],
    [['publish', '--queue', 'q', 'x', '--property', 'contenttype=a'], 'Did you mean content_type?'],
    [['publish', '--queue', 'q', 'x', '--property', 'priority=high'], 'priority must be a whole number'],
  ])('refuses %j', async (args, message) => {
    const { code, errors } = await broker.run(args)
    expect(code).toBe(2)
    expect(errors).toContain(message)
  })
})

describe('leveret get', () => {
  it('puts messages back unless told to take them', async () => {
    await publish('a', 'b', 'c')
    const got = async (mode: string): Promise<string[]> =>
      (await broker.json<Got[]>(['get', queue, '--count', '2', '--ack-mode', mode])).map(
        ({ payload }) => payload,
      )
    expect(await got('requeue')).toEqual(['a', 'b'])
    expect(await got('ack')).toEqual(['a', 'b'])
    expect(await got('reject')).toEqual(['c'])
    expect(await got('ack')).toEqual([])
    expect(await broker.says(['get', queue])).toBe(`no messages in ${queue}\n`)
  })

  it('peeks without a trace', async () => {
    await publish('a', 'b', 'needle', 'd')
    const looked = await broker.json<Got[]>(['get', queue, '--peek', '--count', '2', '--offset', '1'])
    expect(looked.map(({ payload }) => payload)).toEqual(['b', 'needle'])
    const found = await broker.json<Got[]>(['get', queue, '--peek', '--count', '9', '--search', 'NEEDLE'])
    expect(found.map(({ payload }) => payload)).toEqual(['needle'])
    const [first] = await broker.json<Got[]>(['get', queue, '--ack-mode', 'ack'])
    expect(first).toMatchObject({ payload: 'a', redelivered: false })
  })

  it('gives bodies as they are with --raw', async () => {
    await publish('a', 'b')
    expect(await broker.says(['get', queue, '--raw', '--count', '2'])).toBe('ab')
  })

  it('tells of a queue that is not there', async () => {
    expect(await broker.run(['get', 'nope'])).toMatchObject({ code: 5, output: '' })
  })
})

describe('leveret consume', () => {
  it('shows what comes in and leaves it there', async () => {
    await publish('old')
    const tail = new Leveret(
      ['consume', queue, '--json', '--interval', '0.1', '--last', '1'],
      broker.environment,
    )
    await tail.says(/"old"/)
    await publish('new-1', 'new-2')
    await tail.says(/"new-2"/)
    tail.signal('SIGINT')
    expect(await tail.exitCode).toBe(130)
    const lines = tail.output.trimEnd().split('\n')
    expect(lines.map(line => (JSON.parse(line) as Got).payload)).toEqual(['old', 'new-1', 'new-2'])
    expect(tail.errors).toBe('')
    expect(await peeked()).toEqual(['old', 'new-1', 'new-2'])
  })

  it('takes messages with --ack, and no more than it was told to', async () => {
    await publish('a', 'b', 'c')
    expect(await broker.says(['consume', queue, '--ack', '--count', '2', '--raw'])).toBe('ab')
    expect(await peeked()).toEqual(['c'])
  })

  it('ends when the queue goes', async () => {
    const tail = new Leveret(
      ['consume', queue, '--interval', '0.1', '--last', '1', '--json'],
      broker.environment,
    )
    await publish('a')
    await tail.says(/"a"/)
    await broker.says(['delete', 'queue', queue])
    expect(await tail.exitCode).toBe(5)
  })
})

describe('leveret move and redrive', () => {
  it('moves messages, all or some, and copies them', async () => {
    const other = `${queue}-other`
    await broker.says(['declare', 'queue', other])
    await publish('a', 'b', 'c', 'd')
    expect(await broker.says(['move', queue, other, '--count', '1'])).toBe('moved 1 message\n')
    expect(await broker.json(['move', queue, other, '--copy'])).toEqual({ moved: 3 })
    expect([await peeked(), await peeked(other)]).toEqual([
      ['b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ])
    const [, c] = await broker.json<Got[]>(['get', queue, '--peek', '--count', '2'])
    const toFanout = ['--to-exchange', 'amq.fanout', '--positions', String(c?.position)]
    await broker.says(['bind', 'amq.fanout', other])
    expect(await broker.says(['move', queue, ...toFanout])).toBe('moved 1 message\n')
    expect([await peeked(), await peeked(other)]).toEqual([
      ['b', 'd'],
      ['a', 'b', 'c', 'd', 'c'],
    ])
    await broker.says(['unbind', 'amq.fanout', other])
    await broker.says(['move', queue, other])
    expect(await peeked()).toEqual([])
  })

  it('moves thousands in batches', async () => {
    const other = `${queue}-other`
    await broker.says(['declare', 'queue', other])
    const connection = await amqplib.connect(broker.broker.url)
    const channel = await connection.createConfirmChannel()
    for (let at = 0; at < 2500; at++) channel.sendToQueue(queue, Buffer.from(String(at)))
    await channel.waitForConfirms()
    await connection.close()
    expect(await broker.says(['move', queue, other])).toBe('moved 2500 messages\n')
    await eventually(async () => expect(await peeked(other)).toHaveLength(1000))
  })

  it('sends dead letters back to where they died', async () => {
    const dead = `${queue}-dead`
    const work = `${queue}-work`
    await broker.says(['declare', 'queue', dead])
    const dlx = ['--argument', 'x-dead-letter-exchange=""', '--argument', `x-dead-letter-routing-key=${dead}`]
    await broker.says(['declare', 'queue', work, ...dlx])
    await broker.says(['publish', '--queue', work, '--lines'], 'a\nb\n')
    await broker.says(['publish', '--queue', dead, 'never died'])
    await broker.json(['get', work, '--count', '2', '--ack-mode', 'reject'])
    await eventually(async () => expect(await peeked(dead)).toHaveLength(3))
    const said = await broker.says(['redrive', dead])
    expect(said).toMatch(/^redrove 2 messages\nleft 1:\n/)
    expect(await peeked(work)).toEqual(['a', 'b'])
    expect(await peeked(dead)).toEqual(['never died'])
  })

  it.each([
    [['move', 'q'], 'name one destination'],
    [['move', 'q', 'r', '--to-exchange', 'x'], 'name one destination'],
    [['move', 'q', 'r', '-k', 'x'], '--routing-key goes with --to-exchange'],
    [['move', 'q', 'r', '--positions', '1,x'], 'It must be whole numbers'],
  ])('refuses %j', async (args, message) => {
    const { code, errors } = await broker.run(args)
    expect(code).toBe(2)
    expect(errors).toContain(message)
  })
})

describe('leveret explain', () => {
  it('tells who would take a message, and why not the others', async () => {
    await broker.says(['declare', 'exchange', 'explained', '--type', 'topic'])
    await broker.says(['bind', 'explained', queue, '-k', 'order.*'])
    await broker.says(['bind', 'explained', queue, '-k', 'invoice.#'])
    const text = await broker.says(['explain', 'explained', 'order.created'])
    expect(text).toContain(`reaches 1 queue:\n  ${queue}\n`)
    expect(text).toMatch(/order\.\* +yes/)
    expect(text).toMatch(/invoice\.# +no +\S/)
    expect(await broker.says(['explain', 'explained', 'x'])).toMatch(/^reaches no queue\n/)
    expect(await broker.json(['explain', 'explained', 'order.created'])).toMatchObject({
      queues: [queue],
      unroutable: false,
    })
  })
})
