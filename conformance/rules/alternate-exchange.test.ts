/** RabbitMQ's argument alternate-exchange: where messages go that an exchange cannot route. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

async function fanoutTo(channel: WireChannel): Promise<{ exchange: string; queue: string }> {
  const exchange = await broker.exchange(channel, 'fanout')
  const queue = await broker.queue(channel)
  await channel.call('queue.bind', { queue, exchange })
  return { exchange, queue }
}

const withAlternate = (name: string) => ({ arguments: { 'alternate-exchange': name } })

describe('an alternate exchange', () => {
  it('gets what its exchange cannot route, and nothing else', async () => {
    const channel = await broker.channel()
    const alternate = await fanoutTo(channel)
    const exchange = await broker.exchange(channel, 'direct', withAlternate(alternate.exchange))
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: 'known' })
    channel.publish({ exchange, routingKey: 'known' }, 'known')
    channel.publish({ exchange, routingKey: 'unknown' }, 'unknown')
    expect(await channel.drain(queue)).toEqual(['known'])
    expect(await channel.drain(alternate.queue)).toEqual(['unknown'])
  })

  it('leaves the message its exchange and routing key', async () => {
    const channel = await broker.channel()
    const alternate = await fanoutTo(channel)
    const exchange = await broker.exchange(channel, 'direct', withAlternate(alternate.exchange))
    channel.publish({ exchange, routingKey: 'unknown' })
    expect(await channel.get(alternate.queue)).toMatchObject({ exchange, routingKey: 'unknown' })
  })

  it('counts as a route for a mandatory message', async () => {
    const channel = await broker.channel()
    const alternate = await fanoutTo(channel)
    const exchange = await broker.exchange(channel, 'direct', withAlternate(alternate.exchange))
    channel.publish({ exchange, routingKey: 'unknown', mandatory: true })
    await channel.expectQuiet()
    await channel.expectCounts(alternate.queue, { messages: 1 })
  })

  it('that cannot route either has a mandatory message returned', async () => {
    const channel = await broker.channel()
    const alternate = await broker.exchange(channel, 'direct')
    const exchange = await broker.exchange(channel, 'direct', withAlternate(alternate))
    channel.publish({ exchange, routingKey: 'unknown', mandatory: true })
    expect(await channel.returned()).toMatchObject({ exchange, routingKey: 'unknown' })
  })

  it('may have an alternate exchange in turn', async () => {
    const channel = await broker.channel()
    const last = await fanoutTo(channel)
    const middle = await broker.exchange(channel, 'direct', withAlternate(last.exchange))
    const first = await broker.exchange(channel, 'direct', withAlternate(middle))
    channel.publish({ exchange: first, routingKey: 'unknown' }, 'far')
    expect(await channel.drain(last.queue)).toEqual(['far'])
  })

  it('may lead back to its exchange', async () => {
    const channel = await broker.channel()
    const one = broker.name('one')
    const two = broker.name('two')
    await broker.exchange(channel, 'direct', { exchange: one, ...withAlternate(two) })
    await broker.exchange(channel, 'direct', { exchange: two, ...withAlternate(one) })
    channel.publish({ exchange: one, routingKey: 'unknown', mandatory: true })
    await channel.returned()
  })

  it('may be its own alternate', async () => {
    const channel = await broker.channel()
    const exchange = broker.name('exchange')
    await broker.exchange(channel, 'direct', { exchange, ...withAlternate(exchange) })
    channel.publish({ exchange, routingKey: 'unknown', mandatory: true })
    await channel.returned()
  })

  it('that does not exist is no error', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct', withAlternate(broker.name('missing')))
    channel.publish({ exchange, routingKey: 'unknown', mandatory: true })
    await channel.returned()
    await channel.expectQuiet()
  })

  it('may be declared later', async () => {
    const channel = await broker.channel()
    const name = broker.name('later')
    const exchange = await broker.exchange(channel, 'direct', withAlternate(name))
    await broker.exchange(channel, 'fanout', { exchange: name })
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange: name })
    channel.publish({ exchange, routingKey: 'unknown' }, 'there')
    expect(await channel.drain(queue)).toEqual(['there'])
  })

  it('may be internal', async () => {
    const channel = await broker.channel()
    const alternate = await broker.exchange(channel, 'fanout', { internal: true })
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange: alternate })
    const exchange = await broker.exchange(channel, 'direct', withAlternate(alternate))
    channel.publish({ exchange, routingKey: 'unknown' }, 'inside')
    expect(await channel.drain(queue)).toEqual(['inside'])
  })

  it('of an exchange reached by a binding gets what that exchange cannot route', async () => {
    const channel = await broker.channel()
    const alternate = await fanoutTo(channel)
    const inner = await broker.exchange(channel, 'direct', withAlternate(alternate.exchange))
    const outer = await broker.exchange(channel, 'fanout')
    await channel.call('exchange.bind', { source: outer, destination: inner })
    channel.publish({ exchange: outer, routingKey: 'unknown' }, 'inner')
    expect(await channel.drain(alternate.queue)).toEqual(['inner'])
  })

  it('is not asked if a bound exchange has no queue: a binding is a route', async () => {
    const channel = await broker.channel()
    const alternate = await fanoutTo(channel)
    const inner = await broker.exchange(channel, 'direct')
    const outer = await broker.exchange(channel, 'fanout', withAlternate(alternate.exchange))
    await channel.call('exchange.bind', { source: outer, destination: inner })
    channel.publish({ exchange: outer, routingKey: 'unknown', mandatory: true })
    await channel.returned()
    expect(await channel.drain(alternate.queue)).toEqual([])
  })
})
