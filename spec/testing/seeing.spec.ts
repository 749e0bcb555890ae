/** What a test sees of messages and queues, and what it may wait for. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { TestBroker, WaitedInVain } from '../../src/testing'

let broker: TestBroker
let client: ChannelModel
let channel: Channel

beforeEach(async () => {
  broker = await TestBroker.start()
  client = await connect(broker.url, { clientProperties: { connection_name: 'shop' } })
  channel = await client.createChannel()
  await channel.assertExchange('sales', 'topic')
  await channel.assertQueue('orders')
  await channel.bindQueue('orders', 'sales', 'order.*')
})

afterEach(() => broker.stop())

function order(id: number): void {
  const options = {
    contentType: 'application/json',
    messageId: `m${id}`,
    headers: { region: 'north', tries: id },
  }
  channel.publish('sales', 'order.new', Buffer.from(JSON.stringify({ id, items: [1, 2] })), options)
}

/** The broker has read what was sent. */
async function sent(): Promise<void> {
  await channel.checkQueue('orders')
}

describe('the messages of a queue', () => {
  it('are seen decoded, in their order, and stay as they are', async () => {
    order(1)
    order(2)
    await sent()
    const queue = broker.queue('orders')
    const [first, second, ...others] = await queue.messages()
    expect(others).toEqual([])
    expect(first).toMatchObject({
      exchange: 'sales',
      routingKey: 'order.new',
      json: { id: 1, items: [1, 2] },
      text: '{"id":1,"items":[1,2]}',
      bytes: Buffer.from('{"id":1,"items":[1,2]}'),
      headers: { region: 'north', tries: 1 },
      properties: { contentType: 'application/json', messageId: 'm1' },
      state: 'ready',
      redelivered: false,
    })
    expect(second?.properties.messageId).toBe('m2')
    expect(queue.count).toBe(2)
    const got = await channel.get('orders')
    expect(got !== false && got.fields.redelivered).toBe(false)
  })

  it('are seen when they are out with a consumer as well', async () => {
    order(1)
    await sent()
    await channel.get('orders')
    expect(await broker.queue('orders').messages()).toMatchObject([{ state: 'unacked' }])
    expect(broker.queue('orders')).toMatchObject({ count: 0, unacked: 1 })
  })

  it('are all seen when they are many', async () => {
    for (let id = 0; id < 2500; id++) order(id)
    await sent()
    const messages = await broker.queue('orders').messages()
    expect(messages.map(({ json }) => (json as { id: number }).id)).toEqual([...Array(2500).keys()])
  })

  it('are those of no queue: the error says which there are', async () => {
    const nowhere = broker.queue('order')
    expect(nowhere.exists).toBe(false)
    expect(() => nowhere.count).toThrow('there is no queue "order" in virtual host /: there are "orders"')
    await expect(nowhere.messages()).rejects.toThrow('"orders"')
  })
})

describe('the consumers of a queue', () => {
  it('are seen with their clients', async () => {
    await channel.prefetch(7)
    await channel.consume('orders', () => {}, { consumerTag: 'worker' })
    expect(broker.queue('orders').consumers).toEqual([
      {
        tag: 'worker',
        channel: 1,
        connection: expect.stringMatching(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/),
        clientName: 'shop',
        prefetch: 7,
        noAck: false,
      },
    ])
  })

  it('are waited for', async () => {
    const waiting = broker.waitForConsumer('later')
    await channel.assertQueue('later')
    await channel.consume('later', () => {}, { consumerTag: 'late' })
    expect((await waiting).tag).toBe('late')
  })

  it('are waited for in vain: the error says who consumes', async () => {
    await channel.consume('orders', () => {})
    const waiting = broker.waitForConsumer('later', { timeout: 0 })
    await expect(waiting).rejects.toThrow(
      'nobody consumes queue "later". There is no such queue. Consumed: "orders". (waited 0 ms)',
    )
  })
})

