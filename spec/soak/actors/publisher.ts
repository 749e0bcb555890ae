/** Publishes to its lane at its share of the rate, some at a time, with a window of confirms or without any. */
import { Confirms } from '../../crash/confirms'
import type { LinkChannel } from '../../crash/link'
import { bodyOf, propertiesOf, someSize } from '../../crash/message'
import type { Random } from '../../crash/random'
import type { Copy } from '../copy'
import type { Lane } from '../places'
import type { SoakStage } from '../soak-stage'

/** Publishers wait while a book has so many messages open: rates are kept low, and yet a machine may stall. */
const OPEN_MAX = 20_000
const LARGE_BYTES = 300 * 1024

export async function publisher(stage: SoakStage, random: Random, lane: Lane): Promise<void> {
  const link = await stage.open()
  const channel = await link.openChannel(arrival => confirms.take(arrival))
  const confirms = new Confirms<readonly Copy[]>(stage, channel, copies => confirmed(stage, copies))
  if (lane.window > 0) await channel.call('confirm.select')
  let due = 0
  let last = Date.now()
  while (stage.isBusy) {
    await stage.rest(random.between(50, 800))
    due = Math.min(due + ((Date.now() - last) * stage.rate * lane.share) / 1000, stage.rate)
    last = Date.now()
    if (lane.books.some(book => stage.ledger.book(book).size > OPEN_MAX)) continue
    if (lane.window > 0) await confirms.below(lane.window)
    link.together(() => {
      for (; due >= 1 && stage.isBusy; due--) {
        const copies = publish(stage, random, channel, lane)
        if (lane.window > 0) confirms.add(copies)
      }
    })
    await link.drained()
  }
  await confirms.below(1)
}

function publish(stage: SoakStage, random: Random, channel: LinkChannel, lane: Lane): readonly Copy[] {
  const { ledger } = stage
  const id = ledger.nextId()
  const bytes = lane.bytes === 'large' ? random.between(1, LARGE_BYTES) : someSize(random)
  const persistent = !random.chance(lane.transientShare)
  const priority = lane.priorities === undefined ? 0 : random.between(0, lane.priorities)
  const delayMs = lane.delayMsMax === undefined ? 0 : random.between(0, lane.delayMsMax)
  const traits = { persistent, bytes, priority, notBeforeMs: delayMs === 0 ? 0 : Date.now() + delayMs }
  ledger.figures.published++
  const stream = lane.window > 0 ? 'confirmed' : 'unconfirmed'
  const copies = lane.books.map(book => ledger.book(book).publish(id, stream, traits))
  const headers = delayMs === 0 ? undefined : { 'x-delay': delayMs }
  const properties = { ...propertiesOf(id, persistent, headers), priority }
  channel.publish(lane.exchange, lane.routingKey(id), bodyOf(id, bytes), properties)
  return copies
}

function confirmed({ ledger }: SoakStage, copies: readonly Copy[]): void {
  ledger.figures.confirmed++
  for (const copy of copies) copy.isPromised = true
}
