/** basic.publish and basic.return. */
import { useBroker } from '../support/broker'
import type { Properties } from '../support/methods'
import { byVersion } from '../support/version'

const broker = useBroker()

const METHOD = 'basic.publish'

describe('basic.publish, field exchange', () => {
  it('rule "must-exist": an unknown exchange closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = broker.name()
    channel.publish({ exchange, routingKey: 'key' }, 'body')
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, METHOD)
  })

  it('rule "must-exist": a deleted exchange closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    channel.publish({ exchange })
    await channel.call('exchange.delete', { exchange })
    channel.publish({ exchange })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, METHOD)
  })

  it('rule "default-exchange": empty means the default exchange', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ exchange: '', routingKey: queue }, 'hello')
    expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('rule "02": an internal exchange closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { internal: true })
    channel.publish({ exchange })
    const text = `ACCESS_REFUSED - cannot publish to internal ${broker.exchangeText(exchange)}`
    await channel.expectClose(403, text, METHOD)
  })

  it('amq.rabbitmq.trace is internal too', async () => {
    const channel = await broker.channel()
    channel.publish({ exchange: 'amq.rabbitmq.trace' })
    const text = `ACCESS_REFUSED - cannot publish to internal ${broker.exchangeText('amq.rabbitmq.trace')}`
    await channel.expectClose(403, text, METHOD)
  })

  it('is not changed by what other channels do: each closes by itself', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(other)
    const exchange = broker.name()
    channel.publish({ exchange })
    other.publish({ routingKey: queue }, 'fine')
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, METHOD)
    expect(await other.drain(queue)).toEqual(['fine'])
  })
})

describe('basic.publish, field mandatory', () => {
  it('rule "01": returns a message without route, whole', async () => {
    const channel = await broker.channel()
    const routingKey = broker.name()
    const properties: Properties = { contentType: 'text/plain', headers: { a: 1, b: ['c'] }, messageId: 'id' }
    channel.publish({ exchange: 'amq.direct', routingKey, mandatory: true }, 'hello', properties)
    const returned = await channel.returned()
    expect(returned).toMatchObject({
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange: 'amq.direct',
      routingKey,
    })
    expect(returned.properties).toEqual(properties)
    expect(returned.body.toString()).toBe('hello')
  })

  it('returns an empty message', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name(), mandatory: true })
    expect(await channel.returned()).toMatchObject({ exchange: '', body: Buffer.alloc(0), frameBytes: [] })
  })

  it('returns several messages in the order in which they were published', async () => {
    const channel = await broker.channel()
    const routingKey = broker.name()
    for (let i = 0; i < 50; i++) channel.publish({ routingKey, mandatory: true }, `${i}`)
    for (let i = 0; i < 50; i++) expect((await channel.returned()).body.toString()).toBe(`${i}`)
  })

  it('returns nothing that has a route', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue, mandatory: true }, 'hello')
    await channel.expectQuiet()
    expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('unset drops a message without route', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name(), mandatory: false }, 'gone')
    await channel.expectQuiet()
  })
})

describe('basic.publish, field immediate', () => {
  it('rule "01": is not implemented', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue, immediate: true })
    await channel.wire.expectClose(540, 'NOT_IMPLEMENTED - immediate=true', METHOD)
  })

  it('rule "01": is looked at before the exchange', async () => {
    const channel = await broker.channel()
    channel.publish({ exchange: broker.name(), immediate: true })
    await channel.wire.expectClose(540, 'NOT_IMPLEMENTED - immediate=true', METHOD)
  })
})

describe('basic.publish, property expiration', () => {
  const refused: [string, string][] = [
    ['later', 'no_integer'],
    ['', 'no_integer'],
    ['12x', '{leftover_string,"x"}'],
    ['1.5', '{leftover_string,".5"}'],
    ['-1', '{value_negative,-1}'],
    ['315360000001', '{value_too_large,315360000001}'],
    ['1"2', '{leftover_string,"\\"2"}'],
    // Erlang ends a line before its column 79
    [`5${'x'.repeat(17)}`, `{leftover_string,"${'x'.repeat(17)}"}`],
    [`5${'x'.repeat(18)}`, `{leftover_string,\n${' '.repeat(43)}"${'x'.repeat(18)}"}`],
    ['9'.repeat(18), `{value_too_large,${'9'.repeat(18)}}`],
    ['9'.repeat(19), `{value_too_large,\n${' '.repeat(43)}${'9'.repeat(19)}}`],
    [`-${'9'.repeat(19)}`, `{value_negative,\n${' '.repeat(44)}-${'9'.repeat(19)}}`],
  ]
  it.each(refused)('of "%s" closes the channel', async (expiration, reason) => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, 'body', { expiration })
    const text = `PRECONDITION_FAILED - invalid expiration '${expiration}': ${reason}`
    await channel.expectClose(406, text, METHOD)
  })

  it.each(['0', '1000', '315360000000'])('of "%s" is welcome', async expiration => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, 'body', { expiration })
    await channel.expectQuiet()
  })
})

describe('basic.publish, property user-id', () => {
  it('must be the user who logged in', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'hello', { userId: broker.target.user })
    expect((await channel.get(queue))?.properties).toEqual({ userId: broker.target.user })
  })

  it('of someone else closes the channel', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, 'hello', { userId: 'someone' })
    const text = `PRECONDITION_FAILED - user_id property set to 'someone' but authenticated user was '${broker.target.user}'`
    await channel.expectClose(406, text, METHOD)
  })
})

describe('basic.publish, property delivery-mode', () => {
  // 4.x takes what it does not know for transient.
  byVersion({ '3': it, default: it.skip })('other than 1 and 2 closes the channel in 3.10', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, 'hello', { deliveryMode: 3 })
    await channel.expectClose(406, 'PRECONDITION_FAILED - invalid message: {delivery_mode_unknown,3}', METHOD)
  })
})

describe('basic.publish looks', () => {
  it('at the exchange before the properties', async () => {
    const channel = await broker.channel()
    const exchange = broker.name()
    channel.publish({ exchange }, 'body', { expiration: 'later', userId: 'someone' })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, METHOD)
  })

  it('at the user-id before the expiration', async () => {
    const channel = await broker.channel()
    channel.publish({ exchange: 'amq.fanout' }, 'body', { expiration: 'later', userId: 'someone' })
    await channel.expectClose(406, /^PRECONDITION_FAILED - user_id property/, METHOD)
  })
})
