/**
 * Messages on their way from one queue to others: a job of many small slices, between which everybody else has their turn,
 * that goes no faster than the disk and can be called off. `move` says where each message goes.
 *
 * Invariant: a message is enqueued wherever it goes and settled where it was within one call, hence in one batch of the
 * store. So a crash leaves it in the one place or the other, and in none twice. When one of the queues it is for would
 * refuse it, none gets it, and it stays where it was.
 */
import { expirationIn } from '../amqp/properties'
import { Message } from '../message'
import { walkThrough } from '../queues/delivery-order'
import { passOn, waiting } from '../queues/pass-on'
import { type Queue, REFUSED } from '../queues/queue'
import { type Batch, isThere, pause, type Walk } from '../queues/walk'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import { WORK_PER_TURN } from '../turn'

/**
 * Why a message stays. refused: a queue that is full does not take it; unroutable: it leads to no queue; not-dead: it never
 * died, as far as its headers tell; same-queue: it would come back here; forbidden: who asks may not publish there.
 */
export type StayReason = 'refused' | 'unroutable' | 'not-dead' | 'same-queue' | 'forbidden'

/** Where a message goes, as it is to arrive there. */
export interface Onward {
  readonly message: Message
  readonly queues: readonly Queue[]
  /** To find them, and to copy it into them: in units of `WORK_PER_TURN`. Undefined: nothing to speak of. */
  readonly work?: number
  /** It does not get there after all. */
  withdrawn?(): void
}

/** Where messages go. `message` has its address read. */
export interface Destination {
  onward(message: Message): Onward | StayReason
  /** What one that is full refuses, it would refuse of the next one, too: order is worth more than a few that fit. */
  readonly isOneQueue: boolean
}

export interface TransferRequest {
  readonly mode: 'move' | 'copy'
  /** How many are taken up at most, whether they go or stay. Undefined: all that wait now. */
  readonly count: number | undefined
  /** Only these, as `browse` names them. */
  readonly positions: readonly number[] | undefined
}

export interface TransferResult {
  readonly moved: number
  /** Taken up, and left where they were. */
  readonly left: number
  readonly reasons: Readonly<Partial<Record<StayReason, number>>>
  readonly isCancelled: boolean
  /** Makes all of it safe. */
  readonly ticket: CommitTicket
}

export class Transfer {
  moved = 0
  left = 0
  readonly reasons: Partial<Record<StayReason, number>> = {}
  /** How many it may be in the end, as far as it was known at the beginning. */
  readonly total: number
  readonly done: Promise<TransferResult>
  private ticket: CommitTicket = NOTHING_TO_WAIT_FOR
  private isCancelled = false
  /** Taken up in one turn at most: the first, to see what it takes, then as many as a turn may have. */
  private atOnce = 1
  /** In this turn. */
  private work = 0
  private wakeUp: () => void = () => {}
  private isStuck = false
  private readonly view = new Message()

  constructor(
    private readonly source: Queue,
    private readonly destination: Destination,
    private readonly request: TransferRequest,
  ) {
    const { count = Number.POSITIVE_INFINITY, positions } = request
    this.total = Math.min(count, positions?.length ?? source.messageCount)
    this.done = this.run()
  }

  /** What has gone stays gone. */
  cancel(): void {
    this.isCancelled = true
    this.wakeUp()
  }

  private async run(): Promise<TransferResult> {
    const { source, request } = this
    const isCopy = request.mode === 'copy' && request.positions === undefined
    const walk = isCopy ? walkThrough(source, { state: 'ready' }) : waiting(source, request.positions)
    try {
      await this.goThrough(walk)
    } finally {
      walk.end()
    }
    const { moved, left, reasons, isCancelled, ticket } = this
    return { moved, left, reasons, isCancelled, ticket }
  }

  private async goThrough(walk: Walk): Promise<void> {
    const { source } = this
    const { count = Number.POSITIVE_INFINITY } = this.request
    for (;;) {
      const wanted = Math.min(count - this.moved - this.left, this.atOnce)
      if (wanted <= 0 || this.isCancelled || this.isStuck) return
      const batch = await walk.next(wanted)
      if (batch === undefined) return
      this.takeUp(batch)
      this.view.letGo()
      if (source.around.store.isBehind) await this.caughtUp()
      else await pause(source)
    }
  }

  /** A disk that is full may never catch up: that must not keep anybody from calling it off. */
  private caughtUp(): Promise<void> {
    return new Promise(resolve => {
      this.wakeUp = resolve
      this.source.around.store.whenCaughtUp({ runTurn: resolve })
    })
  }

  private takeUp({ segment, positions }: Batch): void {
    this.work = 0
    for (const position of positions) {
      if (this.isStuck) return
      if (this.request.mode === 'move') this.moveOne(position)
      else this.copyOne(segment, position)
    }
    // One after another where each goes to thousands of queues.
    this.atOnce = Math.max(1, Math.floor((WORK_PER_TURN * positions.length) / Math.max(this.work, 1)))
  }

  private moveOne(position: number): void {
    let verdict: CommitTicket | StayReason | undefined
    const ticket = passOn(this.source, position, this.view, message => {
      verdict = this.give(message)
      return typeof verdict === 'number'
    })
    if (typeof verdict === 'string') this.stays(verdict)
    else if (verdict !== undefined) this.goes(Math.max(verdict, ticket ?? NOTHING_TO_WAIT_FOR))
  }

  private copyOne(segment: Batch['segment'], position: number): void {
    const { ready } = this.source
    const shown = segment ?? ready.segmentAt(position)
    if (!isThere(shown, position)) return
    shown.view(position - shown.first, this.view)
    const verdict = this.give(this.view)
    if (typeof verdict === 'string') this.stays(verdict)
    else this.goes(verdict)
  }

  /** The ticket that makes all its copies safe. */
  private give(view: Message): CommitTicket | StayReason {
    view.readAddress()
    const onward = this.destination.onward(view)
    if (typeof onward === 'string') return onward
    const { message, queues, work = 0 } = onward
    this.work += work
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    message.ttl = expirationIn(propertiesBytes, propertiesStart, propertiesEnd) ?? -1
    if (queues.some(queue => queue.rules.refuses(message))) {
      onward.withdrawn?.()
      return 'refused'
    }
    let highest = NOTHING_TO_WAIT_FOR
    for (const queue of queues) highest = Math.max(highest, entered(queue.enqueue(message)))
    return highest
  }

  private goes(ticket: CommitTicket): void {
    this.moved++
    this.ticket = Math.max(this.ticket, ticket)
  }

  private stays(reason: StayReason): void {
    this.left++
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1
    this.isStuck = this.destination.isOneQueue
  }
}

function entered(ticket: CommitTicket): CommitTicket {
  if (ticket === REFUSED) throw new Error('a queue refused what it would have taken')
  return ticket
}
