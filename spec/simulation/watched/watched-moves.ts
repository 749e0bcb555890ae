/** What is taken out of the middle of a queue is on its way to others, or dies. */
import type { Entries } from '../../../src/queues/entries'
import type { BrokerModel } from '../model/broker-model'
import type { QueueModel } from '../model/queue-model'

export function watchMoves(ready: Entries, twin: QueueModel, { arrivals, moves }: BrokerModel): void {
  const takeAt = ready.takeAt.bind(ready)
  const untake = ready.untake.bind(ready)
  ready.takeAt = position => {
    takeAt(position)
    const mover = moves.get(twin)
    const entry = twin.entries.get(position)
    if (mover === undefined || entry === undefined) return
    twin.expect(entry.state === 'ready', `${entry.id} was moved while ${entry.state}`)
    entry.state = 'moving'
    const { due, isUnblinded } = mover(entry, twin)
    const { isReleased } = entry
    arrivals.passing = {
      ...{ entry, due, came: new Set(), isReleased },
      isUnblinded: entry.isUnblinded || isUnblinded,
    }
  }
  ready.untake = position => {
    untake(position)
    const { passing } = arrivals
    if (passing === undefined) return
    arrivals.passing = undefined
    const { entry, came } = passing
    entry.state = 'ready'
    for (const { name } of came) twin.wrong(`${entry.id} stayed, and came to queue ${name}`)
  }
}

/** It was taken out to die, and nobody moves it. */
export function diesThere(position: number, twin: QueueModel, { arrivals }: BrokerModel): void {
  if (arrivals.passing !== undefined && arrivals.passing.entry === twin.entries.get(position))
    arrivals.passing = undefined
}

/** An entry is forgotten where it was: it came to all queues that it was for. */
export function hasMoved(position: number, twin: QueueModel, { arrivals, moves }: BrokerModel): void {
  const { passing } = arrivals
  if (passing?.entry !== twin.entries.get(position) || passing === undefined) return
  arrivals.passing = undefined
  const { entry, due, came } = passing
  const isAny = moves.get(twin)?.(entry, twin).isAny ?? true
  const isLost = isAny ? due.size > 0 && came.size === 0 : due.size > 0
  if (isLost) twin.wrong(`${entry.id} was moved, and did not come to ${[...due].map(({ name }) => name)}`)
}
