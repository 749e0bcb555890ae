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

/** Appointments from here on are looked through for those that are not needed any more, whenever they have doubled. */
const DUE_TO_LOOK_THROUGH = 1024

export class Expiry {
  private readonly wakeUp: WakeUp
  /** Undefined: only the head expires. */
  private readonly due: DueHeap | undefined
  private lookThroughAt = DUE_TO_LOOK_THROUGH

  constructor(
    private readonly clock: Clock,
    private readonly ready: Entries,
    /** They expire anywhere in the list, which must keep everything in memory then; otherwise at its head. */
    isExact: boolean,
    wake: () => void,
  ) {
    this.wakeUp = new WakeUp(clock, wake)
    this.due = isExact ? new DueHeap() : undefined
  }

  /** When a message that comes now expires: after its own time to live or the queue's, whichever is shorter. */
  deadlineFor(message: Message, queueTtl: number | undefined): number {
    const ttl = message.ttl < 0 ? queueTtl : Math.min(message.ttl, queueTtl ?? message.ttl)
    return ttl === undefined ? NO_DEADLINE : this.clock.now() + ttl
  }

  /** An entry waits, for the first time or again. */
  watch(position: number, deadline: number): void {
    if (deadline === NO_DEADLINE) return
    if (this.due !== undefined) {
      this.due.push(deadline, position)
      if (this.due.length >= this.lookThroughAt) this.lookThrough(this.due)
    }
    this.wakeUp.by(deadline)
  }

  /** Takes the next entry that is due out of the ready list; undefined: none is, and the queue will be woken. */
  takeDue(): number | undefined {
    const now = this.clock.now()
    return this.due === undefined ? this.takeHead(now) : this.takeAnywhere(this.due, now)
  }

  /** Whether an entry that was just taken should not be delivered any more. */
  isDue(position: number): boolean {
    const deadline = this.ready.deadline(position)
    return deadline !== NO_DEADLINE && deadline <= this.clock.now()
  }

  stop(): void {
    this.wakeUp.stop()
    this.due?.clear()
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

  private takeAnywhere(due: DueHeap, now: number): number | undefined {
    if (!this.ready.isWhole) return undefined // and looked at again when it is
    while (due.nextTime <= now) {
      const position = due.pop() as number
      // It may have gone another way, or be out with a consumer.
      if (!this.ready.isWaiting(position)) continue
      this.ready.takeAt(position)
      return position
    }
    if (due.length > 0) this.wakeUp.by(due.nextTime)
    return undefined
  }

  /** Of what goes another way long before its time, and of what comes back again and again, nothing must pile up. */
  private lookThrough(due: DueHeap): void {
    const { ready } = this
    const back = new Set<number>()
    due.retain(position => {
      if (!ready.isWaiting(position) || back.has(position)) return false
      // Only what came back can be here twice.
      if (ready.isRedelivered(position)) back.add(position)
      return true
    })
    this.lookThroughAt = Math.max(DUE_TO_LOOK_THROUGH, 2 * due.length)
  }
}
