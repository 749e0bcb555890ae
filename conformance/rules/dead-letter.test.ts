/** x-dead-letter-exchange and x-dead-letter-routing-key: which messages are dead-lettered, where they go, and in what order. */
import { useBroker } from '../support/broker'
import { DeadLetters, reject } from '../support/dead-letters'
import { otherPropertyBytes } from '../support/typed-headers'

const broker = useBroker()

describe('a message is dead-lettered', () => {
  it('when basic.reject does not requeue it', async () => {
    const dead = await DeadLetters.of(broker)
    expect(await dead.ofRejected()).toMatchObject({
      exchange: dead.exchange,
      routingKey: dead.queue,
      redelivered: false,
      body: Buffer.from('rejected'),
    })
    expect(await dead.channel.get(dead.queue)).toBeUndefined()
  })

  it('when basic.nack does not requeue it', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('nacked')
    await dead.channel.call('basic.consume', { queue: dead.queue })
    const { deliveryTag } = await dead.channel.delivery()
    dead.channel.send('basic.nack', { deliveryTag, requeue: false })
    expect(await dead.bodies(1)).toEqual(['nacked'])
  })

  it('with all others that basic.nack names, in the order of the queue', async () => {
    const dead = await DeadLetters.of(broker)
    await dead.channel.call('basic.consume', { queue: dead.queue })
    for (let i = 1; i <= 5; i++) dead.publish(`${i}`)
    const deliveries = await dead.channel.deliveries(5)
    dead.channel.send('basic.nack', {
      deliveryTag: deliveries[3]?.deliveryTag ?? 0,
      multiple: true,
      requeue: false,
    })
    dead.channel.send('basic.reject', { deliveryTag: deliveries[4]?.deliveryTag ?? 0, requeue: false })
    expect(await dead.bodies(5)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('with thousands of others at once', async () => {
    const dead = await DeadLetters.of(broker)
    await dead.channel.call('basic.consume', { queue: dead.queue })
    const bodies = Array.from({ length: 3000 }, (_, i) => `${i}`)
    for (const body of bodies) dead.publish(body)
    const deliveries = await dead.channel.deliveries(3000)
    const deliveryTag = deliveries[2999]?.deliveryTag ?? 0
    dead.channel.send('basic.nack', { deliveryTag, multiple: true, requeue: false })
    expect(await dead.bodies(3000)).toEqual(bodies)
  })

  it('when it expires by x-message-ttl', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 50 })
    for (let i = 1; i <= 3; i++) dead.publish(`${i}`)
    expect(await dead.bodies(3)).toEqual(['1', '2', '3'])
    expect(await dead.channel.counts(dead.queue)).toEqual({ messages: 0, consumers: 0 })
  })

  it('when it expires by its own expiration', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('expired', { expiration: '50' })
    expect(await dead.bodies(1)).toEqual(['expired'])
  })

  it('when it is pushed out by x-max-length', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length': 1 })
    for (let i = 1; i <= 3; i++) dead.publish(`${i}`)
    expect(await dead.bodies(2)).toEqual(['1', '2'])
    expect(await dead.channel.drain(dead.queue)).toEqual(['3'])
  })

  it('at the commit, when it is rejected in a transaction', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('rejected')
    await dead.channel.expectCounts(dead.queue, { messages: 1 })
    const transactional = await dead.channel.wire.channel(3)
    await transactional.call('tx.select')
    await reject(transactional, dead.queue)
    await transactional.sync()
    await dead.letters.expectQuiet()
    await transactional.call('tx.commit')
    expect(await dead.bodies(1)).toEqual(['rejected'])
  })
})

describe('a message is not dead-lettered', () => {
  /** One that is dead-lettered after it shows that nothing came before. */
  async function expectOnlyTheNext(dead: DeadLetters): Promise<void> {
    expect((await dead.ofRejected({}, 'the next')).body.toString()).toBe('the next')
    await dead.letters.expectQuiet()
  }

  it('when it is acknowledged', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('done')
    const got = await dead.channel.get(dead.queue)
    dead.channel.send('basic.ack', { deliveryTag: got?.deliveryTag ?? 0 })
    await expectOnlyTheNext(dead)
  })

  it.each([
    ['basic.reject', { requeue: true }],
    ['basic.nack', { requeue: true }],
  ] as const)('when %s requeues it', async (method, fields) => {
    const dead = await DeadLetters.of(broker)
    dead.publish('again')
    const got = await dead.channel.get(dead.queue)
    dead.channel.send(method, { deliveryTag: got?.deliveryTag ?? 0, ...fields })
    expect(await dead.channel.drain(dead.queue)).toEqual(['again'])
    await expectOnlyTheNext(dead)
  })

  it('when it is purged', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('purged')
    await dead.channel.expectCounts(dead.queue, { messages: 1 })
    await dead.channel.call('queue.purge', { queue: dead.queue })
    await expectOnlyTheNext(dead)
  })

  it('when its queue is deleted', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('deleted')
    await dead.channel.expectCounts(dead.queue, { messages: 1 })
    await dead.channel.call('queue.delete', { queue: dead.queue })
    const own = { 'x-dead-letter-exchange': dead.exchange }
    await dead.channel.call('queue.declare', { queue: dead.queue, exclusive: true, arguments: own })
    await expectOnlyTheNext(dead)
  })

  it('when its channel is closed and it comes back', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('back')
    const other = await dead.channel.wire.channel(3)
    await other.get(dead.queue)
    await other.close()
    expect(await dead.channel.drain(dead.queue)).toEqual(['back'])
    await expectOnlyTheNext(dead)
  })

  it('and simply gone, without a dead letter exchange', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'gone')
    await reject(channel, queue)
    await channel.sync()
    expect(await channel.get(queue)).toBeUndefined()
  })
})

