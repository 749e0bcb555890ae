/** A connection as its channels see it: frames into the output, replies held back until a commit. */
import type { Content } from '../amqp/content'
import type { WritableMethod } from '../amqp/frame-writer'
import type { Peer } from '../channel/peer'
import type { CommitWaiters } from '../store/commit-waiters'
import type { CommitTicket, MessageStore } from '../store/message-store'
import type { TurnWork } from '../turn'
import type { Input } from './input'
import type { Outbound } from './outbound'
import type { PublisherBrake } from './publisher-brake'

interface HeldReply {
  readonly ticket: CommitTicket
  readonly reply: () => void
}

export class OutboundPeer implements Peer, TurnWork {
  private readonly held: HeldReply[] = []
  /** Bytes of answers, about, that were added to what the peer is too slow to read. */
  private unreadAnswers = 0
  /** Nothing more is taken from the peer until it reads: its own doing, so heartbeats count nevertheless. */
  isHeldBack = false

  constructor(
    private readonly outbound: Outbound,
    private readonly input: Input,
    private readonly store: MessageStore,
    private readonly commits: CommitWaiters,
    private readonly brake: PublisherBrake,
  ) {}

  get congested(): boolean {
    return this.outbound.congested
  }

  send(channel: number, method: WritableMethod): void {
    this.outbound.frames().method(channel, method)
    if (this.outbound.congested) this.answered(METHOD_BYTES)
  }

  sendContent(channel: number, method: WritableMethod, content: Content): void {
    this.outbound.frames().content(channel, method, content)
    if (this.outbound.congested) this.answered(METHOD_BYTES + content.byteLength)
  }

  deliver(
    channel: number,
    consumerTag: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    content: Content,
  ): void {
    this.outbound.frames().deliver(channel, consumerTag, deliveryTag, redelivered, content)
  }

  confirm(channel: number, methodId: number, deliveryTag: number, multiple: boolean): void {
    this.outbound.frames().confirm(channel, methodId, deliveryTag, multiple)
    if (this.outbound.congested) this.answered(METHOD_BYTES)
  }

  /** The peer has read everything. */
  drained(): void {
    this.unreadAnswers = 0
    if (!this.isHeldBack) return
    this.isHeldBack = false
    this.input.release()
  }

  slowDown(): void {
    this.brake.pull()
  }

  worked(units: number): void {
    this.input.spend(units)
  }

  hold(): void {
    this.input.hold()
  }

  release(): void {
    this.input.release()
  }

  whenCommitted(ticket: CommitTicket, reply: () => void): void {
    if (ticket <= this.store.committed) {
      reply()
      return
    }
    this.input.hold()
    this.held.push({ ticket, reply })
    this.commits.wake(this)
  }

  /** The connection is being closed: nothing may follow connection.close. */
  forgetReplies(): void {
    while (this.held.pop() !== undefined) this.input.release()
  }

  runTurn(): void {
    while (this.held.length > 0 && this.held[0]!.ticket <= this.store.committed) {
      this.held.shift()!.reply()
      this.input.release()
    }
    if (this.held.length > 0) this.commits.wake(this)
  }

  /**
   * Who asks and asks and never reads the answers is not listened to until it does. Deliveries do not count: they wait in
   * their queues, and a client in the middle of publishing may have many to read later.
   */
  private answered(bytes: number): void {
    this.unreadAnswers += bytes
    if (this.isHeldBack || this.unreadAnswers < UNREAD_ANSWERS_MAX) return
    this.isHeldBack = true
    this.input.hold()
  }
}

/** A short method frame, about. */
const METHOD_BYTES = 32

const UNREAD_ANSWERS_MAX = 1024 * 1024
