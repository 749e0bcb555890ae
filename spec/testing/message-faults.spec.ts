/** Publishes that go nowhere, deliveries that come twice or in another order, and clients that may not open their virtual host. */
import { type Channel, type ChannelModel, type ConfirmChannel, connect, type Message } from 'amqplib'
import { TestBroker, type TestBrokerOptions } from '../../src/testing'

let broker: TestBroker
let client: ChannelModel
let channel: ConfirmChannel

beforeEach(() => begin())
afterEach(() => broker.stop())

async function begin(options: TestBrokerOptions = {}): Promise<void> {
  broker = await TestBroker.start(options)
  client = await connect(broker.url, { clientProperties: { connection_name: 'shop' } })
  client.on('error', () => {})
  channel = await client.createConfirmChannel()
  await channel.assertQueue('orders')
}

async function publish(...texts: string[]): Promise<void> {
  for (const text of texts) channel.sendToQueue('orders', Buffer.from(text))
  await channel.waitForConfirms()
}

/** Acknowledges whatever comes, and keeps `text` or `text again`. */
async function consumed(on: Channel = channel, queue = 'orders', noAck = false): Promise<string[]> {
  const texts: string[] = []
  const consume = (message: Message | null): void => {
    if (message === null) return
    texts.push(`${message.content}${message.fields.redelivered ? ' again' : ''}`)
    if (!noAck) on.ack(message)
  }
  await on.consume(queue, consume, { noAck })
  return texts
}

describe('publishes that go nowhere', () => {
  it('come back when they are mandatory, and are confirmed behind that', async () => {
    const heard: string[] = []
    channel.on('return', ({ fields }) => heard.push(Object.values(fields).join(' ')))
    const fault = broker.faults.returnPublishes({ times: 1 })
    for (const text of ['one', 'two'])
      channel.sendToQueue('orders', Buffer.from(text), { mandatory: true }, error =>
        heard.push(`${text} ${error === null ? 'ack' : 'nack'}`),
      )
    await channel.waitForConfirms()
    expect(heard).toEqual(['312 NO_ROUTE  orders', 'one ack', 'two ack'])
    expect(fault.struck).toBe(1)
    expect(broker.queue('orders').count).toBe(1)
    expect(broker.published({ text: 'one' })[0]?.journey.queues).toEqual([])
  })

  it('are dropped and confirmed when nobody wants them back', async () => {
    const returned = jest.fn()
    channel.on('return', returned)
    broker.faults.returnPublishes()
    await publish('one')
    expect(returned).not.toHaveBeenCalled()
    expect(broker.queue('orders').count).toBe(0)
  })

  it('are those that are meant', async () => {
    const seen: unknown[] = []
    using fault = broker.faults.returnPublishes({
      when: ({ connection, mandatory, exchange, routingKey, text, headers, properties }) => {
        const { clientName, vhost } = connection
        const { messageId } = properties
        seen.push({
          clientName,
          vhost,
          mandatory,
          exchange,
          routingKey,
          text,
          tries: headers['tries'],
          messageId,
        })
        return mandatory
      },
    })
    channel.sendToQueue('orders', Buffer.from('one'), { headers: { tries: 1 }, messageId: '1' })
    channel.publish('', 'orders', Buffer.from('two'), { mandatory: true })
    await channel.waitForConfirms()
    const where = { clientName: 'shop', vhost: '/', exchange: '', routingKey: 'orders' }
    expect(seen).toEqual([
      { ...where, mandatory: false, text: 'one', tries: 1, messageId: '1' },
      { ...where, mandatory: true, text: 'two', tries: undefined, messageId: undefined },
    ])
    expect(fault.struck).toBe(1)
    expect((await broker.queue('orders').messages()).map(({ text }) => text)).toEqual(['one'])
  })

  it('are no fault of the client, which strict mode would mind', async () => {
    await broker.stop()
    await begin({ strict: true })
    broker.faults.returnPublishes({ times: 1 })
    await publish('one')
    await broker.expectStrict()
    channel.publish('', 'nowhere', Buffer.from('two'))
    await channel.waitForConfirms()
    await expect(broker.expectStrict()).rejects.toThrow('no queue took it')
    broker.allow({})
  })

  it('find their way again when that is ended', async () => {
    const fault = broker.faults.returnPublishes()
    await publish('one')
    fault.end()
    await publish('two')
    expect(broker.queue('orders').count).toBe(1)
  })
})

