/**
 * What one queue did since the last batch was written: entries that came, entries that went. An entry that came and
 * went in the same batch is struck out here and never reaches the disk. Refers to the records where they lie; they are
 * copied once, when the batch is written.
 */
import type { EntrySource } from '../message-store'
import {
  ENTRY_BYTES,
  FROM_BYTES,
  MARKS_BYTES,
  Operation,
  POSITION_BYTES,
  REMOVE_BYTES,
  RUN_HEADER_BYTES,
  SETTLED_HEADER_BYTES,
  SHARE_BYTES,
} from './encoding'

const FIRST_CAPACITY = 64

/** Runs are cut here, so that reading a part of a queue back reads little else. */
const RUN_RECORD_BYTES_MAX = 256 * 1024

/** A run reaches over at most so many positions: a segment has a place for each. */
const RUN_SPAN_MAX = 4096

/** From here on a record is looked for in other queues: those that share it keep it in a buffer of its own anyway. */
const LARGE_RECORD_BYTES = 32 * 1024

// In place of where a record starts.
const STRUCK_OUT = -1
const SHARED = -2

export class QueueBatch {
  isRemoved = false
  /** Everything from here on that an earlier batch wrote is settled. */
  private settledFrom = Number.POSITIVE_INFINITY
  private count = 0
  private live = 0
  private recordBytes = 0
  private large = 0
  private sharedCount = 0
  // A hundred thousand queues of which few get messages are to cost nothing here.
  private positions = new Float64Array(0)
  private starts = new Int32Array(0)
  private ends = new Int32Array(0)
  private properties = new Uint32Array(0)
  private readonly records: Buffer[] = []
  private readonly settled: number[] = []
  /** Of the entries whose record other queues have, too: its number in the batch. */
  private readonly shareNumbers: number[] = []

  constructor(
    readonly queueId: number,
    readonly source: EntrySource,
  ) {}

  /** `propertiesWord`: how many bytes they have, and its marks in multiples of `MARK`. */
  append(position: number, record: Buffer, start: number, end: number, propertiesWord: number): void {
    const at = this.count
    if (at === this.positions.length) this.grow()
    this.positions[at] = position
    this.starts[at] = start
    this.ends[at] = end
    this.properties[at] = propertiesWord
    this.records[at] = record
    this.count = at + 1
    this.live++
    this.recordBytes += end - start
    if (end - start >= LARGE_RECORD_BYTES) this.large++
  }

  /** Whether there were any, which may be settled by now. */
  get hasLargeRecords(): boolean {
    return this.large > 0
  }

  eachLargeRecord(see: (record: Buffer) => void): void {
    for (let at = 0; at < this.count; at++) if (this.isLarge(at)) see(this.records[at]!)
  }

  /** Those among the records are not written with this queue, but their numbers. They must be written before. */
  share(numbers: ReadonlyMap<Buffer, number>): void {
    for (let at = 0; at < this.count; at++) {
      const number = this.isLarge(at) ? numbers.get(this.records[at]!) : undefined
      if (number === undefined) continue
      this.recordBytes -= this.ends[at]!
      this.live--
      this.sharedCount++
      this.starts[at] = SHARED
      this.shareNumbers[at] = number
    }
  }

  settle(position: number): void {
    const at = this.find(position)
    if (at === -1) {
      this.settled.push(position)
      return
    }
    this.live--
    this.recordBytes -= this.ends[at]! - this.starts[at]!
    this.starts[at] = STRUCK_OUT
  }

  /** All entries from a position on: those of this batch are struck out, those before it are settled on disk. */
  settleFrom(position: number): void {
    for (let at = this.count - 1; at >= 0 && this.positions[at]! >= position; at--) {
      if (this.starts[at] !== STRUCK_OUT) this.settle(this.positions[at]!)
    }
    this.settledFrom = Math.min(this.settledFrom, position)
  }

  remove(): void {
    this.clear()
    this.isRemoved = true
  }

  /** At most this many bytes are written by `write`. */
  get byteLengthMax(): number {
    if (this.isRemoved) return REMOVE_BYTES
    const span = this.count === 0 ? 0 : this.positions[this.count - 1]! - this.positions[0]!
    const runs = 2 + Math.min(this.live, span / RUN_SPAN_MAX + this.recordBytes / RUN_RECORD_BYTES_MAX)
    return (
      Math.ceil(runs) * RUN_HEADER_BYTES +
      this.live * ENTRY_BYTES +
      this.sharedCount * (SHARE_BYTES + RUN_HEADER_BYTES) +
      this.recordBytes +
      FROM_BYTES +
      MARKS_BYTES +
      SETTLED_HEADER_BYTES +
      this.settled.length * POSITION_BYTES
    )
  }

  /** Writes the operations at an offset, forgets them, and returns the offset behind them. */
  write(into: Buffer, at: number): number {
    if (this.isRemoved) {
      at = into.writeUInt32LE(Operation.remove, at)
      return into.writeUInt32LE(this.queueId, at)
    }
    at = this.writeSettledFrom(into, at)
    at = this.writeRuns(into, at)
    at = this.writeMarks(into, at)
    this.clear()
    return at
  }

