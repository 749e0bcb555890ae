import amqplib from 'amqplib'
import { eventually } from '../support/eventually'
import { CommandedBroker } from './against-a-broker'
import { killAll, Leveret } from './leveret'

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
}

async function publish(...bodies: string[]): Promise<void> {
  await broker.says(['publish', '--queue', queue, '--lines'], bodies.map(body => `${body}\n`).join(''))
}

async function peeked(of = queue): Promise<string[]> {
  return (await broker.json<Got[]>(['get', of, '--peek', '--count', '1000'])).map(({ payload }) => payload)
}

describe('leveret get --peek', () => {
  it('peeks without a trace', async () => {
    await publish('a', 'b', 'needle', 'd')
    const looked = await broker.json<Got[]>(['get', queue, '--peek', '--count', '2', '--offset', '1'])
    expect(looked.map(({ payload }) => payload)).toEqual(['b', 'needle'])
    const found = await broker.json<Got[]>(['get', queue, '--peek', '--count', '9', '--search', 'NEEDLE'])
    expect(found.map(({ payload }) => payload)).toEqual(['needle'])
    const [first] = await broker.json<Got[]>(['get', queue, '--ack-mode', 'ack'])
    expect(first).toMatchObject({ payload: 'a', redelivered: false })
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
    expect(await broker.json(['move', queue, other, '--copy'])).toMatchObject({ moved: 3 })
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

  it('leaves where they are messages that no queue would take', async () => {
    await publish('a', 'b')
    const ran = await broker.run(['move', queue, '--to-exchange', 'amq.direct', '-k', 'nobody'])
    expect(ran).toMatchObject({
      code: 7,
      output: 'moved 0 messages\nleft 2 where they were:\n  2 lead to no queue\n',
    })
    expect(await peeked()).toEqual(['a', 'b'])
  })

  it('tells of a destination that is not there, also when there is nothing to move', async () => {
    expect(await broker.run(['move', queue, 'nope'])).toMatchObject({ code: 5 })
    expect(await broker.run(['move', 'nope', queue])).toMatchObject({ code: 5 })
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
    expect(said).toBe(
      'redrove 2 messages\nleft 1 where they were:\n  1 never died, as far as their headers tell\n',
    )
    expect(await peeked(work)).toEqual(['a', 'b'])
    expect(await peeked(dead)).toEqual(['never died'])
    expect(await broker.run(['redrive', dead])).toMatchObject({
      code: 7,
      errors: 'leveret: no message went anywhere\n',
    })
  })

  it.each([
    [['move', 'q'], 'name one destination'],
    [['move', 'q', 'r', '--to-exchange', 'x'], 'name one destination'],
    [['move', 'q', 'r', '-k', 'x'], '--routing-key goes with --to-exchange'],
    [['move', 'q', 'r', '--positions', '1,x'], 'It must be whole numbers'],
    [['get', 'q', '--search', 'x'], '--offset and --search go with --peek'],
    [['get', 'q', '--offset', '0'], '--offset and --search go with --peek'],
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
