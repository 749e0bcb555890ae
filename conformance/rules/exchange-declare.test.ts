/** exchange.declare: names, types, properties, and what a second declaration must repeat. */
import { useBroker } from '../support/broker'
import { byVersion } from '../support/version'

const broker = useBroker()

const METHOD = 'exchange.declare'

describe('exchange, rule "required-instances"', () => {
  it.each([
    ['amq.direct', 'direct'],
    ['amq.fanout', 'fanout'],
    ['amq.topic', 'topic'],
    ['amq.headers', 'headers'],
    ['amq.match', 'headers'],
  ])('%s is there, durable, and may be declared again as it is', async (exchange, type) => {
    const channel = await broker.channel()
    await channel.call(METHOD, { exchange, type, passive: true })
    await channel.call(METHOD, { exchange, type, durable: true })
  })

  it('amq.rabbitmq.trace is there, internal', async () => {
    const channel = await broker.channel()
    await channel.call(METHOD, {
      exchange: 'amq.rabbitmq.trace',
      type: 'topic',
      durable: true,
      internal: true,
    })
  })

  it('amq.direct cannot be declared with other properties', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: 'amq.direct', type: 'direct', durable: false })
    const text = `PRECONDITION_FAILED - inequivalent arg 'durable' for ${broker.exchangeText('amq.direct')}: received 'false' but current is 'true'`
    await channel.expectClose(406, text, METHOD)
  })
})

describe('exchange, rule "default-access": the exchange without name', () => {
  const text = 'ACCESS_REFUSED - operation not permitted on the default exchange'

  it('cannot be declared', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: '', type: 'direct', durable: true })
    await channel.expectClose(403, text, METHOD)
  })

  it('cannot be declared passively', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: '', type: 'direct', passive: true })
    await channel.expectClose(403, text, METHOD)
  })

  it('cannot be deleted', async () => {
    const channel = await broker.channel()
    channel.send('exchange.delete', { exchange: '' })
    await channel.expectClose(403, text, 'exchange.delete')
  })
})

describe('exchange, rules "required-types" and "recommended-types"', () => {
  it.each(['direct', 'fanout', 'topic', 'headers'])('%s can be declared', async type => {
    const channel = await broker.channel()
    expect(await channel.call(METHOD, { exchange: broker.name(), type })).toEqual({})
  })

  it('field durable, rule "support": both durable and transient exchanges can be declared', async () => {
    const channel = await broker.channel()
    await broker.exchange(channel, 'direct', { durable: true })
    await broker.exchange(channel, 'direct', { durable: false })
  })

  it('rule "minimum": a hundred exchanges can be declared', async () => {
    const channel = await broker.channel()
    for (let i = 0; i < 100; i++) await broker.exchange(channel, 'fanout', { autoDelete: true })
  })
})

describe('exchange.declare, field type', () => {
  it('rule "support": an unknown type is refused', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: broker.name(), type: 'x-nothing' })
    if (isUnknownTypeHard) {
      await channel.wire.expectClose(503, "COMMAND_INVALID - unknown exchange type 'x-nothing'", METHOD)
    } else {
      await channel.expectClose(406, "PRECONDITION_FAILED - unknown exchange type 'x-nothing'", METHOD)
    }
  })

  it('rule "support": an empty type is refused', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: broker.name(), type: '' })
    if (isUnknownTypeHard) {
      await channel.wire.expectClose(503, "COMMAND_INVALID - invalid exchange type ''", METHOD)
    } else {
      await channel.expectClose(406, /^PRECONDITION_FAILED - (invalid|unknown) exchange type ''$/, METHOD)
    }
  })

  it('is looked at before the name', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: 'amq.mine', type: 'x-nothing' })
    if (isUnknownTypeHard) await channel.wire.expectClose(503, /unknown exchange type/, METHOD)
    else await channel.expectClose(406, /unknown exchange type/, METHOD)
  })

  it('does not matter to a passive declaration', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    await channel.call(METHOD, { exchange, type: 'x-nothing', passive: true })
    await channel.call(METHOD, { exchange, type: '', passive: true })
  })
})

const isUnknownTypeHard = byVersion({ '3': true, default: false })

