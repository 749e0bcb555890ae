/** x-max-length and x-max-length-bytes: what goes when a queue is full and x-overflow is drop-head, as it is by default. */
import { useBroker } from '../support/broker'
import { publishConfirmed } from '../support/confirms'
import { DeadLetters } from '../support/dead-letters'
import type { Table } from '../support/methods'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

async function limited(queueArguments: Table): Promise<{ channel: WireChannel; queue: string }> {
  const channel = await broker.channel()
  const queue = await broker.queue(channel, { arguments: queueArguments })
  return { channel, queue }
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`)

describe('a queue with x-max-length', () => {
  it('drops messages at its head, the oldest first', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 3 })
    for (const body of numbered(10)) channel.publish({ routingKey: queue }, body)
    expect(await channel.drain(queue)).toEqual(['8', '9', '10'])
  })

  it('does so with x-overflow drop-head, which is what it does without', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 3, 'x-overflow': 'drop-head' })
    for (const body of numbered(10)) channel.publish({ routingKey: queue }, body)
    expect(await channel.drain(queue)).toEqual(['8', '9', '10'])
  })

  it('keeps exactly as many as it may', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 3 })
    for (const body of numbered(3)) channel.publish({ routingKey: queue }, body)
    expect(await channel.drain(queue)).toEqual(['1', '2', '3'])
  })

  it('keeps its length through a long run', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 100 })
    for (const body of numbered(5000)) channel.publish({ routingKey: queue }, body)
    expect(await channel.drain(queue)).toEqual(numbered(5000).slice(4900))
  })

  it('acknowledges publishings, those of dropped messages as well', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 1 })
    await channel.call('confirm.select')
    expect(await publishConfirmed(channel, queue, ['1', '2', '3'])).toEqual(['ack', 'ack', 'ack'])
    expect(await channel.drain(queue)).toEqual(['3'])
  })

  it('dead-letters what it drops, in order', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length': 2 })
    for (const body of numbered(5)) dead.publish(body)
    expect(await dead.bodies(3)).toEqual(['1', '2', '3'])
    expect(await dead.channel.drain(dead.queue)).toEqual(['4', '5'])
    await dead.letters.expectQuiet()
  })

  it('does not count what is not acknowledged yet', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 2 })
    for (const body of ['1', '2']) channel.publish({ routingKey: queue }, body)
    await channel.get(queue)
    await channel.get(queue)
    for (const body of ['3', '4']) channel.publish({ routingKey: queue }, body)
    expect(await channel.drain(queue)).toEqual(['3', '4'])
  })

  it('drops what comes back to it when it is full: that is the head', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length': 2 })
    const { channel, queue } = dead
    for (const body of ['1', '2']) dead.publish(body)
    await channel.get(queue)
    await channel.get(queue)
    for (const body of ['3', '4']) dead.publish(body)
    channel.send('basic.nack', { deliveryTag: 0, multiple: true, requeue: true })
    expect(await dead.bodies(2)).toEqual(['1', '2'])
    expect(await channel.drain(queue)).toEqual(['3', '4'])
  })

  it('keeps the messages it has when one behind the limit is taken', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 2 })
    for (const body of ['1', '2']) channel.publish({ routingKey: queue }, body)
    expect((await channel.get(queue, true))?.body.toString()).toBe('1')
    channel.publish({ routingKey: queue }, '3')
    expect(await channel.drain(queue)).toEqual(['2', '3'])
  })

  it('of 0 keeps nothing, but delivers to a consumer that is ready', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 0 })
    channel.publish({ routingKey: queue }, 'dropped')
    expect(await channel.get(queue)).toBeUndefined()
    await channel.call('basic.consume', { queue, noAck: true })
    channel.publish({ routingKey: queue }, 'delivered')
    expect((await channel.delivery()).body.toString()).toBe('delivered')
  })

  it('of 0 drops what its consumer has no room for', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length': 0 })
    await dead.channel.call('basic.qos', { prefetchCount: 1 })
    await dead.channel.call('basic.consume', { queue: dead.queue })
    for (const body of ['1', '2']) dead.publish(body)
    expect((await dead.channel.delivery()).body.toString()).toBe('1')
    expect(await dead.bodies(1)).toEqual(['2'])
  })

  it('of 0 drops what comes back to it', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length': 0 })
    const { channel, queue } = dead
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    dead.publish('back')
    const { deliveryTag } = await channel.delivery()
    await channel.call('basic.cancel', { consumerTag: 'mine' })
    channel.send('basic.nack', { deliveryTag, requeue: true })
    expect(await dead.bodies(1)).toEqual(['back'])
  })
})

describe('a queue with x-max-length-bytes', () => {
  it('drops messages at its head until the bodies fit', async () => {
    const { channel, queue } = await limited({ 'x-max-length-bytes': 10 })
    for (const body of ['aaaa', 'bbbb', 'cc', 'ddddddd']) channel.publish({ routingKey: queue }, body)
    expect(await channel.drain(queue)).toEqual(['cc', 'ddddddd'])
  })

  it('counts neither properties nor headers', async () => {
    const { channel, queue } = await limited({ 'x-max-length-bytes': 10 })
    const headers = { long: 'x'.repeat(1000) }
    channel.publish({ routingKey: queue }, 'aaaaa', { headers })
    channel.publish({ routingKey: queue }, 'bbbbb', { headers })
    expect(await channel.drain(queue)).toEqual(['aaaaa', 'bbbbb'])
  })

  it('takes any number of empty messages', async () => {
    const { channel, queue } = await limited({ 'x-max-length-bytes': 0 })
    for (let i = 0; i < 5; i++) channel.publish({ routingKey: queue }, '')
    expect(await channel.drain(queue)).toHaveLength(5)
  })

  it('drops a message that is too large by itself, and all before it', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length-bytes': 10 })
    for (const body of ['small', 'x'.repeat(11)]) dead.publish(body)
    expect(await dead.bodies(2)).toEqual(['small', 'x'.repeat(11)])
    expect(await dead.channel.drain(dead.queue)).toEqual([])
  })

  it('does not count what is not acknowledged yet', async () => {
    const { channel, queue } = await limited({ 'x-max-length-bytes': 10 })
    channel.publish({ routingKey: queue }, 'a'.repeat(8))
    await channel.get(queue)
    channel.publish({ routingKey: queue }, 'b'.repeat(8))
    expect(await channel.drain(queue)).toEqual(['b'.repeat(8)])
  })

  it('and x-max-length keeps to both', async () => {
    const { channel, queue } = await limited({ 'x-max-length-bytes': 10, 'x-max-length': 2 })
    for (const body of ['a', 'b', 'c']) channel.publish({ routingKey: queue }, body)
    expect((await channel.counts(queue)).messages).toBeLessThanOrEqual(2)
    channel.publish({ routingKey: queue }, 'd'.repeat(9))
    expect(await channel.drain(queue)).toEqual(['c', 'd'.repeat(9)])
  })
})

describe('a queue that is full when messages come back', () => {
  /** Gets each before the next one comes. */
  async function holding(limit: Table, bodies: readonly string[]): Promise<DeadLetters> {
    const dead = await DeadLetters.of(broker, limit)
    for (const body of bodies) {
      dead.publish(body)
      await dead.channel.get(dead.queue)
    }
    return dead
  }

  it('drops the oldest of them first', async () => {
    const dead = await holding({ 'x-max-length': 1 }, ['1', '2', '3'])
    await dead.channel.call('basic.recover', { requeue: true })
    expect(await dead.bodies(2)).toEqual(['1', '2'])
    expect(await dead.channel.drain(dead.queue)).toEqual(['3'])
  })

  it('drops all that came before one that is too large', async () => {
    const dead = await holding({ 'x-max-length-bytes': 5 }, ['1', '22', 'x'.repeat(4), '33'])
    await dead.channel.call('basic.recover', { requeue: true })
    expect(await dead.bodies(3)).toEqual(['1', '22', 'x'.repeat(4)])
    expect(await dead.channel.drain(dead.queue)).toEqual(['33'])
  })
})
