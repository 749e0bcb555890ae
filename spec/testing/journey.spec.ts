/** What became of a message, as a test broker tells it. */
import type { Socket } from 'node:net'
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { MethodId } from '../../src/amqp/methods'
import { TestBroker } from '../../src/testing'

let broker: TestBroker
let client: ChannelModel
let channel: ConfirmChannel

beforeEach(async () => {
  broker = await TestBroker.start()
  client = await connect(broker.url, { clientProperties: { connection_name: 'shop' } })
  channel = await client.createConfirmChannel()
})

afterEach(() => broker.stop())

/** `enqueued orders`, … */
function steps(index = 0): string[] {
  const { journey } = broker.published()[index] ?? {}
  return (journey?.steps ?? []).map(({ kind, queue }) => (queue === undefined ? kind : `${kind} ${queue}`))
}

async function publish(queue: string, text = 'one', options = {}): Promise<void> {
  channel.sendToQueue(queue, Buffer.from(text), options)
  await channel.waitForConfirms()
}

/** amqplib knows the methods of transactions, and offers none of them. */
async function request(on: Channel, method: number, answer: number): Promise<void> {
  const speaking = on as unknown as { rpc(method: number, fields: object, answer: number): Promise<unknown> }
  await speaking.rpc(method, {}, answer)
}

/** Everything that the client says meanwhile comes in one piece. */
async function atOnce<T>(say: () => T): Promise<T> {
  const { stream } = client.connection as unknown as { stream: Socket }
  stream.cork()
  const said = say()
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve)) // until it has written
  stream.uncork()
  return said
}

/** Everything that was sent has been done. */
async function done(on: Channel = channel): Promise<void> {
  await on.assertExchange('done', 'fanout')
}

async function take(queue: string) {
  const got = await channel.get(queue)
  if (got === false) throw new Error(`nothing in ${queue}`)
  return got
}