describe('a dead letter', () => {
  it('is routed by the routing key of the message', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const target = await broker.queue(channel)
    const queue = await broker.queue(channel, { arguments: { 'x-dead-letter-exchange': exchange } })
    await channel.call('queue.bind', { queue: target, exchange, routingKey: queue })
    channel.publish({ routingKey: queue })
    await reject(channel, queue)
    await channel.expectCounts(target, { messages: 1 })
    expect(await channel.get(target)).toMatchObject({ exchange, routingKey: queue })
  })

  it('is routed by x-dead-letter-routing-key, and carries it', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const target = await broker.queue(channel)
    const own = { 'x-dead-letter-exchange': exchange, 'x-dead-letter-routing-key': 'dead' }
    const queue = await broker.queue(channel, { arguments: own })
    await channel.call('queue.bind', { queue: target, exchange, routingKey: 'dead' })
    channel.publish({ routingKey: queue })
    await reject(channel, queue)
    await channel.expectCounts(target, { messages: 1 })
    expect(await channel.get(target)).toMatchObject({ exchange, routingKey: 'dead' })
  })

  it('is routed by the default exchange, if that is asked for by its empty name', async () => {
    const channel = await broker.channel()
    const target = await broker.queue(channel)
    const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': target }
    const queue = await broker.queue(channel, { arguments: own })
    channel.publish({ routingKey: queue }, 'dead')
    await reject(channel, queue)
    await channel.expectCounts(target, { messages: 1 })
    expect(await channel.get(target)).toMatchObject({ exchange: '', routingKey: target })
  })

  it('reaches every queue that it is routed to', async () => {
    const dead = await DeadLetters.of(broker)
    const more = [await broker.queue(dead.channel), await broker.queue(dead.channel)]
    for (const queue of more) await dead.channel.call('queue.bind', { queue, exchange: dead.exchange })
    await dead.ofRejected()
    for (const queue of more) {
      await dead.channel.expectCounts(queue, { messages: 1 })
      expect(await dead.channel.drain(queue)).toEqual(['rejected'])
    }
  })

  it('reaches a queue that is bound twice once', async () => {
    const dead = await DeadLetters.of(broker)
    const { deadLetterQueue: queue, exchange } = dead
    await dead.channel.call('queue.bind', { queue, exchange, routingKey: 'another' })
    await dead.ofRejected({}, '1')
    expect((await dead.ofRejected({}, '2')).body.toString()).toBe('2')
  })

  it('takes the alternate exchange of the dead letter exchange, if that has no route', async () => {
    const channel = await broker.channel()
    const alternate = await broker.exchange(channel, 'fanout')
    const exchange = await broker.exchange(channel, 'direct', {
      arguments: { 'alternate-exchange': alternate },
    })
    const target = await broker.queue(channel)
    await channel.call('queue.bind', { queue: target, exchange: alternate })
    const queue = await broker.queue(channel, { arguments: { 'x-dead-letter-exchange': exchange } })
    channel.publish({ routingKey: queue })
    await reject(channel, queue)
    await channel.expectCounts(target, { messages: 1 })
    expect(await channel.get(target)).toMatchObject({ exchange, routingKey: queue })
  })

  it('passes through bindings from exchange to exchange', async () => {
    const dead = await DeadLetters.of(broker)
    const { channel, exchange } = dead
    const second = await broker.exchange(channel, 'fanout')
    const target = await broker.queue(channel)
    await channel.call('exchange.bind', { destination: second, source: exchange })
    await channel.call('queue.bind', { queue: target, exchange: second })
    await dead.ofRejected()
    await channel.expectCounts(target, { messages: 1 })
    expect(await channel.get(target)).toMatchObject({ exchange, routingKey: dead.queue })
  })

  it('may pass an internal exchange, to which nobody could publish it', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { internal: true })
    const target = await broker.queue(channel)
    await channel.call('queue.bind', { queue: target, exchange })
    const queue = await broker.queue(channel, { arguments: { 'x-dead-letter-exchange': exchange } })
    channel.publish({ routingKey: queue })
    await reject(channel, queue)
    await channel.expectCounts(target, { messages: 1 })
  })

  it('may reach an exclusive queue of another connection', async () => {
    const dead = await DeadLetters.of(broker, {}, { exclusive: false })
    const other = await broker.channel()
    dead.publish('dead')
    await dead.channel.expectCounts(dead.queue, { messages: 1 })
    await reject(other, dead.queue)
    expect(await dead.bodies(1)).toEqual(['dead'])
  })

  it('is dropped when there is no such exchange, and the channel lives on', async () => {
    const channel = await broker.channel()
    const own = { 'x-dead-letter-exchange': broker.name('missing') }
    const queue = await broker.queue(channel, { arguments: own })
    channel.publish({ routingKey: queue }, 'dropped')
    await reject(channel, queue)
    await channel.expectQuiet()
    expect(await channel.counts(queue)).toMatchObject({ messages: 0 })
  })

  it('takes the exchange that is there when it dies', async () => {
    const channel = await broker.channel()
    const exchange = broker.name('later')
    const queue = await broker.queue(channel, { arguments: { 'x-dead-letter-exchange': exchange } })
    channel.publish({ routingKey: queue }, 'in time')
    await channel.expectCounts(queue, { messages: 1 })
    await channel.call('exchange.declare', { exchange, type: 'fanout' })
    const target = await broker.queue(channel)
    await channel.call('queue.bind', { queue: target, exchange })
    await reject(channel, queue)
    await channel.expectCounts(target, { messages: 1 })
  })

  it('without a route is dropped, and not returned, though the message was mandatory', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel, { arguments: { 'x-dead-letter-exchange': exchange } })
    channel.publish({ routingKey: queue, mandatory: true }, 'dropped')
    await reject(channel, queue)
    await channel.expectQuiet()
    expect(await channel.counts(queue)).toMatchObject({ messages: 0 })
  })
})

