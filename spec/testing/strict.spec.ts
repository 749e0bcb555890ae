/** Strict mode: what a test broker minds of what clients do, who and what it names, and what it leaves alone. */
import type { Socket } from 'node:net'
import { type Channel, type ChannelModel, connect, type Options } from 'amqplib'
import { type StrictOptions, TestBroker, type Violation } from '../../src/testing'

let broker: TestBroker
let client: ChannelModel
let channel: Channel

async function begin(strict: boolean | StrictOptions = true): Promise<void> {
  broker = await TestBroker.start({ strict })
  client = await connect(`${broker.url}?heartbeat=0`, { clientProperties: { connection_name: 'shop' } })
  client.on('error', () => {})
  channel = await openChannel()
}

async function openChannel(): Promise<Channel> {
  const opened = await client.createChannel()
  opened.on('error', () => {})
  return opened
}

afterEach(async () => {
  broker.allow({})
  await broker.stop()
})

/** What was noted, once everything that was sent has arrived. */
async function noted(): Promise<string[]> {
  const error = await broker.expectStrict().then(
    () => undefined,
    (error: { violations: Violation[] }) => error,
  )
  return error?.violations.map(({ rule, text }) => `${rule}: ${text}`) ?? []
}

async function queueWith(name: string, bodies: readonly string[], options?: Options.AssertQueue) {
  await channel.assertQueue(name, options)
  for (const body of bodies) channel.sendToQueue(name, Buffer.from(body))
}

async function take(on: Channel, queue: string, noAck = false) {
  const got = await on.get(queue, { noAck })
  if (got === false) throw new Error(`nothing in ${queue}`)
  return got
}

describe('strict mode: unroutable', () => {
  beforeEach(() => begin())

  it('names who published what to where, and the journey', async () => {
    channel.publish('amq.topic', 'order.new', Buffer.from('7'))
    await expect(broker.expectStrict()).rejects.toThrow(
      /^the test broker is strict, and there was\nunroutable: shop channel 1 \(guest\) published to exchange "amq\.topic" with key "order\.new": no queue took it\n {2}message to "amq\.topic" with key "order\.new": 7\n.*published: by shop channel 1 \(guest\)\n.*unroutable$/,
    )
  })

  it('is also what is returned, and what nobody made a queue for', async () => {
    channel.publish('amq.topic', 'k', Buffer.from(''), { mandatory: true })
    channel.sendToQueue('nowhere', Buffer.from(''))
    expect(await noted()).toHaveLength(2)
  })

  it('is not what a queue or an alternate exchange takes, nor a duplicate', async () => {
    await queueWith('q', ['taken'])
    await channel.assertExchange('sales', 'topic', { alternateExchange: 'amq.fanout' })
    await channel.bindQueue('q', 'amq.fanout', '')
    channel.publish('sales', 'k', Buffer.from('by the other'))
    const once = { arguments: { 'x-cache-size': 10 } }
    await channel.assertExchange('once', 'x-message-deduplication', once)
    await channel.bindQueue('q', 'once', '')
    for (const _ of [1, 2])
      channel.publish('once', '', Buffer.from(''), { headers: { 'x-deduplication-header': 'a' } })
    await channel.checkQueue('q')
    expect(broker.queue('q').count).toBe(3)
    expect(await noted()).toEqual([])
  })

  it('is not there when the rule is off', async () => {
    await broker.stop()
    await begin({ unroutable: false })
    channel.sendToQueue('nowhere', Buffer.from(''))
    expect(await noted()).toEqual([])
  })
})

describe('strict mode: acknowledgements', () => {
  beforeEach(() => begin())

  it('minds the second one, and knows what was delivered', async () => {
    await queueWith('q', ['one'])
    const got = await take(channel, 'q')
    channel.ack(got)
    channel.ack(got)
    await broker.settled()
    const [violation] = broker.violations()
    expect(await noted()).toEqual([
      'acknowledgements: sent basic.ack for delivery tag 1, of queue "q", which was settled before',
    ])
    expect(violation).toMatchObject({ user: 'guest', clientName: 'shop', channel: 1, vhost: '/', queue: 'q' })
    expect(violation?.journey?.steps.map(({ kind }) => kind)).toEqual([
      'published',
      'routed',
      'enqueued',
      'delivered',
      'acked',
    ])
  })

  it('minds the wrong channel, and what wanted none', async () => {
    await queueWith('q', ['one', 'two'])
    const [second, third] = [await openChannel(), await openChannel()]
    second.nack(await take(channel, 'q'))
    third.reject(await take(third, 'q', true))
    expect(await noted()).toEqual([
      'acknowledgements: sent basic.nack for delivery tag 1, which was never delivered on this channel',
      'acknowledgements: sent basic.reject for delivery tag 1, of queue "q", which wanted no acknowledgement',
    ])
  })

  it('takes a channel that is opened again for a new one', async () => {
    await queueWith('q', ['one'])
    const second = await openChannel()
    second.ack(await take(second, 'q'))
    await second.close()
    const again = await openChannel()
    again.ack({ fields: { deliveryTag: 1 } } as Awaited<ReturnType<typeof take>>)
    expect(await noted()).toEqual([
      'acknowledgements: sent basic.ack for delivery tag 1, which was never delivered on this channel',
    ])
  })
})

