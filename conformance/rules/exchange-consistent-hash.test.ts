/** The exchange type of RabbitMQ's plugin rabbitmq_consistent_hash_exchange: placement to the message. */
import { useBroker } from '../support/broker'
import { describeType } from '../support/exchange-types'
import type { Table } from '../support/methods'
import { type Made, Placement } from '../support/placement'
import { byVersion } from '../support/version'

const broker = useBroker()

const TYPE = 'x-consistent-hash'
const WEIGHTS = ['1', '2', '3', '4']
const byKey = (index: number): Made => [`k${index}`]
const ALL_FOUR = '332312133332111032012221303221'

describeType(TYPE, () => {
  const placed: [string, Table, (index: number) => Made, string][] = [
    ['the routing key', {}, byKey, ALL_FOUR],
    [
      'a header',
      { 'hash-header': 'order' },
      i => ['', { headers: { order: `k${i}` } }],
      // hashed together with its type before 3.13
      byVersion({ '3': '312302322222023323232122333333', '3.13': ALL_FOUR, default: ALL_FOUR }),
    ],
    [
      'the property correlation_id',
      { 'hash-property': 'correlation_id' },
      i => ['', { correlationId: `k${i}` }],
      ALL_FOUR,
    ],
    [
      'the property message_id',
      { 'hash-property': 'message_id' },
      i => ['', { messageId: `k${i}` }],
      ALL_FOUR,
    ],
    [
      'the property timestamp',
      { 'hash-property': 'timestamp' },
      i => ['', { timestamp: 1_700_000_000 + i }],
      '210031311131112333213021223323',
    ],
  ]
  it.each(placed)('places by %s', async (_, args, make, expected) => {
    const placement = await Placement.of(broker, TYPE, WEIGHTS, args)
    expect(await placement.digits(30, make)).toBe(expected)
    expect(await placement.digits(30, make)).toBe(expected)
  })

  it('places messages without the header together', async () => {
    const placement = await Placement.of(broker, TYPE, WEIGHTS, { 'hash-header': 'order' })
    expect(new Set(await placement.digits(10, byKey)).size).toBe(1)
  })

  it('does not look at the keys of CC', async () => {
    const placement = await Placement.of(broker, TYPE, WEIGHTS)
    const copied = (i: number): Made => [`k${i}`, { headers: { CC: ['k0', 'k3', 'k6'] } }]
    expect(await placement.digits(30, copied)).toBe(ALL_FOUR)
  })

  it('counts the first binding of a queue only', async () => {
    const placement = await Placement.of(broker, TYPE, WEIGHTS)
    await placement.change('queue.bind', 0, '100')
    expect(await placement.digits(30, byKey)).toBe(ALL_FOUR)
  })

  it('moves the queues bound later up when one goes', async () => {
    const placement = await Placement.of(broker, TYPE, WEIGHTS)
    await placement.change('queue.unbind', 1, '2')
    expect(await placement.digits(30, byKey)).toBe('333223223233222003023232203232')
  })

  it('moves to a new queue what is its share, and nothing else', async () => {
    const placement = await Placement.of(broker, TYPE, WEIGHTS.slice(0, 3))
    const before = await placement.digits(30, byKey)
    const channel = placement.channel
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange: placement.exchange, routingKey: '4' })
    const after = await placement.digits(30, byKey)
    for (const [index, place] of [...after].entries()) if (place !== '-') expect(place).toBe(before[index])
    expect(after).toContain('-')
    expect(await channel.drain(queue)).toHaveLength(after.split('-').length - 1)
  })

  it('leads nowhere while nothing is bound', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, TYPE)
    channel.publish({ exchange, routingKey: 'k', mandatory: true }, 'back')
    expect((await channel.returned()).body.toString()).toBe('back')
  })

  it('sends an order where its other messages are while publishers come and go', async () => {
    const placement = await Placement.of(broker, TYPE, ['1', '1'])
    const first = await placement.digits(10, byKey)
    const other = await broker.channel()
    for (let i = 0; i < 10; i++)
      other.publish({ exchange: placement.exchange, routingKey: `k${i}` }, String(i))
    await other.sync()
    const [left = ''] = placement.queues
    await placement.channel.expectCounts(left, { messages: first.split('0').length - 1 })
  })

  it.each([
    ['', 'The binding key must be an integer: <<>>'],
    ['two', 'The binding key must be an integer: <<"two">>'],
    ['1.5', 'The binding key must be an integer: <<"1.5">>'],
    [' 1', 'The binding key must be an integer: <<" 1">>'],
    ['0', 'The binding key must be greater than 0'],
    ['-1', 'The binding key must be greater than 0'],
  ])('refuses the binding key "%s"', async (routingKey, text) => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, TYPE)
    const queue = await broker.queue(channel)
    channel.send('queue.bind', { queue, exchange, routingKey })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, 'queue.bind')
  })

  it.each(['+3', '007'])('takes the binding key "%s"', async routingKey => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, TYPE)
    await channel.call('queue.bind', { queue: await broker.queue(channel), exchange, routingKey })
  })

  it.each([
    [
      'two ways',
      { 'hash-header': 'a', 'hash-property': 'message_id' },
      'hash-header and hash-property are mutually exclusive',
    ],
    ['another property', { 'hash-property': 'type' }, 'Unsupported property: type'],
  ])('refuses to hash on %s', async (_, args, text) => {
    const channel = await broker.channel()
    channel.send('exchange.declare', { exchange: broker.name(), type: TYPE, arguments: args })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, 'exchange.declare')
  })
})
