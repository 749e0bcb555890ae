/** The reply text of channel.close and connection.close: a short string of UTF-8, cut where it would be too long. */
import { useBroker } from '../support/broker'
import { byVersion } from '../support/version'

const broker = useBroker()

describe('the reply text of a close', () => {
  it('names what the client named, in any script', async () => {
    const channel = await broker.channel()
    const queue = broker.name('ünï-兎-🐇')
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('names a consumer tag in any script', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'tag-ü' })
    channel.send('basic.consume', { queue, consumerTag: 'tag-ü' })
    await channel.wire.expectClose(
      530,
      "NOT_ALLOWED - attempt to reuse consumer tag 'tag-ü'",
      'basic.consume',
    )
  })

  // 3.x keeps the first 252 bytes, 4.x shortens the name.
  const cut = byVersion({
    '3': /^NOT_FOUND - no queue 'x{230}\.\.\.$/,
    default: /^NOT_FOUND - no queue 'x+\.\.\./,
  })

  it('is cut to 255 bytes on a channel', async () => {
    const channel = await broker.channel()
    channel.send('queue.declare', { queue: 'x'.repeat(255), passive: true })
    await channel.expectClose(404, cut, 'queue.declare')
  })

  it('is cut to 255 bytes on the connection', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const consumerTag = 'x'.repeat(255)
    await channel.call('basic.consume', { queue, consumerTag })
    channel.send('basic.consume', { queue, consumerTag })
    await channel.wire.expectClose(
      530,
      /^NOT_ALLOWED - attempt to reuse consumer tag 'x+\.\.\./,
      'basic.consume',
    )
  })

  it('fits also when it is cut between the bytes of a character', async () => {
    const channel = await broker.channel()
    channel.send('queue.declare', { queue: `a${'ü'.repeat(127)}`, passive: true })
    await channel.expectClose(404, /^NOT_FOUND - no queue 'aü+/, 'queue.declare')
  })
})
