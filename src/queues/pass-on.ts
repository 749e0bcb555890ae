/**
 * Takes entries that wait out of a queue and hands them to others, without ever delivering them: nobody is told that they
 * were seen. What the others do not take is where it was.
 */
import type { Message } from '../message'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import { walkThrough } from './delivery-order'
import { NO_POSITION } from './entries'
import type { Queue } from './queue'
import { type Batch, ByPosition, loaded, type Walk } from './walk'

/**
 * Hands an entry to `give`, which says whether it was taken. If so, it is settled here: whatever `give` did to the store is
 * in the same batch as that, so that a crash leaves the message in one of the two places. The view ends with the call.
 * Returns the ticket of the batch; undefined: it stays, as it does when it does not wait any more.
 */
export function passOn(
  queue: Queue,
  position: number,
  view: Message,
  give: (message: Message) => boolean,
): CommitTicket | undefined {
  const { ready } = queue
  if (queue.deleted || !ready.isWaiting(position)) return undefined
  const segment = ready.segmentAt(position)
  ready.view(position, view)
  // Before it is given away: the one who gets it may be this queue, and must not find it too long.
  ready.takeAt(position)
  queue.rules.leaves(position)
  let isTaken = false
  try {
    isTaken = give(view)
  } finally {
    queue.rules.leaves(NO_POSITION)
    if (!isTaken) ready.untake(position)
  }
  if (!isTaken) return undefined
  const ticket = queue.forget(position)
  if (ticket !== NOTHING_TO_WAIT_FOR) segment.ticket = ticket // until then the store would give it back
  if (!queue.rules.admitAll) queue.mark() // another entry is the head now, and may expire
  return ticket
}

/** What waits in the order of delivery, each in memory when it is met; or these positions, those first that came first. */
export function waiting(queue: Queue, positions: readonly number[] | undefined): Walk {
  return positions === undefined
    ? walkThrough(queue, { state: 'ready', isTaking: true })
    : new Picked(queue, positions)
}

class Picked implements Walk {
  private readonly walk: ByPosition
  private readonly positions: number[]
  private at = 0

  constructor(
    private readonly queue: Queue,
    positions: readonly number[],
  ) {
    this.walk = new ByPosition(queue, { state: 'ready', isTaking: true })
    this.positions = [...new Set(positions)].sort((a, b) => a - b)
  }

  skip(count: number): void {
    this.at += count
  }

  end(): void {
    this.walk.end()
  }

  /** An empty batch: this one does not wait, or not any more. */
  async next(): Promise<Batch | undefined> {
    const { queue } = this
    const position = this.positions[this.at++]
    if (position === undefined || queue.deleted) {
      this.end()
      return undefined
    }
    while (!queue.ready.isWhole && !queue.deleted) await loaded(queue)
    this.walk.seek(position)
    return (await this.walk.next(1)) ?? { segment: undefined, positions: [] }
  }
}
