/** Stream queues: what they refuse, in RabbitMQ's words. That they replay is not asked here. */
import { useBroker } from '../support/broker'
import { byVersion } from '../support/version'

const broker = useBroker()

const stream = { 'x-queue-type': 'stream' }
const declared = { exclusive: false, durable: true, arguments: stream }

describe('a stream queue', () => {
  it.each([
    ['non-durable', { durable: false }],
    ['exclusive-owner', { durable: true, exclusive: true }],
    ['auto-delete', { durable: true, autoDelete: true }],
  ])('cannot be %s', async (property, fields) => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send('queue.declare', { queue, ...fields, arguments: stream })
    const text = `PRECONDITION_FAILED - invalid property '${property}' for ${broker.queueText(queue)}`
    await channel.expectClose(406, text, 'queue.declare')
  })

  it('cannot have messages that expire', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    const own = { ...stream, 'x-message-ttl': 5 }
    channel.send('queue.declare', { queue, durable: true, arguments: own })
    const text = `PRECONDITION_FAILED - invalid arg 'x-message-ttl' for ${broker.queueText(queue)} of queue type rabbit_stream_queue`
    await channel.expectClose(406, text, 'queue.declare')
  })

  it('cannot have an x-max-age that is none', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    const own = { ...stream, 'x-max-age': '1x' }
    channel.send('queue.declare', { queue, durable: true, arguments: own })
    const text = `PRECONDITION_FAILED - invalid arg 'x-max-age' for ${broker.queueText(queue)}: invalid_max_age`
    await channel.expectClose(406, text, 'queue.declare')
  })

  it('does not know basic.get', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, declared)
    channel.send('basic.get', { queue })
    const text = `NOT_IMPLEMENTED - basic.get not supported by stream queues ${broker.queueText(queue)}`
    await channel.wire.expectClose(540, text, 'basic.get')
  })

  it('does not know queue.purge', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, declared)
    channel.send('queue.purge', { queue })
    const text = `NOT_IMPLEMENTED - queue.purge not supported by stream queues ${broker.queueText(queue)}`
    await channel.wire.expectClose(540, text, 'queue.purge')
  })

  it('needs a prefetch', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, declared)
    channel.send('basic.consume', { queue })
    const text = byVersion({
      '3': `consumer prefetch count is not set for '${broker.queueText(queue)}'`,
      default: `consumer prefetch count is not set for stream ${broker.queueText(queue)}`,
    })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, 'basic.consume')
  })

  it('needs acknowledgements', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, declared)
    await channel.call('basic.qos', { prefetchCount: 5 })
    channel.send('basic.consume', { queue, noAck: true })
    const text = byVersion({
      '3': `automatic acknowledgement not supported by stream queues ${broker.queueText(queue)}`,
      default: `automatic acknowledgement not supported by stream ${broker.queueText(queue)}`,
    })
    await channel.wire.expectClose(540, `NOT_IMPLEMENTED - ${text}`, 'basic.consume')
  })
})
