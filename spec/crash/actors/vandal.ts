/** Purges a queue, or deletes it and declares it again, while others publish to it; and consumes it in between. */
import type { Arrival } from '../../../conformance/support/inbox'
import type { LinkChannel } from '../link'
import { idOf } from '../message'
import { DOOMED } from '../places'
import { Reader } from '../queue-ledger'
import type { Random } from '../random'
import type { Stage } from '../stage'

export async function vandal(stage: Stage, random: Random): Promise<void> {
  const { ledger } = stage
  const queue = ledger.queue(DOOMED)
  const link = await stage.open()
  const channel = await link.openChannel()
  const reading = await link.openChannel(arrival => acknowledge(stage, reading, arrival, reader))
  let reader = new Reader()
  await channel.call('queue.declare', { queue: DOOMED, durable: true })
  queue.isUnsteady = false
  await reading.call('basic.qos', { prefetchCount: random.pick([1, 20]) })
  await reading.call('basic.consume', { queue: DOOMED })
  while (!stage.isOver) {
    await stage.pause(random.magnitude(5, 400))
    if (stage.isOver) return
    const certain = queue.dropping()
    queue.isUnsteady = true
    if (random.chance(0.5)) await channel.call('queue.purge', { queue: DOOMED })
    else {
      await channel.call('queue.delete', { queue: DOOMED })
      for (const copy of certain) copy.gone = 'its queue was deleted'
      changed(stage)
      if (random.chance(0.3)) await stage.pause(random.between(0, 20))
      await channel.call('queue.declare', { queue: DOOMED, durable: true })
      reader = new Reader()
      if (random.chance(0.7)) await reading.call('basic.consume', { queue: DOOMED })
    }
    queue.isUnsteady = false
    changed(stage)
  }
}

function changed({ ledger, answered }: Stage): void {
  ledger.figures.changes++
  answered()
}

function acknowledge(stage: Stage, channel: LinkChannel, arrival: Arrival, reader: Reader): void {
  if (arrival.name !== 'basic.deliver' || arrival.content === undefined) return
  const { ledger } = stage
  const { deliveryTag, redelivered } = arrival.fields
  const found = { id: idOf(arrival.content), body: arrival.content.body, redelivered }
  const copy = ledger.queue(DOOMED).delivered(found, ledger.life, reader)
  if (copy === undefined || channel.link.isHushed) return
  channel.send('basic.ack', { deliveryTag })
  ledger.queue(DOOMED).settled(copy, ledger.life)
}
