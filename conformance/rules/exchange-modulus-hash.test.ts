/** The exchange type of RabbitMQ's plugin rabbitmq_sharding, part of RabbitMQ itself from 4.3 on. */
import { useBroker } from '../support/broker'
import { describeType } from '../support/exchange-types'
import { type Made, Placement } from '../support/placement'

const broker = useBroker()

const TYPE = 'x-modulus-hash'
const byKey = (index: number): Made => [`k${index}`]

describeType(TYPE, () => {
  it('places by the hash of the routing key over the queues in the order of their names', async () => {
    const placement = await Placement.of(broker, TYPE, ['same', 'same', 'same', 'same'])
    const expected = '221303011023120221210100032112'
    expect(await placement.digits(30, byKey)).toBe(expected)
    expect(await placement.digits(30, byKey)).toBe(expected)
  })

  it('hashes all routing keys together, those of CC, too', async () => {
    const placement = await Placement.of(broker, TYPE, ['same', 'same', 'same', 'same'])
    const copied = (i: number): Made => [`k${i}`, { headers: { CC: ['x', 'y'] } }]
    expect(await placement.digits(30, copied)).toBe('213202211211123302203102323303')
  })

  it('counts a queue as often as it is bound', async () => {
    const placement = await Placement.of(broker, TYPE, ['same', 'same'])
    const before = await placement.digits(30, byKey)
    for (const key of ['t', 'u', 'v', 'w', 'x', 'y', 'z']) await placement.change('queue.bind', 0, key)
    const after = await placement.digits(30, byKey)
    expect(after.split('0').length).toBeGreaterThan(before.split('0').length)
  })

  it('leads nowhere while nothing is bound', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, TYPE)
    channel.publish({ exchange, routingKey: 'k', mandatory: true }, 'back')
    expect((await channel.returned()).body.toString()).toBe('back')
  })
})