describe('published messages', () => {
  it('are found by what they are', async () => {
    order(1)
    order(2)
    channel.publish('sales', 'bill.new', Buffer.from('no json'))
    await sent()
    const found = (matcher: Parameters<TestBroker['published']>[0]) =>
      broker.published(matcher).map(({ text }) => text.slice(0, 8))
    const [first, second, bill] = ['{"id":1,', '{"id":2,', 'no json']
    expect(found({})).toEqual([first, second, bill])
    expect(found({ routingKey: 'bill.new' })).toEqual([bill])
    expect(found({ routingKey: /^order/ })).toEqual([first, second])
    expect(found({ exchange: 'sales', queue: 'orders' })).toEqual([first, second])
    expect(found({ json: { id: 2 } })).toEqual([second])
    expect(found({ json: { items: [1] } })).toEqual([])
    expect(found({ text: 'no json' })).toEqual([bill])
    expect(found({ text: /json/ })).toEqual([bill])
    expect(found({ headers: { tries: 1 } })).toEqual([first])
    expect(found({ headers: { other: 1 } })).toEqual([])
    expect(found({ properties: { messageId: 'm2' } })).toEqual([second])
    expect(found(({ bytes }) => bytes.length === 7)).toEqual([bill])
  })

  it('are those of one virtual host, since the reset', async () => {
    order(1)
    await sent()
    const vhost = await broker.vhost()
    expect(vhost.published()).toEqual([])
    await broker.reset()
    expect(broker.published()).toEqual([])
  })

  it('are waited for, also when they are there', async () => {
    const waiting = broker.waitForMessage({ json: { id: 1 } })
    order(1)
    expect((await waiting).properties.messageId).toBe('m1')
    expect((await broker.waitForMessage({ json: { id: 1 } }, { timeout: 0 })).routingKey).toBe('order.new')
  })

  it('are waited for in vain: the error says what was published instead', async () => {
    const nothing = broker.waitForMessage({ routingKey: /^order/ }, { timeout: 0 })
    await expect(nothing).rejects.toThrow(
      'no message with {"routingKey":"/^order/"} was published. Nothing was published. (waited 0 ms)',
    )
    order(1)
    channel.publish('sales', 'bill.new', Buffer.from('no json'))
    await sent()
    const waiting = broker.waitForMessage({ json: { id: 2 } }, { timeout: 10 })
    await expect(waiting).rejects.toThrow(
      'no message with {"json":{"id":2}} was published. Published: \n' +
        '  to "sales" with key "order.new": {"id":1,"items":[1,2]} (in orders)\n' +
        '  to "sales" with key "bill.new": no json (in no queue) (waited 10 ms)',
    )
  })

  it('are waited for no longer when the broker is stopped', async () => {
    const waiting = broker.waitForMessage({})
    const failed = expect(waiting).rejects.toThrow(WaitedInVain)
    await broker.stop()
    await failed
  })

  it('are kept up to a number, and up to a number of octets', async () => {
    await using small = await TestBroker.start({ journal: { messages: 3, bodyBytes: 10 } })
    const other = await connect(small.url)
    const publisher = await other.createConfirmChannel()
    await publisher.assertQueue('orders')
    for (const text of ['1', '2', '3', '4', '9 octets.']) publisher.sendToQueue('orders', Buffer.from(text))
    await publisher.waitForConfirms()
    expect(small.published().map(({ text }) => text)).toEqual(['4', '9 octets.'])
    expect(small.queue('orders').count).toBe(5)
    await publisher.purgeQueue('orders')
    await other.close()
  })

  it('are not kept at all when nobody wants them', async () => {
    await using plain = await TestBroker.start({ journal: { messages: 0 } })
    const other = await connect(plain.url)
    const publisher = await other.createConfirmChannel()
    await publisher.assertQueue('orders')
    publisher.sendToQueue('orders', Buffer.from('one'))
    await publisher.waitForConfirms()
    expect(plain.published()).toEqual([])
    expect(plain.queue('orders').count).toBe(1)
    await other.close()
  })

  it('are also copied to the trace exchange where that is on', async () => {
    const traced = await client.createChannel()
    const { queue } = await traced.assertQueue('', { exclusive: true })
    await traced.bindQueue(queue, 'amq.rabbitmq.trace', 'publish.sales')
    broker.trace('/', true)
    order(1)
    await broker.waitForMessage({ json: { id: 1 } })
    await sent()
    expect(broker.queue(queue).count).toBe(1)
    broker.trace('/', false)
    order(2)
    await broker.waitForMessage({ json: { id: 2 } })
    expect(broker.queue(queue).count).toBe(1)
  })
})

describe('a settled broker', () => {
  it('is one in which everything is acknowledged', async () => {
    const seen: unknown[] = []
    await channel.consume('orders', message => {
      seen.push(JSON.parse(message?.content.toString() ?? ''))
      setImmediate(() => message !== null && channel.ack(message))
    })
    order(1)
    order(2)
    await broker.waitForMessage({ json: { id: 2 } })
    await broker.settled()
    expect(seen).toHaveLength(2)
    expect(broker.queue('orders')).toMatchObject({ count: 0, unacked: 0 })
  })

  it('is not waited for by a consumer that returns whatever it gets, for ever', async () => {
    await channel.consume('orders', message => message !== null && channel.nack(message))
    order(1)
    await broker.waitForMessage({ json: { id: 1 } })
    await broker.clock.advance('1s')
    await expect(broker.settled({ timeout: 50 })).rejects.toThrow('not everything is settled')
    await broker.reset()
    await broker.settled()
  })

  it('is waited for in vain: the error says what is left, and how it came there', async () => {
    order(1)
    await sent()
    await channel.get('orders')
    await expect(broker.settled({ timeout: 0 })).rejects.toThrow(
      /queue "orders": 0 waiting, 1 unacknowledged, 0 consumers\nmessage to "sales" with key "order.new".*\n.*published/,
    )
  })
})
