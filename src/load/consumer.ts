/**
 * Consumes and counts, reading no more of a delivery than it must: whether its body is complete, its time stamp, and its
 * delivery tag when it is to be acknowledged. The acks of one read leave in one write.
 */
import type { Wire } from './connection'
import type { FrameReceiver } from './frame-scanner'
import { ACK_BYTES, frameType, method, writeAck } from './frames'
import type { Histogram } from './histogram'
import { counter, type Score } from './scoreboard'
import { sharedNow } from './shared-clock'

export class Consumer implements FrameReceiver {
  private readonly score: Score
  private readonly latency: Histogram
  private readonly ackEvery: number
  private bodyLeft = 0
  private bodyBegins = false
  private deliveryTag = 0
  private unacked = 0
  private inThisRead = 0
  private now = 0
  private acks = Buffer.allocUnsafeSlow(4096)
  private ackBytes = 0

  constructor(
    private readonly connection: Wire,
    ackEvery: number,
    score: Score,
    latency: Histogram,
  ) {
    this.ackEvery = ackEvery
    this.score = score
    this.latency = latency
  }

  frame(bytes: Buffer, at: number, size: number): void {
    const type = bytes[at]
    if (type === frameType.body) this.body(bytes, at + 7, size)
    else if (type === frameType.method) this.method(bytes, at)
    else if (type === frameType.header) {
      this.bodyLeft = bytes.readUInt32BE(at + 15)
      this.bodyBegins = true
      if (this.bodyLeft === 0) this.delivered()
    }
  }

  /** Once for all deliveries of a read: counters, acks, and the clock that is read when the first stamp is seen. */
  readEnded(): void {
    this.score.add(counter.consumed, this.inThisRead)
    this.inThisRead = 0
    this.now = 0
    if (this.ackBytes === 0) return
    // The socket may hold on to the bytes: they get a buffer of their own.
    this.connection.write(Buffer.from(this.acks.subarray(0, this.ackBytes)))
    this.ackBytes = 0
  }

  private method(bytes: Buffer, at: number): void {
    if (bytes.readUInt32BE(at + 7) !== method.basicDeliver) {
      this.connection.otherMethod(bytes, at)
      return
    }
    if (this.ackEvery === 0) return
    const tagAt = at + 12 + bytes[at + 11]!
    this.deliveryTag = bytes.readUInt32BE(tagAt) * 0x1_0000_0000 + bytes.readUInt32BE(tagAt + 4)
  }

  private body(bytes: Buffer, at: number, size: number): void {
    // A stamp is a time, and no time has a last byte of 0; bodies without one begin with 8 zero bytes.
    if (this.bodyBegins && size >= 8 && bytes[at + 7] !== 0) {
      if (this.now === 0) this.now = sharedNow()
      this.latency.add((this.now - bytes.readDoubleLE(at)) * 1000)
    }
    this.bodyBegins = false
    this.bodyLeft -= size
    if (this.bodyLeft === 0) this.delivered()
  }

  private delivered(): void {
    this.inThisRead++
    if (this.ackEvery === 0 || ++this.unacked < this.ackEvery) return
    if (this.ackBytes + ACK_BYTES > this.acks.length) this.acks = Buffer.concat([this.acks, this.acks])
    writeAck(this.acks, this.ackBytes, this.deliveryTag, this.ackEvery > 1)
    this.ackBytes += ACK_BYTES
    this.unacked = 0
  }
}
