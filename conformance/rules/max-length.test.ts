/** x-max-length and x-max-length-bytes: what goes when a queue is full, by x-overflow, and what its publishers hear. */
import { useBroker } from '../support/broker'
import { DeadLetters } from '../support/dead-letters'
import type { Table } from '../support/methods'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

async function limited(queueArguments: Table): Promise<{ channel: WireChannel; queue: string }> {
  const channel = await broker.channel()
  const queue = await broker.queue(channel, { arguments: queueArguments })
  return { channel, queue }
}

/** Publishes these bodies in confirm mode; returns `ack` or `nack` for each. */
async function publishConfirmed(channel: WireChannel, routingKey: string, bodies: string[]) {
  const answers: string[] = []
  for (const body of bodies) {
    channel.publish({ routingKey }, body)
    answers.push((await channel.confirmation()).answer)
  }
  return answers
}

async function confirming(queueArguments: Table) {
  const stage = await limited(queueArguments)
  await stage.channel.call('confirm.select')
  return stage
}

async function rejecting(maxLength: number, more: Table = {}) {
  return await confirming({ 'x-max-length': maxLength, 'x-overflow': 'reject-publish', ...more })
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
    const { channel, queue } = await confirming({ 'x-max-length': 1 })
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

describe('a queue with x-overflow reject-publish', () => {
  it('rejects publishings when it is full, and keeps what it has', async () => {
    const { channel, queue } = await rejecting(2)
    const answers = await publishConfirmed(channel, queue, ['1', '2', '3', '4'])
    expect(answers).toEqual(['ack', 'ack', 'nack', 'nack'])
    expect(await channel.drain(queue)).toEqual(['1', '2'])
  })

  it('takes publishings again when there is room', async () => {
    const { channel, queue } = await rejecting(1)
    expect(await publishConfirmed(channel, queue, ['1', '2'])).toEqual(['ack', 'nack'])
    await channel.drain(queue)
    expect(await publishConfirmed(channel, queue, ['3', '4'])).toEqual(['ack', 'nack'])
    expect(await channel.drain(queue)).toEqual(['3'])
  })

  it('takes publishings again when messages have expired', async () => {
    const { channel, queue } = await rejecting(1, { 'x-message-ttl': 50 })
    await publishConfirmed(channel, queue, ['1'])
    await channel.expectCounts(queue, { messages: 0 })
    expect(await publishConfirmed(channel, queue, ['2'])).toEqual(['ack'])
  })

  it('does not count what is not acknowledged yet', async () => {
    const { channel, queue } = await rejecting(1)
    await publishConfirmed(channel, queue, ['1'])
    await channel.get(queue)
    expect(await publishConfirmed(channel, queue, ['2', '3'])).toEqual(['ack', 'nack'])
  })

  it('takes back what it gave out, beyond its length', async () => {
    const { channel, queue } = await rejecting(1)
    await publishConfirmed(channel, queue, ['1'])
    await channel.get(queue)
    await publishConfirmed(channel, queue, ['2'])
    channel.send('basic.nack', { deliveryTag: 1, requeue: true })
    await channel.expectCounts(queue, { messages: 2 })
    expect(await publishConfirmed(channel, queue, ['3'])).toEqual(['nack'])
    expect(await channel.drain(queue)).toEqual(['1', '2'])
  })

  it('rejects by size, too: what fits is taken, also after what did not', async () => {
    const own = { 'x-max-length-bytes': 10, 'x-overflow': 'reject-publish' }
    const { channel, queue } = await confirming(own)
    const bodies = ['a'.repeat(6), 'b'.repeat(6), 'c'.repeat(4), 'd', '']
    const answers = await publishConfirmed(channel, queue, bodies)
    expect(answers).toEqual(['ack', 'nack', 'ack', 'nack', 'ack'])
    expect(await channel.drain(queue)).toEqual(['a'.repeat(6), 'c'.repeat(4), ''])
  })

  it('of length 0 rejects everything, though a consumer is ready', async () => {
    const { channel, queue } = await rejecting(0)
    await channel.call('basic.consume', { queue, noAck: true })
    expect(await publishConfirmed(channel, queue, ['1'])).toEqual(['nack'])
    await channel.expectQuiet()
  })

  it('drops silently what is published without confirms', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 1, 'x-overflow': 'reject-publish' })
    for (const body of ['1', '2']) channel.publish({ routingKey: queue, mandatory: true }, body)
    await channel.expectQuiet()
    expect(await channel.drain(queue)).toEqual(['1'])
  })

  it('does not dead-letter what it rejects', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length': 1, 'x-overflow': 'reject-publish' })
    for (const body of ['1', '2']) dead.publish(body)
    const got = await dead.channel.get(dead.queue)
    dead.channel.send('basic.reject', { deliveryTag: got?.deliveryTag ?? 0, requeue: false })
    expect(await dead.bodies(1)).toEqual(['1'])
    await dead.letters.expectQuiet()
  })

  it('drops dead letters that it has no room for', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 1, 'x-overflow': 'reject-publish' })
    const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue, 'x-max-length': 0 }
    const source = await broker.queue(channel, { arguments: own })
    for (const body of ['1', '2']) channel.publish({ routingKey: source }, body)
    await channel.expectCounts(queue, { messages: 1 })
    await channel.sync()
    expect(await channel.drain(queue)).toEqual(['1'])
  })

  it('does not hold up the other queues of a fanout, and the publisher hears that one refused', async () => {
    const { channel, queue: full } = await rejecting(1)
    const exchange = await broker.exchange(channel, 'fanout')
    const open = await broker.queue(channel)
    for (const queue of [open, full]) await channel.call('queue.bind', { queue, exchange })
    for (const body of ['1', '2']) channel.publish({ exchange, mandatory: true }, body)
    expect(await channel.confirmation()).toEqual({ answer: 'ack', deliveryTag: 1, multiple: false })
    expect(await channel.confirmation()).toEqual({ answer: 'nack', deliveryTag: 2, multiple: false })
    expect(await channel.drain(open)).toEqual(['1', '2'])
    expect(await channel.drain(full)).toEqual(['1'])
    await channel.expectQuiet()
  })

  it('fails a transaction at its commit, whose other messages are there', async () => {
    const { channel, queue } = await limited({ 'x-max-length': 1, 'x-overflow': 'reject-publish' })
    const other = await channel.wire.channel(2)
    const open = await broker.queue(channel)
    await channel.call('tx.select')
    for (const body of ['1', '2']) channel.publish({ routingKey: queue }, body)
    channel.publish({ routingKey: open }, 'open')
    channel.send('tx.commit')
    await channel.expectClose(406, 'PRECONDITION_FAILED - partial tx completion', 'tx.commit')
    expect(await other.drain(queue)).toEqual(['1'])
    expect(await other.drain(open)).toEqual(['open'])
  })
})

describe('a queue with x-overflow reject-publish-dlx', () => {
  it('rejects publishings when it is full, and dead-letters them', async () => {
    const own = { 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx' }
    const dead = await DeadLetters.of(broker, own)
    await dead.channel.call('confirm.select')
    const answers = await publishConfirmed(dead.channel, dead.queue, ['1', '2', '3'])
    expect(answers).toEqual(['ack', 'nack', 'nack'])
    expect(await dead.bodies(2)).toEqual(['2', '3'])
    expect(await dead.channel.drain(dead.queue)).toEqual(['1'])
  })

  it('dead-letters also what is published without confirms', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-length': 0, 'x-overflow': 'reject-publish-dlx' })
    dead.publish('lost and found', { messageId: 'id' })
    expect(await dead.next()).toMatchObject({
      body: Buffer.from('lost and found'),
      properties: { messageId: 'id' },
    })
  })

  it('without a dead letter exchange only rejects', async () => {
    const { channel, queue } = await confirming({ 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx' })
    expect(await publishConfirmed(channel, queue, ['1', '2'])).toEqual(['ack', 'nack'])
    expect(await channel.drain(queue)).toEqual(['1'])
  })
})
