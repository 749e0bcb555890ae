/** Exchanges: publish and subscribe, routing, topics, headers; and calls that are answered. */
import type { ClientChannel } from '../adapter'
import { Inbox, numbers, type Stage } from '../stage'

export function describeRouting(stage: Stage): void {
  describe('an exchange', () => exchanges(stage))
  describe('a call', () => calls(stage))
}

function exchanges({ broker, channel }: Stage): void {
  /** A queue of a subscriber's own, bound with these keys. */
  async function subscribed(subscriber: ClientChannel, exchange: string, ...keys: string[]): Promise<Inbox> {
    const { queue } = await subscriber.declareQueue('', { exclusive: true })
    for (const key of keys) await subscriber.bindQueue(queue, exchange, key)
    return Inbox.on(subscriber, queue, { noAck: true })
  }

  it('of type fanout reaches every subscriber', async () => {
    const publisher = await channel()
    const exchange = broker.name('news')
    await publisher.declareExchange(exchange, 'fanout')
    const inboxes = []
    for (let i = 0; i < 3; i++) inboxes.push(await subscribed(await channel(), exchange, ''))
    for (const body of numbers(5)) await publisher.publish({ exchange, body })
    for (const inbox of inboxes) {
      await inbox.holds(5)
      expect(inbox.bodies).toEqual(numbers(5))
    }
  })

  it('of type direct reaches those who asked for the key', async () => {
    const publisher = await channel()
    const exchange = broker.name('logs')
    await publisher.declareExchange(exchange, 'direct')
    const errors = await subscribed(await channel(), exchange, 'error')
    const all = await subscribed(await channel(), exchange, 'error', 'warning', 'info')
    for (const routingKey of ['info', 'error', 'warning', 'debug']) {
      await publisher.publish({ exchange, routingKey, body: routingKey })
    }
    await all.holds(3)
    await errors.holds(1)
    expect(all.bodies).toEqual(['info', 'error', 'warning'])
    expect(errors.bodies).toEqual(['error'])
  })

  it('of type topic reaches those whose pattern matches', async () => {
    const publisher = await channel()
    const exchange = broker.name('animals')
    await publisher.declareExchange(exchange, 'topic')
    const orange = await subscribed(await channel(), exchange, '*.orange.*')
    const rabbits = await subscribed(await channel(), exchange, '*.*.rabbit', 'lazy.#')
    const keys = [
      'quick.orange.rabbit',
      'lazy.orange.elephant',
      'quick.brown.fox',
      'lazy.pink.rabbit',
      'lazy',
    ]
    for (const routingKey of keys) await publisher.publish({ exchange, routingKey, body: routingKey })
    await orange.holds(2)
    await rabbits.holds(4)
    expect(rabbits.bodies).toEqual([
      'quick.orange.rabbit',
      'lazy.orange.elephant',
      'lazy.pink.rabbit',
      'lazy',
    ])
  })

  it('of type headers reaches those whose headers match', async () => {
    const publisher = await channel()
    const exchange = broker.name('files')
    const queue = broker.name('pdfs')
    await publisher.declareExchange(exchange, 'headers')
    await publisher.declareQueue(queue)
    await publisher.bindQueue(queue, exchange, '', { 'x-match': 'all', format: 'pdf', pages: 3 })
    const inbox = await Inbox.on(publisher, queue, { noAck: true })
    await publisher.publish({ exchange, body: 'no', properties: { headers: { format: 'pdf', pages: 4 } } })
    await publisher.publish({ exchange, body: 'yes', properties: { headers: { format: 'pdf', pages: 3 } } })
    await inbox.holds(1)
    expect(inbox.bodies).toEqual(['yes'])
  })

  it('stops reaching a queue that is unbound', async () => {
    const publisher = await channel()
    const exchange = broker.name('news')
    const queue = broker.name('reader')
    await publisher.declareExchange(exchange, 'direct')
    await publisher.declareQueue(queue)
    await publisher.bindQueue(queue, exchange, 'key')
    await publisher.confirm()
    await publisher.publish({ exchange, routingKey: 'key', body: 'bound' })
    await publisher.unbindQueue(queue, exchange, 'key')
    await publisher.publish({ exchange, routingKey: 'key', body: 'unbound' })
    expect(await publisher.get(queue, true)).toMatchObject({ body: Buffer.from('bound') })
    expect(await publisher.get(queue, true)).toBeUndefined()
    await publisher.deleteExchange(exchange)
  })

  it('passes on what it cannot route to its alternate exchange', async () => {
    const publisher = await channel()
    const alternate = broker.name('lost')
    const exchange = broker.name('found')
    await publisher.declareExchange(alternate, 'fanout')
    await publisher.declareExchange(exchange, 'direct', { arguments: { 'alternate-exchange': alternate } })
    const inbox = await subscribed(await channel(), alternate, '')
    await publisher.publish({ exchange, routingKey: 'nowhere', body: 'lost' })
    expect((await inbox.holds(1))[0]).toMatchObject({ exchange, routingKey: 'nowhere' })
  })
}

function calls({ broker, channel }: Stage): void {
  /** A server that answers with the request's body twice. */
  async function serve(queue: string): Promise<void> {
    const server = await channel()
    await server.declareQueue(queue)
    await server.prefetch(1)
    await server.consume(
      queue,
      {},
      ({ body, deliveryTag, properties: { replyTo = '', correlationId = '' } }) => {
        void server.publish({ routingKey: replyTo, body: `${body}${body}`, properties: { correlationId } })
        void server.ack(deliveryTag)
      },
    )
  }

  it.each([
    ['a queue of the caller', ''],
    ['direct reply-to', 'amq.rabbitmq.reply-to'],
  ])('is answered by way of %s, matched by correlation id', async (_, replyQueue) => {
    const queue = broker.name('calls')
    await serve(queue)
    const caller = await channel()
    const replyTo = replyQueue || (await caller.declareQueue('', { exclusive: true })).queue
    const inbox = await Inbox.on(caller, replyTo, { noAck: true })
    for (const correlationId of numbers(10)) {
      await caller.publish({
        routingKey: queue,
        body: `<${correlationId}>`,
        properties: { replyTo, correlationId },
      })
    }
    const answers = await inbox.holds(10)
    for (const { properties, body } of answers) {
      expect(body.toString()).toBe(`<${properties.correlationId}><${properties.correlationId}>`)
    }
    expect(new Set(answers.map(({ properties }) => properties.correlationId)).size).toBe(10)
  })
}