describe('an acknowledgement that is lost', () => {
  it('brings the message again, as redelivered, and once', async () => {
    const fault = broker.faults.duplicateDeliveries()
    const texts = await consumed()
    await publish('one', 'two')
    await broker.settled()
    expect([...texts].sort()).toEqual(['one', 'one again', 'two', 'two again'])
    expect(fault.struck).toBe(2)
  })

  it('is one of those that are meant, as often as the test says', async () => {
    broker.faults.duplicateDeliveries({
      times: 1,
      when: ({ queue, text }) => `${queue} ${text}` === 'orders two',
    })
    const texts = await consumed()
    await publish('one', 'two', 'two')
    await broker.settled()
    expect([...texts].sort()).toEqual(['one', 'two', 'two', 'two again'])
  })

  it('is told in the journey', async () => {
    broker.faults.duplicateDeliveries()
    await consumed()
    await publish('one')
    await broker.settled()
    const [published] = broker.published()
    expect(published?.journey.steps.map(({ kind }) => kind).slice(2)).toEqual([
      'enqueued',
      'delivered',
      'requeued',
      'delivered',
      'acked',
    ])
  })

  it.each(['consumer', 'basic.get'])('is none where none is wanted: %s', async reader => {
    const fault = broker.faults.duplicateDeliveries()
    await publish('one')
    if (reader === 'basic.get') await channel.get('orders', { noAck: true })
    else await consumed(channel, 'orders', true)
    await broker.settled()
    expect(fault.struck).toBe(0)
  })

  it('counts as a return, which a delivery limit heeds', async () => {
    await channel.assertQueue('limited', { arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 0 } })
    broker.faults.duplicateDeliveries()
    const texts = await consumed(channel, 'limited')
    channel.sendToQueue('limited', Buffer.from('one'))
    await broker.settled()
    expect(texts).toEqual(['one'])
    expect(broker.published()[0]?.journey.steps.at(-1)?.kind).toBe('delivery_limit')
  })
})

describe('a message that is overtaken', () => {
  it('comes behind the one that waited behind it, as redelivered', async () => {
    await publish('one', 'two', 'three', 'four')
    const fault = broker.faults.reorderDeliveries({ times: 1 })
    const texts = await consumed()
    await broker.settled()
    expect(texts).toEqual(['two', 'one again', 'three', 'four'])
    expect(fault.struck).toBe(1)
  })

  it('is each one but those that overtook another', async () => {
    await publish('one', 'two', 'three', 'four')
    broker.faults.reorderDeliveries()
    const texts = await consumed()
    await broker.settled()
    expect(texts).toEqual(['two', 'one again', 'four', 'three again'])
  })

  it('is overtaken also by what is not there yet', async () => {
    broker.faults.reorderDeliveries({ times: 1 })
    const texts = await consumed()
    await publish('one')
    expect([texts, broker.queue('orders').unacked]).toEqual([[], 1])
    await publish('two')
    await broker.settled()
    expect(texts).toEqual(['two', 'one again'])
  })

  it('is overtaken by basic.get, too', async () => {
    broker.faults.reorderDeliveries({ times: 1 })
    await publish('one', 'two')
    const got = async () => `${((await channel.get('orders', { noAck: true })) as Message).content}`
    expect([await got(), await got()]).toEqual(['two', 'one'])
  })

  it('comes by itself when nothing follows for a while', async () => {
    const fault = broker.faults.reorderDeliveries({ atMost: '1m' })
    const texts = await consumed()
    await publish('one')
    await broker.clock.advance('59s')
    expect(texts).toEqual([])
    await broker.clock.advance('1s')
    expect([texts, fault.struck]).toEqual([['one again'], 1])
  })

  it('comes when the fault is ended', async () => {
    const fault = broker.faults.reorderDeliveries({ atMost: '1h' })
    const texts = await consumed()
    await publish('one')
    fault.end()
    await broker.settled()
    expect(texts).toEqual(['one again'])
  })

  it("is nobody's when its queue is deleted meanwhile", async () => {
    const fault = broker.faults.reorderDeliveries()
    await consumed()
    await publish('one')
    await channel.deleteQueue('orders')
    fault.end()
    await broker.clock.advance('1m')
    await broker.settled()
    expect(fault.struck).toBe(1)
  })

  it('is there also where nothing is written down', async () => {
    await broker.stop()
    await begin({ journal: { messages: 0 } })
    await publish('one', 'two')
    broker.faults.reorderDeliveries()
    broker.faults.duplicateDeliveries({ when: ({ text }) => text === 'two' })
    const texts = await consumed()
    await broker.settled()
    expect(texts.slice(0, 2)).toEqual(['two', 'one again'])
    expect(texts.at(-1)).toBe('two again')
  })

  it('is so after a restart', async () => {
    const fault = broker.faults.reorderDeliveries()
    channel.sendToQueue('orders', Buffer.from('one'), { persistent: true })
    channel.sendToQueue('orders', Buffer.from('two'), { persistent: true })
    await channel.waitForConfirms()
    await broker.restart()
    client = await connect(broker.url)
    const texts = await consumed(await client.createChannel())
    await broker.settled()
    expect([texts, fault.struck]).toEqual([['two', 'one again'], 1])
  })
})

describe('a client that logged in', () => {
  it('may not open its virtual host', async () => {
    const when = ({ user, vhost }: { user: string | undefined; vhost: string | undefined }) =>
      `${user} ${vhost}` === 'guest /'
    const fault = broker.faults.refuseOpening({ times: 1, text: 'vhost / is down', when })
    await expect(connect(broker.url)).rejects.toThrow('ConnectionClose')
    await connect(broker.url)
    expect(fault.struck).toBe(1)
  })
})
