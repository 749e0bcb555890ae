/** queue.declare: names, properties, and what a second declaration must repeat. */
import { useBroker } from '../support/broker'
import type { MethodFields } from '../support/methods'

const broker = useBroker()

const METHOD = 'queue.declare'

describe('queue.declare', () => {
  it('is answered with the name, no messages and no consumers', async () => {
    const channel = await broker.channel()
    const queue = broker.name()
    expect(await channel.call(METHOD, { queue })).toEqual({ queue, messageCount: 0, consumerCount: 0 })
  })

  it.each<[string, Partial<MethodFields['queue.declare']>]>([
    ['durable', { durable: true }],
    ['transient', { durable: false }],
    ['exclusive', { exclusive: true }],
    ['durable and exclusive', { durable: true, exclusive: true }],
    ['auto-delete', { autoDelete: true }],
    ['durable, auto-delete', { durable: true, autoDelete: true }],
  ])('fields durable and exclusive, rules "types": can declare a queue that is %s', async (_, fields) => {
    const channel = await broker.channel()
    const queue = broker.name()
    await channel.call(METHOD, { queue, ...fields })
    await channel.call(METHOD, { queue, ...fields })
  })

  it('counts ready messages and consumers', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let i = 0; i < 3; i++) channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 3 })
    expect(await channel.call(METHOD, { queue, exclusive: true })).toMatchObject({
      messageCount: 3,
      consumerCount: 0,
    })
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue })
    await channel.delivery()
    expect(await channel.call(METHOD, { queue, exclusive: true })).toMatchObject({
      messageCount: 2,
      consumerCount: 1,
    })
  })

  it('rule "minimum-queues": declares 256 queues', async () => {
    const channel = await broker.channel()
    for (let i = 0; i < 256; i++) channel.send(METHOD, { exclusive: true })
    for (let i = 0; i < 256; i++) await channel.expect('queue.declare-ok')
  })

  it('takes unknown arguments and forgets them in comparisons', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: { 'x-unknown': 1, other: { a: [1] } } })
    await channel.call(METHOD, { queue, exclusive: true })
    await channel.call(METHOD, { queue, exclusive: true, arguments: { 'x-unknown': 2 } })
  })
})

