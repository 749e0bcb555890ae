/** A message that one library publishes and another consumes: what they mean by a property is the same. */
import type { Adapter } from './adapter'
import { amqplib } from './amqplib'
import { cloudamqp } from './cloudamqp'
import { pikaBy } from './pika'
import { pythonWithPika } from './python'
import { rabbitmqClient } from './rabbitmq-client'
import { Inbox, useStage } from './stage'

const adapters: Adapter[] = [amqplib, cloudamqp, rabbitmqClient]
if (pythonWithPika !== undefined) adapters.push(pikaBy(pythonWithPika))

const pairs = adapters.flatMap(from =>
  adapters.filter(to => to !== from).map(to => [from.name, to.name, from, to] as const),
)

const properties = {
  contentType: 'application/octet-stream',
  correlationId: 'número 1',
  replyTo: 'reply',
  messageId: 'message',
  type: 'type',
  appId: 'app',
  priority: 3,
  persistent: true,
  headers: { text: 'ü', number: 42, big: 2 ** 40, yes: true, list: ['a', 'b'], table: { a: 1 } },
}

describe.each(pairs)('%s to %s', (_from, _to, from, to) => {
  const publishing = useStage(from)
  const consuming = useStage(to)

  it('a message arrives as it was sent', async () => {
    const consumer = await consuming.channel()
    const exchange = consuming.broker.name('обмен')
    const queue = consuming.broker.name('queue')
    await consumer.declareExchange(exchange, 'topic')
    await consumer.declareQueue(queue)
    await consumer.bindQueue(queue, exchange, 'a.#')
    const inbox = await Inbox.on(consumer, queue, { noAck: true })
    const publisher = await publishing.channel()
    await publisher.publish({
      exchange,
      routingKey: 'a.b',
      body: Buffer.from([0, 127, 128, 255]),
      properties,
    })
    const [message] = await inbox.holds(1)
    expect(message).toMatchObject({ exchange, routingKey: 'a.b', redelivered: false })
    expect(message?.body).toEqual(Buffer.from([0, 127, 128, 255]))
    expect(JSON.parse(JSON.stringify(message?.properties))).toMatchObject(properties)
  })
})
