import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { temporaryFolder } from '../support/temporary-folder'
import { CommandedBroker } from './against-a-broker'
import { killAll } from './leveret'

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
  readonly properties: object
}

async function publish(...bodies: string[]): Promise<void> {
  await broker.says(['publish', '--queue', queue, '--lines'], bodies.map(body => `${body}\n`).join(''))
}

async function waiting(): Promise<string[]> {
  return (await broker.json<Got[]>(['get', queue, '--count', '1000'])).map(({ payload }) => payload)
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
    expect(await waiting()).toEqual(['one', '', 'three', 'vier – fünf'])
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
    expect(await waiting()).toHaveLength(250)
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

  it('gives bodies as they are with --raw', async () => {
    await publish('a', 'b')
    expect(await broker.says(['get', queue, '--raw', '--count', '2'])).toBe('ab')
  })

  it('tells of a queue that is not there', async () => {
    expect(await broker.run(['get', 'nope'])).toMatchObject({ code: 5, output: '' })
  })
})
