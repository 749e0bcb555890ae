/**
 * When entries expire: at the head only, as RabbitMQ has it, or anywhere in the queue (`x-ttl-mode: exact`). Says which
 * entry is due and wakes the queue in time; taking it out and what becomes of it are the queue's.
 */
import type { Clock } from '../clock'
import type { Message } from '../message'
import { DueHeap } from '../structures/due-heap'
import { WakeUp } from '../structures/wake-up'
import { NO_DEADLINE } from './deadlines'
import type { Entries } from './entries'
import type { PriorityReady } from './priority-ready'

/** Appointments from here on are looked through for those that are not needed any more, whenever they have doubled. */
const DUE_TO_LOOK_THROUGH = 1024

export class Expiry {
  private readonly wakeUp: WakeUp
  private readonly due = new DueHeap()
  /** Something is due and on its way from the store. */
  isHeldUp = false
  private lookThroughAt = DUE_TO_LOOK_THROUGH

  constructor(
    private readonly clock: Clock,
    private readonly ready: Entries,
    /** The same list if they expire anywhere in it; otherwise at its head. */
    private readonly anywhere: PriorityReady | undefined,
    wake: () => void,
    /** What expired goes to others, and must be in memory for that. */
    private readonly isWanted: () => boolean,
  ) {
    this.wakeUp = new WakeUp(clock, wake)
  }

  /** When a message that comes now expires: after its own time to live or the queue's, whichever is shorter. */
  deadlineFor(message: Message, queueTtl: number | undefined): number {
    const ttl = message.ttl < 0 ? queueTtl : Math.min(message.ttl, queueTtl ?? message.ttl)
    return ttl === undefined ? NO_DEADLINE : this.clock.now() + ttl
  }

  /** An entry waits, for the first time or again. */
  watch(position: number, deadline: number): void {
    if (deadline === NO_DEADLINE) return
    if (this.anywhere !== undefined) {
      this.due.push(deadline, position)
      if (this.due.length >= this.lookThroughAt) this.lookThrough(this.anywhere)
    }
    this.wakeUp.by(deadline)
  }

  /** Takes the next entry that is due out of the ready list; undefined: none is, and the queue will be woken. */
  takeDue(): number | undefined {
    const now = this.clock.now()
    return this.anywhere === undefined ? this.takeHead(now) : this.takeAnywhere(this.anywhere, now)
  }

  /** Whether an entry that was just taken should not be delivered any more. */
  isDue(position: number): boolean {
    const deadline = this.ready.deadline(position)
    return deadline !== NO_DEADLINE && deadline <= this.clock.now()
  }

  stop(): void {
    this.wakeUp.stop()
    this.due.clear()
  }

  private takeHead(now: number): number | undefined {
    const head = this.ready.peek()
    if (head < 0) return undefined
    const deadline = this.ready.deadline(head)
    if (deadline === NO_DEADLINE) return undefined
    if (deadline <= now) return this.ready.take()
    this.wakeUp.by(deadline)
    return undefined
  }

  private takeAnywhere(ready: PriorityReady, now: number): number | undefined {
    const { due } = this
    this.isHeldUp = false
    if (!ready.isWhole) return undefined // and looked at again when it is
    while (due.nextTime <= now) {
      const position = due.nextPosition as number
      // It may have gone another way, or be out with a consumer.
      const isWaiting = ready.waitsAnywhere(position)
      if (isWaiting && this.isWanted() && !ready.isWaiting(position)) {
        this.isHeldUp = true
        ready.ask(position) // and looked at again when it is there
        return undefined
      }
      due.pop()
      if (!isWaiting) continue
      ready.takeAt(position)
      return position
    }
    ready.ask(undefined)
    if (due.length > 0) this.wakeUp.by(due.nextTime)
    return undefined
  }

  /** Of what goes another way long before its time, and of what comes back again and again, nothing must pile up. */
  private lookThrough(ready: PriorityReady): void {
    const { due } = this
    const back = new Set<number>()
    due.retain(position => {
      if (!ready.waitsAnywhere(position) || back.has(position)) return false
      // Only what came back can be here twice.
      if (ready.isRedelivered(position)) back.add(position)
      return true
    })
    this.lookThroughAt = Math.max(DUE_TO_LOOK_THROUGH, 2 * due.length)
  }
}
