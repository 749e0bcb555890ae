/** Consumes, or gets, without acknowledgement: what it was given is settled, and must not come again as new. */
import type { Arrival } from '../../../conformance/support/inbox'
import { idOf } from '../message'
import { TAKEN } from '../places'
import { Reader } from '../queue-ledger'
import type { Random } from '../random'
import type { Stage } from '../stage'

export async function taker(stage: Stage, random: Random): Promise<void> {
  const queue = stage.ledger.queue(TAKEN)
  const reader = new Reader()
  const link = await stage.open()
  const channel = await link.openChannel(arrival => take(stage, arrival, reader))
  queue.dropping()
  queue.isLossy = true
  if (random.chance(0.7)) {
    await channel.call('basic.consume', { queue: TAKEN, noAck: true })
    return
  }
  while (!stage.isOver) {
    const got = await channel.get(TAKEN, { noAck: true })
    if (got === undefined) await stage.pause(5)
    else take(stage, got, reader)
  }
}

function take({ ledger }: Stage, arrival: Arrival, reader: Reader): void {
  const { content, fields } = arrival
  if (content === undefined || !('redelivered' in fields)) return
  const found = { id: idOf(content), body: content.body, redelivered: fields.redelivered }
  const copy = ledger.queue(TAKEN).delivered(found, ledger.life, reader)
  if (copy !== undefined) ledger.queue(TAKEN).settled(copy, ledger.life)
}
