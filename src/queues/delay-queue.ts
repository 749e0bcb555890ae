/**
 * The queue in which the messages of a delayed message exchange wait. Nobody consumes it: what is due is handed to
 * whoever routes it, and settled in the same call, so that both are in one batch. It knows no exchange.
 *
 * Messages do not expire here: their time to live begins when they reach the queues they are for. Policies mean nothing.
 */
import { Message } from '../message'
import type { CommitTicket } from '../store/message-store'
import { type TurnWork, WORK_PER_TURN } from '../turn'
import { DelayedReady } from './delayed-ready'
import { NOT_LOADED } from './entries'
import { queueOptions } from './options'
import { Queue, type QueueDefinition, type QueueSurroundings } from './queue'

/** What is released in one turn, after which other queues and the sockets come first. */
const RELEASES_PER_TURN = 4096

export interface DelayQueueSurroundings extends QueueSurroundings {
  /** How long a message waits from when it came, in milliseconds. */
  delayOf(message: Message): number
  /** The time of a message has come. It is only valid during the call. Returns the work that it was, as `WORK_PER_TURN` has it. */
  release(queue: DelayQueue, message: Message): number
}

export class DelayQueue extends Queue {
  /** All that waits here waits for its time. */
  readonly isDelaying = true
  private readonly released = new Message()
  private readonly delayed: DelayedReady
  /** A million may be due at once: they go no faster than the disk takes them. */
  private isHeldBack = false
  private readonly caughtUp: TurnWork = {
    runTurn: () => {
      this.isHeldBack = false
      this.mark()
    },
  }

  constructor(
    definition: QueueDefinition,
    /** Whose messages they are. */
    readonly exchange: string,
    private readonly releasing: DelayQueueSurroundings,
  ) {
    const delayed = new DelayedReady(
      releasing.clock,
      message => releasing.delayOf(message),
      () => this.mark(),
    )
    super(definition, queueOptions(definition.arguments), releasing, delayed)
    this.delayed = delayed
    delayed.onDeadline = () => {}
  }

  override get delayedCount(): number {
    return this.messageCount
  }

  override configure(): void {}

  override enqueue(message: Message): CommitTicket {
    const { ttl } = message
    message.ttl = -1
    const ticket = super.enqueue(message)
    message.ttl = ttl
    return ticket
  }

  override delete(): CommitTicket {
    this.delayed.stop()
    return super.delete()
  }

  override stop(): void {
    this.delayed.stop()
    super.stop()
  }

  protected override handOut(): void {
    const { released } = this
    let work = 0
    for (let budget = RELEASES_PER_TURN; budget > 0 && work < WORK_PER_TURN; budget--) {
      if (this.around.store.isBehind) return this.holdBack()
      const position = this.get(released)
      if (position === NOT_LOADED) this.whenLoaded(() => {})
      if (position < 0) {
        released.letGo()
        return
      }
      work += this.releasing.release(this, released)
      if (this.deleted) return
      this.settle(position)
    }
    this.mark()
  }

  private holdBack(): void {
    this.released.letGo()
    if (this.isHeldBack) return
    this.isHeldBack = true
    this.around.store.whenCaughtUp(this.caughtUp)
  }
}