describe('queue.declare, field queue', () => {
  it('rule "default-name": empty makes the server choose a name', async () => {
    const channel = await broker.channel()
    const { queue } = await channel.call(METHOD, { exclusive: true })
    expect(queue).toMatch(/^amq\.gen-[A-Za-z0-9_-]{22}$/)
    const other = await channel.call(METHOD, { exclusive: true })
    expect(other.queue).not.toBe(queue)
  })

  it('rule "default-name": the chosen name routes', async () => {
    const channel = await broker.channel()
    const { queue } = await channel.call(METHOD, { exclusive: true })
    channel.publish({ routingKey: queue }, 'hello')
    expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('empty and passive means a queue without name, which there is not', async () => {
    const channel = await broker.channel()
    await broker.queue(channel)
    channel.send(METHOD, { queue: '', passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText('')}`, METHOD)
  })

  it('rule "reserved": a name that begins with amq. is refused', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { queue: 'amq.mine', exclusive: true })
    const text = "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"
    await channel.expectClose(403, text, METHOD)
  })

  it('rule "reserved": also if the queue exists, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    const { queue } = await channel.call(METHOD, { exclusive: true })
    channel.send(METHOD, { queue, exclusive: true })
    const text = `ACCESS_REFUSED - queue name '${queue}' contains reserved prefix 'amq.*'`
    await channel.expectClose(403, text, METHOD)
  })

  it('rule "reserved": but passively it may be declared', async () => {
    const channel = await broker.channel()
    const { queue } = await channel.call(METHOD, { exclusive: true })
    await channel.call(METHOD, { queue, passive: true })
    channel.send(METHOD, { queue: 'amq.mine', passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText('amq.mine')}`, METHOD)
  })

  it('rule "syntax": any character will do', async () => {
    const channel = await broker.channel()
    const queue = broker.name('ünïcödé / 🐇 #*!')
    expect((await channel.call(METHOD, { queue, exclusive: true })).queue).toBe(queue)
    channel.publish({ routingKey: queue }, 'found')
    expect(await channel.drain(queue)).toEqual(['found'])
  })

  it('may have 255 bytes', async () => {
    const channel = await broker.channel()
    const queue = broker.track(broker.name().padEnd(255, 'x'))
    expect((await channel.call(METHOD, { queue, exclusive: true })).queue).toBe(queue)
  })

  it('loses line breaks', async () => {
    const channel = await broker.channel()
    const queue = broker.name()
    expect((await channel.call(METHOD, { queue: `${queue}\r\n`, exclusive: true })).queue).toBe(queue)
  })
})

describe('queue.declare, field passive', () => {
  it('rule "passive": of an unknown queue closes the channel', async () => {
    const channel = await broker.channel()
    const queue = broker.name()
    channel.send(METHOD, { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, METHOD)
  })

  it('of a known queue is ok whatever the other fields say', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    const other = { durable: true, autoDelete: true, exclusive: true, arguments: { 'x-expires': 'soon' } }
    await channel.call(METHOD, { queue, passive: true, ...other })
  })
})

describe('queue.declare of a queue that exists', () => {
  const differs = (queue: string, arg: string, received: string, current: string) =>
    `PRECONDITION_FAILED - inequivalent arg '${arg}' for ${broker.queueText(queue)}: received ${received} but current is ${current}`

  it('field passive, rule "equivalent": with the same fields is ok', async () => {
    const channel = await broker.channel()
    const fields = {
      durable: true,
      exclusive: false,
      autoDelete: true,
      arguments: { 'x-message-ttl': 60000 },
    }
    const queue = await broker.queue(channel, fields)
    await channel.call(METHOD, { queue, ...fields })
  })

  it('with another durable closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, durable: true })
    channel.send(METHOD, { queue, durable: false })
    await channel.expectClose(406, differs(queue, 'durable', "'false'", "'true'"), METHOD)
  })

  it('field auto-delete, rule "pre-existence": with another auto-delete closes the channel, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    channel.send(METHOD, { queue, autoDelete: true })
    await channel.expectClose(406, differs(queue, 'auto_delete', "'true'", "'false'"), METHOD)
  })

  it('compares durable before auto_delete, and both before the arguments', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    const all = { queue, durable: true, autoDelete: true, arguments: { 'x-message-ttl': 5 } }
    channel.send(METHOD, all)
    await channel.expectClose(406, differs(queue, 'durable', "'true'", "'false'"), METHOD)
    await channel.call('channel.open')
    channel.send(METHOD, { ...all, durable: false })
    await channel.expectClose(406, differs(queue, 'auto_delete', "'true'", "'false'"), METHOD)
  })

  it('with another argument closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: { 'x-message-ttl': 1000 } })
    channel.send(METHOD, { queue, exclusive: true, arguments: { 'x-message-ttl': 2000 } })
    await channel.expectClose(406, differs(queue, 'x-message-ttl', "'2000'", "'1000'"), METHOD)
  })

  it('without its argument closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: { 'x-message-ttl': { '!': 'int', value: 1000 } } })
    channel.send(METHOD, { queue, exclusive: true })
    const text = differs(queue, 'x-message-ttl', 'none', "the value '1000' of type 'signedint'")
    await channel.expectClose(406, text, METHOD)
  })

  it('with an argument it did not have closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const own = { 'x-message-ttl': { '!': 'int', value: 5 } }
    channel.send(METHOD, { queue, exclusive: true, arguments: own })
    const text = differs(queue, 'x-message-ttl', "the value '5' of type 'signedint'", 'none')
    await channel.expectClose(406, text, METHOD)
  })

  it('with an integer argument of another width is ok', async () => {
    const channel = await broker.channel()
    const ttl = (type: string) => ({ 'x-message-ttl': { '!': type, value: 100 } })
    const queue = await broker.queue(channel, { arguments: ttl('byte') })
    for (const type of ['short', 'int', 'long', 'unsignedbyte', 'unsignedshort', 'unsignedint']) {
      await channel.call(METHOD, { queue, exclusive: true, arguments: ttl(type) })
    }
  })
})
