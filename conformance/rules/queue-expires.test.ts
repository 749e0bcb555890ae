/** x-expires: a queue that nobody uses is deleted. These tests wait for that, so they wait together. */
import { useBroker } from '../support/broker'
import { DeadLetters } from '../support/dead-letters'
import { eventually } from '../support/eventually'
import { itTogether } from '../support/together'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker('all')

const EXPIRES = 600

async function expiring(fields: object = {}): Promise<{ channel: WireChannel; queue: string }> {
  const channel = await broker.channel()
  const queue = await broker.queue(channel, { arguments: { 'x-expires': EXPIRES }, ...fields })
  return { channel, queue }
}

/** Asks on a connection of its own, as often as it takes; a passive declare that finds the queue would keep it alive. */
async function expectGone(queue: string): Promise<void> {
  await eventually(async () => {
    await pause(EXPIRES * 1.5)
    if (await exists(queue)) throw new Error(`${queue} is still there`)
  })
}

/** Binding a queue does not count as using it, and fails if there is none. */
async function exists(queue: string): Promise<boolean> {
  const wire = await broker.open()
  const channel = await wire.channel()
  channel.send('queue.bind', { queue, exchange: 'amq.direct', routingKey: queue })
  const found = await channel.answer('queue.bind-ok').then(
    () => true,
    (error: Error) => {
      expect(error.message).toContain(`NOT_FOUND - no ${broker.queueText(queue)}`)
      return false
    },
  )
  await wire.destroy()
  return found
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Does this again and again, for much longer than the queue would live without. */
async function keepDoing(run: () => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + 2 * EXPIRES; performance.now() < end; ) {
    await run()
    await pause(EXPIRES / 20)
  }
}

describe('a queue with x-expires', () => {
  itTogether({
    'is gone when nobody has used it for so long': async () => {
      const { queue } = await expiring({ exclusive: false })
      await expectGone(queue)
    },

    'is not gone before': async () => {
      const start = performance.now()
      const { channel, queue } = await expiring({ exclusive: false })
      await eventually(async () => {
        await pause(5)
        channel.send('queue.bind', { queue, exchange: 'amq.direct', routingKey: queue })
        await expect(channel.answer('queue.bind-ok')).rejects.toThrow('NOT_FOUND')
      })
      expect(performance.now() - start).toBeGreaterThanOrEqual(EXPIRES - 1)
    },

    'is unknown then: declaring it passively closes the channel': async () => {
      const { channel, queue } = await expiring({ exclusive: false })
      await expectGone(queue)
      channel.send('queue.declare', { queue, passive: true })
      await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
    },

    'may be declared anew, and is empty': async () => {
      const { channel, queue } = await expiring({ exclusive: false })
      channel.publish({ routingKey: queue }, 'forgotten')
      await expectGone(queue)
      expect(await channel.call('queue.declare', { queue, exclusive: true })).toMatchObject({
        messageCount: 0,
      })
    },

    'has its messages not dead-lettered': async () => {
      const dead = await DeadLetters.of(broker, { 'x-expires': EXPIRES }, { exclusive: false })
      dead.publish('forgotten')
      await expectGone(dead.queue)
      await dead.letters.expectQuiet()
    },

    'goes with its bindings': async () => {
      const { channel, queue } = await expiring({ exclusive: false })
      const exchange = await broker.exchange(channel, 'fanout')
      await channel.call('queue.bind', { queue, exchange })
      await expectGone(queue)
      channel.publish({ exchange, mandatory: true }, 'no route')
      expect(await channel.returned()).toMatchObject({ replyCode: 312 })
    },

    'stays while it has a consumer, and goes when that is gone': async () => {
      const { channel, queue } = await expiring({ exclusive: false })
      const consumer = await channel.wire.channel(2)
      await consumer.call('basic.consume', { queue })
      await pause(2 * EXPIRES)
      channel.publish({ routingKey: queue }, 'still there')
      expect((await consumer.delivery()).body.toString()).toBe('still there')
      await consumer.close()
      await expectGone(queue)
    },

    'stays while it is declared again': async () => {
      const { channel, queue } = await expiring()
      const again = { queue, exclusive: true, arguments: { 'x-expires': EXPIRES } }
      await keepDoing(() => channel.call('queue.declare', again))
    },

    'stays while it is declared passively': async () => {
      const { channel, queue } = await expiring()
      await keepDoing(() => channel.counts(queue))
    },

    'stays while someone asks it for messages, though it has none': async () => {
      const { channel, queue } = await expiring()
      await keepDoing(async () => expect(await channel.get(queue)).toBeUndefined())
    },

    'does not stay for being published to': async () => {
      const { channel, queue } = await expiring({ exclusive: false })
      let gone = false
      const going = expectGone(queue).then(() => {
        gone = true
      })
      while (!gone) {
        channel.publish({ routingKey: queue }, 'nobody cares')
        await pause(EXPIRES / 20)
      }
      await going
    },

    'does not stay for messages that are not acknowledged': async () => {
      const { channel, queue } = await expiring({ exclusive: false })
      channel.publish({ routingKey: queue }, 'held')
      const got = await channel.get(queue)
      await expectGone(queue)
      channel.send('basic.ack', { deliveryTag: got?.deliveryTag ?? 0 })
      await channel.sync()
    },
  })
})