describe('strict mode: unacked', () => {
  beforeEach(() => begin())

  it('tells what a channel that is closed has not acknowledged, queue by queue', async () => {
    await queueWith('q', ['one', 'two'])
    await queueWith('r', ['three'])
    await channel.prefetch(10)
    await channel.consume('q', () => {}, { consumerTag: 'biller' })
    await take(channel, 'r')
    await broker.waitForMessage(({ text, journey }) => text === 'two' && journey.queues.includes('q'))
    await channel.close()
    const tags = broker.violations().map(({ consumerTag }) => consumerTag)
    expect(await noted()).toEqual([
      'unacked: ended with 2 deliveries of queue "q" not acknowledged',
      'unacked: ended with 1 delivery of queue "r" not acknowledged',
    ])
    expect(tags).toEqual(['biller', undefined])
  })

  it.each([
    ['closed', () => client.close()],
    ['lost', async () => void (client.connection as unknown as { stream: Socket }).stream.destroy()],
  ])('tells it of a connection that is %s', async (_, end) => {
    await queueWith('q', ['one'])
    await take(channel, 'q')
    await end()
    expect(await noted()).toEqual(['unacked: ended with 1 delivery of queue "q" not acknowledged'])
  })

  it.each([
    ['a fault of the test', () => broker.faults.closeConnections()],
    ['a cable that the test cuts', () => broker.faults.dropConnections()],
    ['a channel that the test closes', () => broker.faults.closeChannels()],
    ['a reset', () => broker.reset({ connections: 'cut' })],
    ['a restart', () => broker.restart()],
    ['a crash', () => broker.crash()],
    ['an error', () => channel.checkQueue('nowhere').catch(() => {})],
  ])('says nothing of %s', async (_, end) => {
    await queueWith('q', ['one'])
    await take(channel, 'q')
    await end()
    expect(await noted()).toEqual([])
  })
})

describe('strict mode: arguments', () => {
  beforeEach(() => begin())

  it('finds what RabbitMQ passes over, and what may have been meant', async () => {
    await channel.assertQueue('q', { arguments: { 'x-message-tll': 5, 'x-max-length': 3, 'message-ttl': 5 } })
    await channel.assertQueue('q', { arguments: { 'x-max-length': 3, colour: 'red' } })
    await channel.assertExchange('e', 'topic', {
      arguments: { 'x-alternate-exchange': 'f', 'hash-header': 'h' },
    })
    await channel.prefetch(1)
    await channel.consume('q', () => {}, { arguments: { 'x-prioritty': 1 }, consumerTag: 'c' })
    await channel.bindQueue('q', 'e', '#', { 'x-match': 'any' })
    await channel.bindQueue('q', 'amq.headers', '', { 'x-macth': 'any', 'x-match': 'all', size: 1 })
    expect(await noted()).toEqual([
      'arguments: declared queue "q" with argument "x-message-tll", which RabbitMQ does not know: is "x-message-ttl" meant?',
      'arguments: declared queue "q" with argument "message-ttl", which RabbitMQ does not know: is "x-message-ttl" meant?',
      'arguments: declared queue "q" with argument "colour", which RabbitMQ does not know',
      'arguments: declared topic exchange "e" with argument "x-alternate-exchange", which RabbitMQ does not know: is "alternate-exchange" meant?',
      'arguments: declared topic exchange "e" with argument "hash-header", which RabbitMQ does not know',
      'arguments: consumed queue "q" with argument "x-prioritty", which RabbitMQ does not know: is "x-priority" meant?',
      'arguments: bound queue "q" to topic exchange "e" with argument "x-match", which such an exchange does not read',
      'arguments: bound queue "q" to headers exchange "amq.headers" with argument "x-macth", which such an exchange does not read: is "x-match" meant?',
    ])
  })

  it('knows those that there are', async () => {
    const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': 3, 'x-quorum-target-group-size': 3 }
    await channel.assertQueue('q', { arguments: quorum })
    await channel.assertQueue('r', {
      maxPriority: 3,
      deadLetterExchange: '',
      deadLetterRoutingKey: 'q',
      expires: 9e6,
    })
    await channel.assertExchange('h', 'x-consistent-hash', { arguments: { 'hash-header': 'id' } })
    await channel.assertExchange('d', 'x-delayed-message', { arguments: { 'x-delayed-type': 'headers' } })
    await channel.bindQueue('q', 'd', '', { 'x-match': 'all-with-x', 'x-size': 1 })
    await channel.bindQueue('q', 'amq.headers', '', { size: 1 })
    expect(await noted()).toEqual([])
  })
})