  private writeSettledFrom(into: Buffer, at: number): number {
    if (this.settledFrom === Number.POSITIVE_INFINITY) return at
    at = into.writeUInt32LE(Operation.from, at)
    at = into.writeUInt32LE(this.queueId, at)
    return into.writeDoubleLE(this.settledFrom, at)
  }

  private writeRuns(into: Buffer, at: number): number {
    let from = 0
    while (from < this.count) {
      if (this.starts[from] === SHARED) at = this.writeShare(into, at, from++)
      const to = this.runEnd(from)
      if (this.liveIn(from, to) > 0) at = this.writeRun(into, at, from, to)
      from = to
    }
    return at
  }

  private runEnd(from: number): number {
    let bytes = 0
    let to = from
    while (to < this.count && this.positions[to]! - this.positions[from]! < RUN_SPAN_MAX) {
      if (this.starts[to] === SHARED) break
      if (this.starts[to] !== STRUCK_OUT) bytes += this.ends[to]! - this.starts[to]!
      to++
      if (bytes >= RUN_RECORD_BYTES_MAX) break
    }
    return to
  }

  private liveIn(from: number, to: number): number {
    let live = 0
    for (let at = from; at < to; at++) if (this.starts[at] !== STRUCK_OUT) live++
    return live
  }

  private writeRun(into: Buffer, at: number, from: number, to: number): number {
    const header = at
    const live = this.liveIn(from, to)
    const data = at + RUN_HEADER_BYTES
    let entry = data
    let record = entry + live * ENTRY_BYTES
    let first = -1
    let last = -1
    for (let i = from; i < to; i++) {
      const start = this.starts[i]!
      if (start === STRUCK_OUT) continue
      const end = this.ends[i]!
      last = this.positions[i]!
      if (first === -1) first = last
      entry = into.writeUInt32LE(last - first, entry)
      entry = into.writeUInt32LE(end - start, entry)
      entry = into.writeUInt32LE(this.properties[i]!, entry)
      this.records[i]!.copy(into, record, start, end)
      record += end - start
    }
    at = into.writeUInt32LE(Operation.run, header)
    at = into.writeUInt32LE(this.queueId, at)
    at = into.writeUInt32LE(live, at)
    at = into.writeUInt32LE(record - data, at)
    at = into.writeDoubleLE(first, at)
    into.writeDoubleLE(last, at)
    return record
  }

  private writeShare(into: Buffer, at: number, index: number): number {
    at = into.writeUInt32LE(Operation.share, at)
    at = into.writeUInt32LE(this.queueId, at)
    at = into.writeUInt32LE(this.shareNumbers[index]!, at)
    at = into.writeUInt32LE(this.ends[index]!, at)
    at = into.writeUInt32LE(this.properties[index]!, at)
    return into.writeDoubleLE(this.positions[index]!, at)
  }

  /** All of a buffer: what several queues can have. */
  private isLarge(at: number): boolean {
    const end = this.ends[at]!
    return this.starts[at] === 0 && end >= LARGE_RECORD_BYTES && end === this.records[at]!.length
  }

  private writeMarks(into: Buffer, at: number): number {
    const { head, delivered } = this.source
    at = into.writeUInt32LE(Operation.marks, at)
    at = into.writeUInt32LE(this.queueId, at)
    at = into.writeDoubleLE(head, at)
    at = into.writeDoubleLE(delivered, at)
    // What is behind `settledFrom` went with its run, and would be held against another.
    const end = this.settledFrom
    const outOfOrder = this.settled.filter(position => position >= head && position < end)
    if (outOfOrder.length === 0) return at
    at = into.writeUInt32LE(Operation.settled, at)
    at = into.writeUInt32LE(this.queueId, at)
    at = into.writeUInt32LE(outOfOrder.length, at)
    for (const position of outOfOrder) at = into.writeDoubleLE(position, at)
    return at
  }

  private clear(): void {
    this.count = this.live = this.recordBytes = this.large = this.sharedCount = 0
    this.records.length = 0
    this.shareNumbers.length = 0
    this.settled.length = 0
    this.settledFrom = Number.POSITIVE_INFINITY
  }

  /** Positions only grow, so a position's place is at most its distance from the first. */
  private find(position: number): number {
    let low = 0
    let high = Math.min(this.count - 1, position - this.positions[0]!)
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = this.positions[middle]!
      if (found === position) return middle
      if (found < position) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  private grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, this.positions.length * 2)
    this.positions = extended(this.positions, new Float64Array(capacity))
    this.starts = extended(this.starts, new Int32Array(capacity))
    this.ends = extended(this.ends, new Int32Array(capacity))
    this.properties = extended(this.properties, new Uint32Array(capacity))
  }
}

function extended<A extends Float64Array | Int32Array | Uint32Array>(old: A, grown: A): A {
  grown.set(old)
  return grown
}
