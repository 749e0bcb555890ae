/** x-overflow reject-publish and reject-publish-dlx: a full queue refuses, and its publishers hear of it. */
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

async function confirming(queueArguments: Table) {
  const stage = await limited(queueArguments)
  await stage.channel.call('confirm.select')
  return stage
}

async function rejecting(maxLength: number, more: Table = {}) {
  return await confirming({ 'x-max-length': maxLength, 'x-overflow': 'reject-publish', ...more })
}

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
    channel.publish({ exchange, mandatory: true }, '1')
    expect(await channel.confirmation()).toMatchObject({ answer: 'ack', deliveryTag: 1 })
    channel.publish({ exchange, mandatory: true }, '2')
    expect(await channel.confirmation()).toMatchObject({ answer: 'nack', deliveryTag: 2 })
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
