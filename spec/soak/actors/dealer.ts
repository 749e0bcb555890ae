/** Publishes in transactions, some of which it rolls back. */
import type { LinkChannel } from '../../crash/link'
import { bodyOf, propertiesOf, someSize } from '../../crash/message'
import type { Random } from '../../crash/random'
import { DEALS_SHARE } from '../places'
import type { SoakStage } from '../soak-stage'

const BOOK = 'deals'

interface Held {
  readonly id: number
  readonly bytes: number
}

export async function dealer(stage: SoakStage, random: Random): Promise<void> {
  const link = await stage.open()
  const channel = await link.openChannel()
  await channel.call('tx.select')
  let due = 0
  while (stage.isBusy) {
    const delayMs = random.between(100, 1500)
    await stage.rest(delayMs)
    due += (delayMs * stage.rate * DEALS_SHARE) / 1000
    const held: Held[] = []
    for (; due >= 1; due--) held.push(publish(stage, random, channel))
    if (random.chance(0.2)) {
      await channel.call('tx.rollback')
      stage.ledger.figures.rollbacks++
    } else await commit(stage, channel, held)
  }
}

function publish({ ledger }: SoakStage, random: Random, channel: LinkChannel): Held {
  const id = ledger.nextId()
  const bytes = someSize(random)
  ledger.book(BOOK).hold(id)
  channel.publish('', 'soak.deals', bodyOf(id, bytes), propertiesOf(id, true))
  return { id, bytes }
}

async function commit({ ledger }: SoakStage, channel: LinkChannel, held: readonly Held[]): Promise<void> {
  if (channel.link.isHushed) return
  ledger.figures.published += held.length
  const copies = held.map(({ id, bytes }) => ledger.book(BOOK).publish(id, 'dealt', { bytes }))
  await channel.call('tx.commit')
  ledger.figures.commits++
  ledger.figures.confirmed += held.length
  for (const copy of copies) copy.isPromised = true
}
