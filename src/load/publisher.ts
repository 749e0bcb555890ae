/**
 * Publishes the same message over and over: whole batches are encoded beforehand and only their time stamps are written
 * anew, so that the generator is never what is measured. A batch's buffer is free again when the socket has taken it.
 *
 *     image   [publish header body][publish header body]…      every 16th body starts with the time it was sent
 *
 * Invariant: sent − settled ≤ window, when there is one.
 */
import type { ConfirmWindow } from './confirm-window'
import type { Wire } from './connection'
import type { FrameReceiver } from './frame-scanner'
import { frameType, method, type PublishImage } from './frames'
import { counter, type Score } from './scoreboard'
import { sharedNow } from './shared-clock'

/** Cheap per message, and small enough for the cache: 3.0 M msg/s of 16 B with 8 to 32 KiB, 2.3–2.8 M with 64. */
const BATCH_BYTES = 32 * 1024
/** Smaller steps under a window, so that publishes and confirms overlap. */
const WINDOWED_BATCH = 128
const IMAGES = 4
const STAMP_EVERY = 16
/** Writes before the event loop gets its turn: a fast broker would take them all, and confirms would not be read. */
const WRITES_PER_TURN = 64

export interface PublisherPlan {
  readonly image: PublishImage
  readonly size: number
  readonly window: number
  /** Messages per second; 0: as fast as possible. */
  readonly rate: number
  /** 0: until stopped. */
  readonly count: number
}

export class Publisher implements FrameReceiver {
  private readonly images: BatchImage[]
  private readonly batch: number
  private sent = 0
  private startedAt = 0
  private blocked = false
  private stopped = false
  private waiting = false
  private writesLeft = WRITES_PER_TURN
  private readonly nextTurn = (): void => {
    this.waiting = false
    this.writesLeft = WRITES_PER_TURN
    this.pump()
  }

  constructor(
    private readonly connection: Wire,
    private readonly plan: PublisherPlan,
    private readonly confirms: ConfirmWindow | undefined,
    private readonly score: Score,
  ) {
    this.batch = batchOf(plan)
    const stampAt = plan.size >= 8 ? plan.image.bodyAt : -1
    this.images = Array.from(
      { length: IMAGES },
      () => new BatchImage(plan.image.bytes, this.batch, stampAt, image => this.written(image)),
    )
  }

  start(): void {
    this.startedAt = sharedNow()
    this.pump()
  }

  stop(): void {
    this.stopped = true
  }

  frame(bytes: Buffer, at: number): void {
    if (bytes[at] !== frameType.method) return
    const id = bytes.readUInt32BE(at + 7)
    if (this.confirms !== undefined && (id === method.basicAck || id === method.basicNack)) {
      const tag = bytes.readUInt32BE(at + 11) * 0x1_0000_0000 + bytes.readUInt32BE(at + 15)
      const settled = this.confirms.settle(tag, (bytes[at + 19]! & 1) === 1, sharedNow())
      this.score.add(id === method.basicAck ? counter.confirmed : counter.nacked, settled)
    } else if (id === method.connectionBlocked) this.blocked = true
    else if (id === method.connectionUnblocked) this.blocked = false
    else this.connection.otherMethod(bytes, at)
  }

  readEnded(): void {
    this.pump()
  }

  private pump(): void {
    while (!this.stopped && !this.blocked && !this.waiting) {
      const image = this.images.at(-1)
      if (image === undefined) return // goes on when a write is through
      const now = sharedNow()
      const amount = this.allowed(now)
      if (amount < 1) return
      if (this.writesLeft-- === 0) {
        this.waiting = true
        setImmediate(this.nextTurn)
        return
      }
      this.images.pop()
      this.confirms?.sent(amount, now)
      this.sent += amount
      this.connection.write(image.stamp(amount, now), image.written)
    }
  }

  /** How many messages may go now: 0 when none, and then something else calls `pump` again. */
  private allowed(now: number): number {
    const { rate, count } = this.plan
    let amount = this.batch
    if (count > 0) amount = Math.min(amount, count - this.sent)
    if (rate > 0 && amount > 0) {
      const due = Math.floor(((now - this.startedAt) / 1000) * rate) - this.sent
      if (due < 1) this.pause()
      amount = Math.min(amount, due)
    }
    // All of it has to fit: waking up for every single confirm would make batches of one.
    return this.confirms === undefined || this.confirms.room >= amount ? amount : 0
  }

  private pause(): void {
    this.waiting = true
    setTimeout(this.nextTurn, 1)
  }

  private written(image: BatchImage): void {
    this.score.add(counter.published, image.amount)
    this.images.push(image)
    this.pump()
  }
}

function batchOf(plan: PublisherPlan): number {
  const fitting = Math.max(1, Math.floor(BATCH_BYTES / plan.image.bytes.length))
  if (plan.window === 0) return fitting
  return Math.max(1, Math.min(fitting, WINDOWED_BATCH, Math.floor(plan.window / 2)))
}

/** One buffer full of messages. */
class BatchImage {
  amount = 0
  readonly written: () => void
  private readonly bytes: Buffer
  private readonly messageBytes: number

  constructor(
    message: Buffer,
    batch: number,
    private readonly stampAt: number,
    written: (image: BatchImage) => void,
  ) {
    this.messageBytes = message.length
    this.bytes = Buffer.alloc(message.length * batch, message)
    this.written = () => written(this)
  }

  /** The first `amount` messages, stamped. */
  stamp(amount: number, now: number): Buffer {
    this.amount = amount
    if (this.stampAt >= 0) {
      for (let index = 0; index < amount; index += STAMP_EVERY) {
        this.bytes.writeDoubleLE(now, index * this.messageBytes + this.stampAt)
      }
    }
    const length = amount * this.messageBytes
    return length === this.bytes.length ? this.bytes : this.bytes.subarray(0, length)
  }
}
