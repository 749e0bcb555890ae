/** Messages themselves: properties, large bodies, confirms, returns, transactions. */
import { randomFillSync } from 'node:crypto'
import type { MessageProperties } from '../adapter'
import { Inbox, numbers, type Stage } from '../stage'

export function describeMessages(stage: Stage): void {
  describe('a message', () => content(stage))
  describe('a publisher', () => publishing(stage))
}

function content({ broker, channel }: Stage): void {
  it('keeps its properties and headers', async () => {
    const publisher = await channel()
    const queue = broker.name('queue')
    await publisher.declareQueue(queue)
    const inbox = await Inbox.on(publisher, queue, { noAck: true })
    const properties: MessageProperties = {
      contentType: 'application/octet-stream',
      correlationId: 'correlation',
      replyTo: 'reply',
      messageId: 'message',
      type: 'type',
      appId: 'app',
      priority: 5,
      persistent: true,
      headers: {
        string: 'ü',
        number: 42,
        negative: -7,
        big: 2 ** 40,

        yes: true,
        list: [1, 'two'],
        table: { a: 1 },
      },
    }
    await publisher.publish({ routingKey: queue, body: 'body', properties })
    const [message] = await inbox.holds(1)
    expect(JSON.parse(JSON.stringify(message?.properties))).toMatchObject(properties)
  })

  it.each([0, 1, 8184, 131_072, 1_000_000])('keeps a body of %d bytes', async bytes => {
    const publisher = await channel()
    const queue = broker.name('queue')
    await publisher.declareQueue(queue)
    const inbox = await Inbox.on(await channel(), queue, { noAck: true })
    const body = randomFillSync(Buffer.alloc(bytes))
    await publisher.publish({ routingKey: queue, body })
    const [message] = await inbox.holds(1)
    expect(message?.body.equals(body)).toBe(true)
  })

  it('may have a queue, an exchange and a key in any script', async () => {
    const publisher = await channel()
    const queue = broker.name('очередь-兎')
    const exchange = broker.name('обмен-🐇')
    await publisher.declareQueue(queue)
    await publisher.declareExchange(exchange, 'topic')
    await publisher.bindQueue(queue, exchange, 'ключ.*')
    const inbox = await Inbox.on(publisher, queue, { noAck: true })
    await publisher.publish({ exchange, routingKey: 'ключ.鍵', body: 'Grüße' })
    const [message] = await inbox.holds(1)
    expect(message).toMatchObject({ exchange, routingKey: 'ключ.鍵', body: Buffer.from('Grüße') })
  })
}

function publishing({ broker, channel }: Stage): void {
  it('can wait for its messages to be confirmed', async () => {
    const publisher = await channel()
    const queue = broker.name('queue')
    await publisher.declareQueue(queue, { durable: true })
    await publisher.confirm()
    const properties = { persistent: true }
    await Promise.all(numbers(200).map(body => publisher.publish({ routingKey: queue, body, properties })))
    expect((await publisher.declareQueue(queue, { passive: true })).messageCount).toBe(200)
  })

  it('is given back a mandatory message that has no route, which is confirmed all the same', async () => {
    const publisher = await channel()
    await publisher.confirm()
    const returns = Inbox.ofReturns(publisher)
    const routingKey = broker.name('nowhere')
    await publisher.publish({ routingKey, mandatory: true, body: 'back', properties: { messageId: 'id' } })
    const [message] = await returns.holds(1)
    expect(message).toMatchObject({ exchange: '', routingKey, body: Buffer.from('back') })
    expect(message?.properties.messageId).toBe('id')
  })

  it('is given back nothing that has a route', async () => {
    const publisher = await channel()
    const queue = broker.name('queue')
    await publisher.declareQueue(queue)
    await publisher.confirm()
    const returns = Inbox.ofReturns(publisher)
    await publisher.publish({ routingKey: queue, mandatory: true })
    await publisher.publish({ routingKey: broker.name('nowhere') })
    expect(returns.messages).toEqual([])
  })

  it('can publish in transactions, if its library can', async () => {
    const { tx, publish, declareQueue, get } = await channel()
    if (tx === undefined) return
    const queue = broker.name('queue')
    await declareQueue(queue)
    await tx.select()
    await publish({ routingKey: queue, body: 'rolled back' })
    await tx.rollback()
    await publish({ routingKey: queue, body: 'committed' })
    await tx.commit()
    expect(await get(queue, true)).toMatchObject({ body: Buffer.from('committed') })
    expect(await get(queue, true)).toBeUndefined()
  })
}
