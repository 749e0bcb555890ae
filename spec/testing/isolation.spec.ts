/** Tests that share a test broker, and what one leaves to the next. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { DefinitionsRefused, LeaksFound, TestBroker } from '../../src/testing'

let broker: TestBroker
let client: ChannelModel
let channel: Channel

beforeEach(async () => {
  broker = await TestBroker.start()
  client = await connect(broker.url, { clientProperties: { connection_name: 'shop' } })
  client.on('error', () => {})
  channel = await client.createChannel()
})

afterEach(() => broker.stop())

async function leaveThings(): Promise<void> {
  await channel.assertExchange('sales', 'topic')
  await channel.assertExchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } })
  await channel.assertQueue('orders', { durable: true })
  await channel.assertQueue('own', { exclusive: true })
  await channel.bindQueue('orders', 'sales', '#')
  await channel.bindQueue('orders', 'amq.fanout', '')
  await channel.bindExchange('amq.topic', 'amq.fanout', '#')
  channel.publish('later', '', Buffer.from('later'), { headers: { 'x-delay': 60_000 } })
  channel.sendToQueue('orders', Buffer.from('one'))
  await broker.admin.setPolicy({ name: 'short', pattern: '.*', definition: { 'max-length': 1 } })
  await broker.admin.setOperatorPolicy({ name: 'shorter', pattern: '.*', definition: { 'max-length': 1 } })
  await broker.admin.putUser('alice', { password: 'secret' })
  await broker.admin.putUser('guest', { password: 'changed' })
  await broker.admin.setUserLimits('guest', { 'max-channels': 5 })
  await broker.admin.setVhostLimits({ 'max-queues': 5 })
  await broker.admin.putVhost('kept', { protectedFromDeletion: true })
}

describe('a reset', () => {
  it('leaves the broker as it was started', async () => {
    const fresh = broker.snapshot()
    await leaveThings()
    expect(broker.snapshot()).not.toEqual(fresh)
    await broker.reset()
    expect(broker.snapshot()).toEqual(fresh)
    expect(broker.admin.listOperatorPolicies()).toEqual([])
    expect(broker.admin.vhostLimits()).toEqual({})
    expect(broker.leaks().queues).toEqual([])
    await (await connect(broker.url)).close() // with the password of the beginning
  })

  it('keeps connections, which find nothing of before', async () => {
    await leaveThings()
    const cancelled = new Promise<void>(resolve => {
      void channel.consume('orders', message => message === null && resolve())
    })
    await channel.checkQueue('orders')
    await broker.reset()
    await cancelled
    expect((await channel.assertQueue('orders', { durable: false })).messageCount).toBe(0)
    channel.publish('amq.fanout', 'gone', Buffer.from('two'))
    expect((await channel.checkQueue('orders')).messageCount).toBe(0)
  })

  it('keeps the queue behind a reply-to', async () => {
    const replied = new Promise<string | undefined>(resolve => {
      const hear = (message: { content: Buffer } | null) => resolve(message?.content.toString())
      void channel.consume('amq.rabbitmq.reply-to', hear, { noAck: true })
    })
    await channel.assertQueue('questions')
    await broker.reset()
    await channel.assertQueue('questions')
    channel.sendToQueue('questions', Buffer.from('?'), { replyTo: 'amq.rabbitmq.reply-to' })
    const question = await channel.get('questions')
    if (question === false) throw new Error('no question')
    channel.sendToQueue(question.properties.replyTo, Buffer.from('!'))
    expect(await replied).toBe('!')
  })

  it('cuts connections when it is asked to', async () => {
    const closed = new Promise(resolve => client.on('close', resolve))
    await broker.reset({ connections: 'cut' })
    await closed
    expect(broker.leaks().isClean).toBe(true)
  })
})

describe('a snapshot', () => {
  it('is what there will be when it is restored, without messages', async () => {
    await leaveThings()
    const snapshot = JSON.parse(JSON.stringify(broker.snapshot()))
    await channel.deleteQueue('orders')
    await channel.assertQueue('other')
    await broker.admin.clearPolicy('short')
    await broker.restore(snapshot)
    expect(broker.snapshot()).toEqual(snapshot)
    expect((await channel.checkQueue('orders')).messageCount).toBe(0)
    channel.publish('sales', 'any', Buffer.from('two'))
    expect((await channel.checkQueue('orders')).messageCount).toBe(1)
  })

  it('is refused when it is none, and nothing is changed', async () => {
    await leaveThings()
    const before = broker.snapshot()
    const wrong = {
      ...before,
      queues: [{ vhost: '/', name: 'q', durable: true, arguments: { 'x-max-length': -1 } }],
    }
    for (const refused of [{}, { queues: 'all' }, wrong])
      await expect(broker.restore(refused)).rejects.toThrow(DefinitionsRefused)
    expect(broker.snapshot()).toEqual(before)
  })
})

describe('a virtual host of a test', () => {
  it('is apart from all others, and goes when it is dropped', async () => {
    const [one, other] = await Promise.all([broker.vhost(), broker.vhost()])
    expect(one.name).not.toBe(other.name)
    const [first, second] = await Promise.all([connect(one.url), connect(other.url)])
    await (await first.createChannel()).assertQueue('orders')
    const elsewhere = await second.createChannel()
    elsewhere.on('error', () => {})
    await expect(elsewhere.checkQueue('orders')).rejects.toThrow('NOT_FOUND')
    const closed = new Promise(resolve => first.on('close', resolve))
    await one.drop()
    await closed
    await expect(connect(one.url)).rejects.toThrow('ConnectionClose')
    await second.close()
  })

  it('may have any name', async () => {
    const vhost = await broker.vhost('a/b c')
    await (await connect(vhost.url)).close()
  })
})

describe('a leak report', () => {
  it('names connections, channels, consumers, deliveries and queues', async () => {
    await channel.assertQueue('orders')
    for (const text of ['one', 'two']) channel.sendToQueue('orders', Buffer.from(text))
    await channel.prefetch(1)
    const delivered = new Promise(resolve => {
      void channel.consume('orders', resolve, { consumerTag: 'worker' })
    })
    await delivered
    const leaks = broker.leaks()
    expect(leaks.isClean).toBe(false)
    expect(`${leaks}`.replace(/127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+/, '…').split('\n')).toEqual([
      'connection "shop" … (guest in /)',
      '  channel 1',
      '    consumer worker of queue "orders"',
      '    1 unacknowledged from queue "orders"',
      'queue "orders" in /: 1 ready, 1 unacknowledged',
    ])
  })

  it('fails the stop, which stops all the same', async () => {
    await channel.assertQueue('orders')
    await client.close()
    await expect(broker.stop({ failOnLeaks: true })).rejects.toThrow(LeaksFound)
    await expect(connect(broker.url)).rejects.toThrow('ECONNREFUSED')
  })

  it('is clean where a test cleaned up', async () => {
    await channel.assertQueue('orders', { exclusive: true })
    await client.close()
    await broker.stop({ failOnLeaks: true })
    expect(`${broker.leaks()}`).toBe('nothing was left behind')
  })
})
