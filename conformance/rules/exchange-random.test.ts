/** x-random, RabbitMQ's plugin rabbitmq_random_exchange; x-local-random, part of RabbitMQ from 4.0 on. */
import { useBroker } from '../support/broker'
import { describeType } from '../support/exchange-types'
import { type Made, Placement } from '../support/placement'

const broker = useBroker()

const sameKey = (): Made => ['same']
const count = (digits: string, digit: string) => digits.split(digit).length - 1

for (const type of ['x-random', 'x-local-random']) {
  describeType(type, () => {
    it('sends each message to one of the queues, whatever its key', async () => {
      const placement = await Placement.of(broker, type, ['', '', ''])
      const digits = await placement.digits(600, sameKey)
      expect(digits).not.toContain('-')
      for (const digit of '012') expect(Math.abs(count(digits, digit) - 200)).toBeLessThan(75)
    })

    it('goes on with the queues that are left', async () => {
      const placement = await Placement.of(broker, type, ['', '', ''])
      await placement.digits(20, sameKey)
      await placement.change('queue.unbind', 1, '')
      const digits = await placement.digits(100, sameKey)
      expect([...new Set(digits)].sort()).toEqual(['0', '2'])
    })

    it('is asked for every message behind another exchange, too', async () => {
      const placement = await Placement.of(broker, type, ['', ''])
      const { channel, queues, exchange: destination } = placement
      const source = await broker.exchange(channel, 'fanout')
      await channel.call('exchange.bind', { source, destination })
      for (let i = 0; i < 100; i++) channel.publish({ exchange: source }, String(i))
      const [left = '', right = ''] = queues
      const got = [(await channel.drain(left)).length, (await channel.drain(right)).length]
      expect(got[0]! + got[1]!).toBe(100)
      for (const each of got) expect(Math.abs(each - 50)).toBeLessThan(35)
    })

    it('leads nowhere while nothing is bound', async () => {
      const channel = await broker.channel()
      const exchange = await broker.exchange(channel, type)
      channel.publish({ exchange, mandatory: true }, 'back')
      expect((await channel.returned()).body.toString()).toBe('back')
    })
  })
}

describeType('x-random', () => {
  it('takes any binding key', async () => {
    const placement = await Placement.of(broker, 'x-random', ['one', 'two', '#'])
    expect(await placement.digits(20, sameKey)).not.toContain('-')
  })
})

describeType('x-local-random', () => {
  it('refuses a binding key', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'x-local-random')
    const queue = await broker.queue(channel)
    channel.send('queue.bind', { queue, exchange, routingKey: 'key' })
    const text = "PRECONDITION_FAILED - Non empty binding 'key' key not permitted"
    await channel.expectClose(406, text, 'queue.bind')
  })

  it('refuses an exchange', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'x-local-random')
    channel.send('exchange.bind', { source, destination: 'amq.fanout' })
    await channel.expectClose(406, 'PRECONDITION_FAILED - Destination not found', 'exchange.bind')
  })

  it('refuses a quorum queue', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'x-local-random')
    const own = { exclusive: false, durable: true, arguments: { 'x-queue-type': 'quorum' } }
    const queue = await broker.queue(channel, own)
    channel.send('queue.bind', { queue, exchange })
    const text = 'PRECONDITION_FAILED - Queue type rabbit_quorum_queue not valid for this exchange type'
    await channel.expectClose(406, text, 'queue.bind')
  })
})
