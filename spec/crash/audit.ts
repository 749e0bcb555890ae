/** After a restart: are the queues what the books say? */

import { Confirms } from './confirms'
import type { Publication } from './ledger'
import type { Link } from './link'
import { messageCountOf, takeAll } from './look'
import { bodyOf, propertiesOf } from './message'
import { BULK_QUEUES, checkPlaces, DOOMED, MOVED, TAKEN, TICKS } from './places'
import type { Found } from './queue-ledger'
import type { Random } from './random'
import type { Stage } from './stage'

/** look: take everything, check it and put it back. drain: take it for good. leave: only count, so that doubt lives on. */
type Manner = 'look' | 'drain' | 'leave'

/** Checks every queue; `last`: nothing may be left behind. */
export async function audit(stage: Stage, random: Random, last: boolean): Promise<void> {
  const link = await stage.open()
  await checkPlaces(link, what => stage.ledger.complain(what))
  if (last) await publishOneMore(stage, link)
  for (const queue of [...BULK_QUEUES, TICKS, TAKEN, DOOMED]) {
    const count = await messageCountOf(link, queue)
    if (count === undefined) missing(stage, queue)
    else {
      if (queue === DOOMED) stage.ledger.queue(queue).isUnsteady = false
      await auditQueue(stage, random, link, queue, count, last ? 'drain' : mannerFor(queue, random))
    }
  }
  await auditMoved(stage, random, link, last ? 'drain' : random.pick(['look', 'drain', 'leave']))
  await link.close()
}

/** Each message is in one of the queues, and in one only. */
async function auditMoved(stage: Stage, random: Random, link: Link, manner: Manner): Promise<void> {
  const places = []
  for (const name of MOVED) places.push({ name, count: (await messageCountOf(link, name)) ?? 0 })
  stage.ledger.queue(MOVED[0]).isMoved = true
  await auditPlaces(stage, random, link, places, manner)
}

/** What is settled before a restart and never touched again stays where it is: this touches it. */
async function publishOneMore(stage: Stage, link: Link): Promise<void> {
  const channel = await link.openChannel(arrival => confirms.take(arrival))
  const confirms = new Confirms<Publication>(stage, channel, publication =>
    stage.ledger.confirmed(publication),
  )
  await channel.call('confirm.select')
  for (const queue of BULK_QUEUES) {
    const publication = stage.ledger.publish('last', [queue], { persistent: true, bytes: 1 })
    channel.publish('', queue, bodyOf(publication.id, 1), propertiesOf(publication.id, true))
    confirms.add(publication)
  }
  await confirms.below(1)
}

function mannerFor(queue: string, random: Random): Manner {
  if (queue === TICKS) return random.pick(['drain', 'look'])
  return random.pick(['look', 'look', 'look', 'drain', 'leave', 'leave'])
}

function missing({ ledger }: Stage, name: string): void {
  const queue = ledger.queue(name)
  if (!queue.isUnsteady) ledger.complain(`${name} is not there`)
  queue.isUnsteady = true
  queue.vanished()
}

async function auditQueue(
  stage: Stage,
  random: Random,
  link: Link,
  name: string,
  count: number,
  manner: Manner,
): Promise<void> {
  await auditPlaces(stage, random, link, [{ name, count }], manner)
}

/** Places that share their books, which are those of the first. */
async function auditPlaces(
  stage: Stage,
  random: Random,
  link: Link,
  places: readonly { readonly name: string; readonly count: number }[],
  manner: Manner,
): Promise<void> {
  const { ledger } = stage
  const { name } = places[0]!
  const queue = ledger.queue(name)
  const count = places.reduce((sum, place) => sum + place.count, 0)
  if (manner === 'leave') {
    const { least, most } = queue.bounds
    if (count < least || count > most)
      ledger.complain(`${name} has ${count} messages, not ${least} to ${most}`)
    return
  }
  const channel = await link.openChannel()
  if (manner === 'drain') await channel.call('tx.select')
  const found: Found[] = []
  for (const place of places) found.push(...(await takeAll(channel, place.name, place.count, random)))
  const copies = queue.judge(found, ledger.life)
  if (manner === 'drain') {
    for (const copy of copies) queue.settled(copy, ledger.life)
    channel.send('basic.ack', { deliveryTag: 0, multiple: true })
    await channel.call('tx.commit')
    ledger.settledSafely(copies)
  }
  for (const copy of copies) queue.returned(copy)
  await channel.call('channel.close')
}