describe('strict mode: prefetch', () => {
  beforeEach(() => begin())

  it('minds a consumer that acknowledges and has no limit', async () => {
    await channel.assertQueue('q')
    await channel.consume('q', () => {}, { consumerTag: 'c' })
    const [violation] = broker.violations()
    expect(violation).toMatchObject({ rule: 'prefetch', queue: 'q', consumerTag: 'c', channel: 1 })
    expect(await noted()).toEqual(['prefetch: consumed queue "q" without a prefetch limit'])
  })

  it.each([
    ['each', false],
    ['all', true],
  ])('is content with a limit for %s, and with a consumer that acknowledges nothing', async (_, global) => {
    await channel.assertQueue('q')
    await channel.prefetch(5, global)
    await channel.consume('q', () => {})
    await (await openChannel()).consume('q', () => {}, { noAck: true })
    expect(await noted()).toEqual([])
  })
})

describe('strict mode: dead letters', () => {
  beforeEach(() => begin())

  async function rejectIn(queue: string, options: Options.AssertQueue, headers = {}): Promise<void> {
    await channel.assertQueue(queue, { arguments: {}, ...options })
    channel.sendToQueue(queue, Buffer.from('bad'), { headers })
    channel.reject(await take(channel, queue), false)
  }

  it('minds those that no queue takes, of an exchange that is there or not', async () => {
    await rejectIn('q', { deadLetterExchange: 'dlx' })
    await rejectIn('r', { deadLetterExchange: 'amq.fanout' })
    await rejectIn('s', { deadLetterExchange: '', deadLetterRoutingKey: 'nowhere' })
    await broker.settled()
    const [violation] = broker.violations()
    expect(`${violation}`).toMatch(/^deadLetters: the broker lost a dead letter of queue "q"/)
    expect(violation?.journey?.steps.slice(-2)).toMatchObject([
      { kind: 'rejected' },
      { kind: 'unroutable', detail: 'as a dead letter' },
    ])
    expect(await noted()).toEqual([
      'deadLetters: lost a dead letter of queue "q" to exchange "dlx": no queue took it',
      'deadLetters: lost a dead letter of queue "r" to exchange "amq.fanout": no queue took it',
      'deadLetters: lost a dead letter of queue "s" to the default exchange: no queue took it',
    ])
  })

  it('is content when there is a queue for them, also through an exchange that delays, or no wish for them', async () => {
    await channel.assertQueue('dead')
    await channel.bindQueue('dead', 'amq.fanout', '')
    await rejectIn('q', { deadLetterExchange: 'amq.fanout' })
    await broker.waitForMessage({ queue: 'dead' })
    await rejectIn('r', {})
    await channel.assertExchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } })
    await rejectIn('s', { deadLetterExchange: 'later' }, { 'x-delay': 60_000 })
    expect(await noted()).toEqual([])
  })
})

describe('strict mode: rules that must be asked for', () => {
  it('says nothing of them unless asked', async () => {
    await begin()
    await queueWith('q', ['one'], { durable: true })
    channel.sendToQueue('q', Buffer.from(''), { persistent: true })
    await take(channel, 'q', true)
    await channel.checkQueue('nowhere').catch(() => {})
    expect(await noted()).toEqual([])
  })

  it('errors: what cost a channel or a connection', async () => {
    await begin({ errors: true })
    await channel.checkQueue('nowhere').catch(() => {})
    expect(await noted()).toEqual([
      "errors: lost its channel: 404 NOT_FOUND - no queue 'nowhere' in vhost '/'",
    ])
    broker.faults.closeConnections()
    expect(await noted()).toEqual([])
  })

  it('autoAck: consumers and basic.get', async () => {
    await begin({ autoAck: true })
    await queueWith('q', ['one'])
    await take(channel, 'q', true)
    await channel.consume('q', () => {}, { noAck: true })
    expect(await noted()).toEqual([
      'autoAck: got a message of queue "q" without acknowledgement',
      'autoAck: consumed queue "q" without acknowledgements',
    ])
  })

  it('unconfirmed and transient: what is to last, and what will not', async () => {
    await begin({ unconfirmed: true, transient: true })
    await channel.assertQueue('q', { durable: true })
    channel.sendToQueue('q', Buffer.from(''), { persistent: true })
    channel.sendToQueue('q', Buffer.from(''))
    const confirming = await client.createConfirmChannel()
    confirming.sendToQueue('q', Buffer.from(''), { persistent: true })
    expect(await noted()).toEqual([
      'unconfirmed: published a persistent message without confirms, to the default exchange',
      'transient: published a message that is not persistent, which durable queue "q" loses at a restart, to the default exchange',
    ])
  })
})