describe('a dead letter keeps', () => {
  it('all properties but headers and expiration, byte for byte', async () => {
    const dead = await DeadLetters.of(broker)
    const properties = {
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
      priority: 7,
      correlationId: 'correlation',
      replyTo: 'reply',
      messageId: 'message',
      timestamp: 1_700_000_000,
      type: 'type',
      userId: broker.target.user,
      appId: 'app',
      clusterId: 'cluster',
    }
    dead.publish('kept', properties)
    const before = await dead.channel.get(dead.queue)
    dead.channel.send('basic.reject', { deliveryTag: before?.deliveryTag ?? 0, requeue: false })
    const letter = await dead.next()
    expect(letter.properties).toMatchObject(properties)
    expect(otherPropertyBytes(letter.propertyBytes)).toEqual(
      otherPropertyBytes(before?.propertyBytes ?? Buffer.of()),
    )
    expect(letter.body.toString()).toBe('kept')
  })

  it('its headers', async () => {
    const dead = await DeadLetters.of(broker)
    const headers = { number: 1, text: 'text', list: [1, 'two'], table: { inner: true }, 'x-own': 'x' }
    const letter = await dead.ofRejected({ headers })
    expect(letter.properties.headers).toMatchObject(headers)
  })

  it.each([1, 2])('delivery-mode %d', async deliveryMode => {
    const dead = await DeadLetters.of(broker, {}, { durable: true, exclusive: false })
    expect((await dead.ofRejected({ deliveryMode })).properties.deliveryMode).toBe(deliveryMode)
  })

  it('a delivery-mode that was never given', async () => {
    const dead = await DeadLetters.of(broker)
    expect((await dead.ofRejected()).properties.deliveryMode).toBeUndefined()
  })

  it('a large body', async () => {
    const dead = await DeadLetters.of(broker)
    const body = 'x'.repeat(300_000)
    expect((await dead.ofRejected({}, body)).body.toString()).toBe(body)
  })

  it('its rank: the priority counts in the next queue, too', async () => {
    const channel = await broker.channel()
    const target = await broker.queue(channel, { arguments: { 'x-max-priority': 10 } })
    const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': target }
    const queue = await broker.queue(channel, { arguments: own })
    for (const priority of [1, 5, 3]) channel.publish({ routingKey: queue }, `${priority}`, { priority })
    for (let i = 0; i < 3; i++) await reject(channel, queue)
    await channel.expectCounts(target, { messages: 3 })
    expect(await channel.drain(target)).toEqual(['5', '3', '1'])
  })
})