describe('the journey of a message', () => {
  it('goes from its publisher by bindings through queues to its consumer', async () => {
    await channel.assertExchange('sales', 'topic')
    await channel.assertQueue('orders')
    await channel.bindQueue('orders', 'sales', 'order.*')
    await channel.bindQueue('orders', 'sales', '#')
    await channel.consume('orders', message => message !== null && channel.ack(message), {
      consumerTag: 'c1',
    })
    channel.publish('sales', 'order.new', Buffer.from('one'))
    await channel.waitForConfirms()
    await broker.settled()
    const text = `${broker.published()[0]?.journey}`
    expect(text.replace(/^ +\d+\.\d{3} s/gm, '…')).toBe(
      [
        'message to "sales" with key "order.new": one',
        '…  published: by shop channel 1 (guest)',
        '…  routed "orders": by binding "order.*" of "sales", by binding "#" of "sales"',
        '…  enqueued "orders"',
        '…  delivered "orders": to consumer c1 of shop channel 1 (guest)',
        '…  acked "orders"',
      ].join('\n'),
    )
  })

  it('is short for a message that leads nowhere', async () => {
    await publish('nowhere')
    expect(steps()).toEqual(['published', 'unroutable'])
  })

  it('tells of consumers that want no acknowledgement', async () => {
    await channel.assertQueue('orders')
    await publish('orders')
    await channel.get('orders', { noAck: true })
    expect(steps()).toEqual(['published', 'routed orders', 'enqueued orders', 'delivered orders'])
    await channel.consume('orders', () => {}, { noAck: true })
    await publish('orders', 'two')
    expect(steps(1)).toEqual(['published', 'routed orders', 'enqueued orders', 'delivered orders'])
  })

  it('tells of every return to the queue', async () => {
    await channel.assertQueue('orders')
    await publish('orders')
    channel.nack(await take('orders'), false, true)
    channel.reject(await take('orders'), true)
    channel.ack(await take('orders'))
    await done()
    expect(steps().slice(3)).toEqual([
      'delivered orders',
      'requeued orders',
      'delivered orders',
      'requeued orders',
      'delivered orders',
      'acked orders',
    ])
  })

  it('goes on as a dead letter, with the time it took', async () => {
    await channel.assertQueue('dead')
    const deadLetter = { deadLetterExchange: '', deadLetterRoutingKey: 'dead' }
    await channel.assertQueue('orders', { messageTtl: 60_000, ...deadLetter })
    await publish('orders')
    await broker.clock.advance('1m')
    const { journey } = broker.published()[0] ?? {}
    expect(steps().slice(3)).toEqual(['expired orders', 'enqueued dead'])
    const [first, , , expired] = journey?.steps ?? []
    expect((expired?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(60_000)
    expect(`${journey}`).toContain('expired "orders": dead letter to "the default exchange"')
  })

  it.each([
    ['rejected', {}, async () => channel.reject(await take('orders'), false)],
    ['maxlen', { maxLength: 1 }, () => publish('orders', 'two')],
  ])('tells why it died: %s', async (reason, options, kill) => {
    await channel.assertQueue('dead')
    await channel.assertQueue('orders', { ...options, deadLetterExchange: '', deadLetterRoutingKey: 'dead' })
    await publish('orders')
    await kill()
    await done()
    expect(steps().slice(-2)).toEqual([`${reason} orders`, 'enqueued dead'])
  })

  it('ends where it is dropped', async () => {
    await channel.assertQueue('orders')
    await publish('orders')
    channel.reject(await take('orders'), false)
    await done()
    expect(`${broker.published()[0]?.journey}`).toMatch(/rejected "orders": dropped$/)
  })

  it('goes through a delay', async () => {
    await channel.assertExchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } })
    await channel.assertQueue('orders')
    await channel.bindQueue('orders', 'later', '')
    channel.publish('later', '', Buffer.from('one'), { headers: { 'x-delay': 60_000 } })
    await channel.waitForConfirms()
    await broker.clock.advance('1m')
    expect(broker.published()).toHaveLength(1)
    expect(steps()).toEqual(['published', 'routed amq.delayed.later', 'enqueued orders'])
  })

  it('is one for every queue that it is in', async () => {
    await channel.assertQueue('one')
    await channel.assertQueue('two')
    await channel.bindQueue('one', 'amq.fanout', '')
    await channel.bindQueue('two', 'amq.fanout', '')
    channel.publish('amq.fanout', '', Buffer.from('one'))
    await channel.waitForConfirms()
    channel.ack(await take('two'))
    await done()
    expect(steps().slice(3)).toEqual(['enqueued one', 'enqueued two', 'delivered two', 'acked two'])
    expect(broker.published()[0]?.journey.queues).toEqual(['one', 'two'])
  })

  it('begins with a transaction and goes on when that is committed', async () => {
    const transacted = await client.createChannel()
    await transacted.assertQueue('orders')
    await request(transacted, MethodId.txSelect, MethodId.txSelectOk)
    transacted.sendToQueue('orders', Buffer.from('one'))
    await transacted.checkQueue('orders')
    expect(steps()).toEqual(['published', 'routed orders'])
    await request(transacted, MethodId.txCommit, MethodId.txCommitOk)
    expect(steps()).toEqual(['published', 'routed orders', 'enqueued orders'])
    expect(broker.published()).toHaveLength(1)
  })

  it('is not mixed up with that of an equal message', async () => {
    await channel.assertQueue('dead')
    await channel.assertQueue('orders', { deadLetterExchange: '', deadLetterRoutingKey: 'dead' })
    for (let copy = 0; copy < 3; copy++) await publish('orders', 'same')
    await take('orders')
    channel.reject(await take('orders'), false)
    await done()
    expect([0, 1, 2].map(index => steps(index).at(-1))).toEqual([
      'delivered orders',
      'enqueued dead',
      'enqueued orders',
    ])
  })

  it('goes on from a queue that is deleted before its dead letters are out', async () => {
    await channel.assertQueue('dead')
    await channel.assertQueue('orders', { deadLetterExchange: '', deadLetterRoutingKey: 'dead' })
    await publish('orders')
    const got = await take('orders')
    await atOnce(() => {
      channel.reject(got, false)
      return channel.deleteQueue('orders')
    })
    await done()
    expect(steps().slice(-3)).toEqual(['rejected orders', 'queue deleted orders', 'enqueued dead'])
    expect(broker.published()).toHaveLength(1)
  })

  it.each([
    ['purged', () => channel.purgeQueue('orders')],
    ['queue deleted', () => channel.deleteQueue('orders')],
  ])('ends with its queue: %s', async (end, act) => {
    await channel.assertQueue('orders')
    await publish('orders')
    await act()
    expect(steps().at(-1)).toBe(`${end} orders`)
  })

  it('tells of a queue that has the message already', async () => {
    await channel.assertQueue('once', { arguments: { 'x-message-deduplication': true } })
    for (const text of ['one', 'again'])
      await publish('once', text, { headers: { 'x-deduplication-header': 'same' } })
    expect(steps(0)).toEqual(['published', 'routed once', 'enqueued once'])
    expect(steps(1)).toEqual(['published', 'routed once', 'duplicate once'])
  })

  it('tells of a queue that is full', async () => {
    await channel.assertQueue('full', { maxLength: 1, arguments: { 'x-overflow': 'reject-publish' } })
    await publish('full')
    channel.sendToQueue('full', Buffer.from('two'))
    await channel.waitForConfirms().catch(() => {})
    expect(steps(1)).toEqual(['published', 'routed full', 'refused full'])
  })

  it('leaves out the middle when it goes round for ever', async () => {
    await channel.assertQueue('orders')
    await publish('orders')
    for (let round = 0; round < 60; round++) channel.nack(await take('orders'), false, true)
    await done()
    const { journey } = broker.published()[0] ?? {}
    expect(journey?.steps).toHaveLength(100)
    expect(journey?.omitted).toBe(23)
    expect(steps().slice(0, 4)).toEqual(['published', 'routed orders', 'enqueued orders', 'delivered orders'])
    expect(`${journey}`).toContain('… 23 more')
  })
})
