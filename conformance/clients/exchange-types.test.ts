/** The exchange types that choose and remember, by a program with amqplib. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { clientUrl, useBroker } from '../support/broker'
import { eventually } from '../support/eventually'
import { describeType } from '../support/exchange-types'

const broker = useBroker()
let connection: ChannelModel
let channel: Channel

beforeEach(async () => {
  connection = await connect(clientUrl)
  channel = await connection.createChannel()
})

afterEach(() => connection.close())

describeType('x-consistent-hash', () => {
  it('keeps the messages of an order with one worker, in their order', async () => {
    const exchange = broker.name('orders')
    await channel.assertExchange(exchange, 'x-consistent-hash', { durable: false })
    const seen: { worker: number; order: string; step: string }[] = []
    for (let worker = 0; worker < 4; worker++) {
      const { queue } = await channel.assertQueue('', { exclusive: true })
      await channel.bindQueue(queue, exchange, '10')
      const note = (content: Buffer, order: string) => seen.push({ worker, order, step: content.toString() })
      await channel.consume(queue, message => message && note(message.content, message.fields.routingKey), {
        noAck: true,
      })
    }
    const steps = ['created', 'paid', 'sent']
    const orders = Array.from({ length: 40 }, (_, index) => `order-${index}`)
    for (const step of steps) for (const order of orders) channel.publish(exchange, order, Buffer.from(step))
    await eventually(async () => expect(seen).toHaveLength(steps.length * orders.length))
    for (const order of orders) {
      const own = seen.filter(each => each.order === order)
      expect(own.map(each => each.step)).toEqual(steps)
      expect(new Set(own.map(each => each.worker)).size).toBe(1)
    }
    expect(new Set(seen.map(each => each.worker)).size).toBe(4)
  })
})

describeType('x-recent-history', () => {
  it('shows someone who comes late what was said last', async () => {
    const exchange = broker.name('chat')
    await channel.assertExchange(exchange, 'x-recent-history', {
      durable: false,
      arguments: { 'x-recent-history-length': 2 },
    })
    for (const said of ['hello', 'anyone?', 'hi']) channel.publish(exchange, '', Buffer.from(said))
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, exchange, '')
    const heard: string[] = []
    await channel.consume(queue, message => message && heard.push(message.content.toString()), {
      noAck: true,
    })
    channel.publish(exchange, '', Buffer.from('who is new?'))
    await eventually(async () => expect(heard).toEqual(['anyone?', 'hi', 'who is new?']))
  })
})