describe('exchange.declare, field exchange', () => {
  it('rule "reserved": a new name that begins with amq. is refused', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: 'amq.mine', type: 'direct' })
    const text = "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'"
    await channel.expectClose(403, text, METHOD)
  })

  it('rule "reserved": a passive declaration of such a name is only not found', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange: 'amq.mine', type: 'direct', passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText('amq.mine')}`, METHOD)
  })

  it.each(['amqmine', 'AMQ.mine', 'x.amq.'])('%s is not reserved', async name => {
    const channel = await broker.channel()
    await channel.call(METHOD, { exchange: broker.track(`${name}-${broker.name()}`), type: 'direct' })
  })

  it('rule "syntax": any character will do', async () => {
    const channel = await broker.channel()
    const exchange = broker.name('ünïcödé / 🐇 #*!')
    await channel.call(METHOD, { exchange, type: 'direct' })
    await channel.call(METHOD, { exchange, type: 'direct', passive: true })
  })

  it('may have 255 bytes', async () => {
    const channel = await broker.channel()
    const exchange = broker.track(broker.name('x').padEnd(255, 'x'))
    await channel.call(METHOD, { exchange, type: 'direct' })
    await channel.call(METHOD, { exchange, type: 'direct', passive: true })
  })

  it('loses line breaks', async () => {
    const channel = await broker.channel()
    const exchange = broker.name()
    await channel.call(METHOD, { exchange: `${exchange}\r\n`, type: 'direct' })
    await channel.call(METHOD, { exchange, type: 'direct', passive: true })
  })
})

describe('exchange.declare, field passive', () => {
  it('rule "not-found": of an unknown exchange closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = broker.name()
    channel.send(METHOD, { exchange, type: 'direct', passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, METHOD)
  })

  it('of a known exchange is ok whatever the other fields say', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const other = { durable: true, autoDelete: true, internal: true, arguments: { 'alternate-exchange': 5 } }
    await channel.call(METHOD, { exchange, type: 'topic', passive: true, ...other })
  })
})

describe('exchange.declare of an exchange that exists', () => {
  const differs = (exchange: string, arg: string, received: string, current: string) =>
    `PRECONDITION_FAILED - inequivalent arg '${arg}' for ${broker.exchangeText(exchange)}: received ${received} but current is ${current}`

  it('field passive, rule "equivalent": with the same fields is ok', async () => {
    const channel = await broker.channel()
    const fields = {
      durable: true,
      autoDelete: true,
      internal: true,
      arguments: { 'alternate-exchange': 'x', own: 1 },
    }
    const exchange = await broker.exchange(channel, 'topic', fields)
    await channel.call(METHOD, { exchange, type: 'topic', ...fields })
  })

  it('field type, rule "typed": with another type closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic')
    channel.send(METHOD, { exchange, type: 'direct' })
    await channel.expectClose(406, differs(exchange, 'type', "'direct'", "'topic'"), METHOD)
  })

  it.each([
    ['durable', { durable: true }],
    ['auto_delete', { autoDelete: true }],
    ['internal', { internal: true }],
  ])('field passive, rule "equivalent": with another %s closes the channel', async (arg, fields) => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic')
    channel.send(METHOD, { exchange, type: 'topic', ...fields })
    await channel.expectClose(406, differs(exchange, arg, "'true'", "'false'"), METHOD)
  })

  it('compares the type first, then durable, auto_delete and internal', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic')
    const all = { exchange, durable: true, autoDelete: true, internal: true }
    channel.send(METHOD, { ...all, type: 'direct' })
    await channel.expectClose(406, differs(exchange, 'type', "'direct'", "'topic'"), METHOD)
    await channel.call('channel.open')
    channel.send(METHOD, { ...all, type: 'topic' })
    await channel.expectClose(406, differs(exchange, 'durable', "'true'", "'false'"), METHOD)
    await channel.call('channel.open')
    channel.send(METHOD, { ...all, type: 'topic', durable: false })
    await channel.expectClose(406, differs(exchange, 'auto_delete', "'true'", "'false'"), METHOD)
  })

  it('with another alternate exchange closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic', { arguments: { 'alternate-exchange': 'one' } })
    channel.send(METHOD, { exchange, type: 'topic', arguments: { 'alternate-exchange': 'two' } })
    await channel.expectClose(406, differs(exchange, 'alternate-exchange', "'two'", "'one'"), METHOD)
  })

  it('without its alternate exchange closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic', { arguments: { 'alternate-exchange': 'one' } })
    channel.send(METHOD, { exchange, type: 'topic' })
    const text = differs(exchange, 'alternate-exchange', 'none', "the value 'one' of type 'longstr'")
    await channel.expectClose(406, text, METHOD)
  })

  it('with an alternate exchange it did not have closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic')
    channel.send(METHOD, { exchange, type: 'topic', arguments: { 'alternate-exchange': 'one' } })
    const text = differs(exchange, 'alternate-exchange', "the value 'one' of type 'longstr'", 'none')
    await channel.expectClose(406, text, METHOD)
  })

  it('with other arguments of no meaning is ok', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic', { arguments: { own: 1 } })
    await channel.call(METHOD, { exchange, type: 'topic', arguments: { other: 'x' } })
  })
})

describe('exchange.declare, argument alternate-exchange', () => {
  it('may name an exchange that does not exist', async () => {
    const channel = await broker.channel()
    await broker.exchange(channel, 'direct', { arguments: { 'alternate-exchange': broker.name('missing') } })
  })

  it('must be a string', async () => {
    const channel = await broker.channel()
    const exchange = broker.name()
    channel.send(METHOD, { exchange, type: 'direct', arguments: { 'alternate-exchange': 5 } })
    const text = `PRECONDITION_FAILED - invalid type 'byte' for arg 'alternate-exchange' in ${broker.exchangeText(exchange)}`
    await channel.expectClose(406, text, METHOD)
  })
})
