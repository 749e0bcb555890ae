/**
 * A run of a queue's entries: their records one behind the other in a slab, and four numbers for each.
 *
 *   slab      │ record 0 │ record 1 │ record 2 │   free  …
 *   entries   [ start, address length and flags, properties length, body length ] × capacity
 *   deadlines [ when the entry expires ] × capacity         only when one of them ever does
 *
 * A backlog is a list of segments instead of millions of objects, and one copy serves memory and disk. Large
 * records keep a buffer of their own, shared between queues. Knows no queue: positions are given to it.
 */
import { addressBytesAt, type Message, recordOf, SHARED_RECORD_BYTES } from '../message'
import type { CommitTicket, SpilledPart, StoredEntry } from '../store/message-store'
import { copyBytes } from '../structures/copy-bytes'
import { Deadlines, deadlineOf, NO_DEADLINE, withDeadlines } from './deadlines'
import {
  ADDRESS_MASK,
  MARKS_MASK,
  MARKS_SHIFT,
  PERSISTENT,
  REDELIVERED,
  SETTLED,
  SHARED,
} from './entry-flags'
import type { TtlHistory } from './ttl-history'

const STRIDE = 4
const FIRST_CAPACITY = 16
export const SEGMENT_ENTRIES_MAX = 4096
const FIRST_SLAB_BYTES = 2048
export const SEGMENT_SLAB_BYTES = 256 * 1024
const SEGMENT_SHARED_BYTES = 1024 * 1024 // large records are not in the slab, but end a segment all the same

const NO_SLAB = Buffer.alloc(0)
const NO_ENTRIES = new Int32Array(0)

export class Segment {
  /** Entries that are not settled. */
  live = 0
  /** Of the bodies of those; before they were read back after a restart, of all that is kept of them. */
  liveBytes = 0
  count = 0
  /** Entries that are out, in lists that count them. */
  out = 0
  /** Entries that the store was given; all of them: the segment need not stay in memory. */
  kept = 0
  /** The last ticket the store gave for one of them. */
  ticket: CommitTicket = 0
  /** The entries are in the store only, or on their way back from there. */
  residence: 'memory' | 'store' | 'loading' = 'memory'
  /** What is in the store is the segment as it was, not only what had to be kept. */
  isSpilled = false
  private settledPrefix = 0
  private sharedBytes = 0
  private used = 0
  private slab = NO_SLAB
  private entries: Int32Array<ArrayBuffer> = NO_ENTRIES
  deadlines: Deadlines | undefined
  private shared: Map<number, Buffer> | undefined

  /** `first`: position of the segment's first entry. `slabBytes`: how large the slab begins, in bytes. */
  constructor(
    public first: number,
    private readonly firstSlabBytes = FIRST_SLAB_BYTES,
  ) {}

  /** A measure for the segment after this one. */
  get slabBytes(): number {
    return this.slab.length
  }
  /** What it takes in memory, about; other queues may share large records. */
  get memoryBytes(): number {
    return this.slab.length + this.entries.byteLength + this.sharedBytes
  }

  /** Position behind the last entry. */
  get end(): number {
    return this.first + this.count
  }

  /** Copies a message in. `deadline`: milliseconds since the epoch. False: no room, it belongs into the next segment. */
  append(message: Message, deadline = NO_DEADLINE): boolean {
    const addressLength = message.addressEnd - message.addressStart
    const propertiesLength = message.propertiesEnd - message.propertiesStart
    const bodyLength = message.bodyEnd - message.bodyStart
    const length = addressLength + propertiesLength + bodyLength
    const isShared = length >= SHARED_RECORD_BYTES
    if (this.count === SEGMENT_ENTRIES_MAX || this.sharedBytes >= SEGMENT_SHARED_BYTES) return false
    if (!isShared && this.used + length > this.slab.length && !this.growSlab(length)) return false
    const index = this.count
    const at = index * STRIDE
    if (at === this.entries.length) this.growEntries()
    const entries = this.entries
    entries[at] = isShared ? 0 : this.used
    const flags = (message.persistent ? PERSISTENT : 0) | (message.marks << MARKS_SHIFT)
    entries[at + 1] = addressLength | flags | (isShared ? SHARED : 0)
    entries[at + 2] = propertiesLength
    entries[at + 3] = bodyLength
    if (isShared) this.share(index, message)
    else this.copyIn(message)
    if (deadline !== NO_DEADLINE) this.setDeadline(index, deadline)
    this.count = index + 1
    this.live++
    this.liveBytes += bodyLength
    return true
  }

  /** Points `into` at an entry. Its strings are not read: see `Message.readAddress`. */
  view(index: number, into: Message): void {
    const at = index * STRIDE
    const entries = this.entries
    const word = entries[at + 1]!
    const record = (word & SHARED) !== 0 ? this.shared!.get(index)! : this.slab
    into.persistent = (word & PERSISTENT) !== 0
    into.marks = (word >>> MARKS_SHIFT) & MARKS_MASK
    into.record = (word & SHARED) !== 0 ? record : undefined
    into.viewRecord(record, entries[at]!, word & ADDRESS_MASK, entries[at + 2]!, entries[at + 3]!)
  }

  bodyLength(index: number): number {
    return this.entries[index * STRIDE + 3]!
  }

  /** When it expires, in milliseconds since the epoch, or `NO_DEADLINE`. */
  deadline(index: number): number {
    return this.deadlines === undefined ? NO_DEADLINE : this.deadlines.at(index)
  }

  /** Whether it has any of these flags. */
  has(index: number, flags: number): boolean {
    return (this.entries[index * STRIDE + 1]! & flags) !== 0
  }

  toggle(index: number, flags: number): void {
    this.entries[index * STRIDE + 1]! ^= flags
  }

  isPersistent(index: number): boolean {
    return (this.entries[index * STRIDE + 1]! & PERSISTENT) !== 0
  }

  isSettled(index: number): boolean {
    return (this.entries[index * STRIDE + 1]! & SETTLED) !== 0
  }

  isRedelivered(index: number): boolean {
    return (this.entries[index * STRIDE + 1]! & REDELIVERED) !== 0
  }

  markRedelivered(index: number): void {
    this.entries[index * STRIDE + 1]! |= REDELIVERED
  }

  settle(index: number): void {
    this.entries[index * STRIDE + 1]! |= SETTLED
    this.shared?.delete(index)
    this.live--
    this.liveBytes -= this.entries[index * STRIDE + 3]!
  }

  /** Position of the first entry that is not settled; `end` when all are. */
  get firstLive(): number {
    if (this.residence === 'memory')
      while (this.settledPrefix < this.count && this.isSettled(this.settledPrefix)) this.settledPrefix++
    return this.first + this.settledPrefix
  }

  /** Lets go of the memory; the entries can be had again from the store. What is settled by now stays so. */
  evict(): void {
    this.settledPrefix = this.firstLive - this.first
    this.residence = 'store'
    this.letGo()
  }

  /** Takes the entries back; those before `delivered` were delivered once, and what is not among them is settled. */
  fill(stored: readonly StoredEntry[], delivered: number, ttls: TtlHistory): void {
    let bytes = 0
    for (const { start, end } of stored) if (end - start < SHARED_RECORD_BYTES) bytes += end - start
    this.slab = Buffer.allocUnsafeSlow(bytes)
    this.entries = new Int32Array(this.count * STRIDE)
    for (let at = 1; at < this.entries.length; at += STRIDE) this.entries[at] = SETTLED
    this.used = 0
    for (const entry of stored) {
      this.fillIn(entry, entry.position < delivered)
      const deadline = deadlineOf(entry, ttls.at(entry.position))
      if (deadline !== NO_DEADLINE) this.setDeadline(entry.position - this.first, deadline)
    }
    this.live = stored.length
    this.liveBytes = 0
    for (let at = 3; at < this.entries.length; at += STRIDE) this.liveBytes += this.entries[at]!
    this.residence = 'memory'
  }

  /** Lets go of the memory by giving it away; `takeBack` makes the segment what it was. */
  giveAway(): SpilledPart {
    this.inlineShared()
    const entries = withDeadlines(this.entries.slice(0, this.count * STRIDE), this.deadlines, this.count)
    const part = { entries, records: this.slab.subarray(0, this.used) }
    this.isSpilled = true
    this.evict()
    return part
  }

  takeBack(part: SpilledPart): void {
    const { entries, records } = part
    const words = entries as Int32Array<ArrayBuffer>
    const end = this.count * STRIDE
    this.entries = words.subarray(0, end)
    this.deadlines = words.length === end ? undefined : Deadlines.fromWords(words.subarray(end))
    this.slab = Buffer.from(records.buffer as ArrayBuffer, records.byteOffset, records.byteLength)
    this.used = records.length
    this.isSpilled = false
    this.residence = 'memory'
  }

  /** Starts over at `first` with nothing in it, keeping its memory. */
  recycle(first: number): void {
    this.first = first
    this.count = this.used = this.live = this.liveBytes = this.kept = 0
    this.ticket = 0
    this.settledPrefix = this.sharedBytes = 0
    this.deadlines = this.shared = undefined
  }

  /** Copies large records into the slab, where everything else is. */
  private inlineShared(): void {
    if (this.shared === undefined) return
    const slab = Buffer.allocUnsafeSlow(this.used + this.sharedBytes)
    this.slab.copy(slab, 0, 0, this.used)
    for (const [index, record] of this.shared) {
      this.entries[index * STRIDE] = this.used
      this.entries[index * STRIDE + 1]! &= ~SHARED
      this.used += record.copy(slab, this.used)
    }
    this.slab = slab
    this.shared = undefined
  }

  private letGo(): void {
    this.slab = NO_SLAB
    this.entries = NO_ENTRIES
    this.deadlines = undefined
    this.shared = undefined
    this.sharedBytes = 0
  }

  private fillIn(stored: StoredEntry, isRedelivered: boolean): void {
    const { record, start, end, propertiesBytes, marks } = stored
    const flags = PERSISTENT | (isRedelivered ? REDELIVERED : 0) | (marks << MARKS_SHIFT)
    const at = (stored.position - this.first) * STRIDE
    const addressBytes = addressBytesAt(record, start)
    const isShared = end - start >= SHARED_RECORD_BYTES
    this.entries[at] = isShared ? 0 : this.used
    this.entries[at + 1] = addressBytes | flags | (isShared ? SHARED : 0)
    this.entries[at + 2] = propertiesBytes
    this.entries[at + 3] = end - start - addressBytes - propertiesBytes
    if (isShared) {
      this.shared ??= new Map()
      this.shared.set(stored.position - this.first, Buffer.from(record.subarray(start, end)))
      this.sharedBytes += end - start
    } else {
      record.copy(this.slab, this.used, start, end)
      this.used += end - start
    }
  }

  private copyIn(message: Message): void {
    const slab = this.slab
    let at = copyBytes(message.addressBytes, message.addressStart, message.addressEnd, slab, this.used)
    at = copyBytes(message.propertiesBytes, message.propertiesStart, message.propertiesEnd, slab, at)
    this.used = copyBytes(message.bodyBytes, message.bodyStart, message.bodyEnd, slab, at)
  }

  private setDeadline(index: number, deadline: number): void {
    this.deadlines ??= new Deadlines()
    this.deadlines.set(index, deadline, this.entries.length / STRIDE)
  }

  private share(index: number, message: Message): void {
    message.record ??= recordOf(message)
    this.shared ??= new Map()
    this.shared.set(index, message.record)
    this.sharedBytes += message.record.length
  }

  private growSlab(length: number): boolean {
    if (this.used > 0 && this.used + length > SEGMENT_SLAB_BYTES) return false
    const wanted = Math.max(this.firstSlabBytes, this.slab.length * 2, this.used + length)
    const grown = Buffer.allocUnsafeSlow(Math.min(wanted, SEGMENT_SLAB_BYTES))
    this.slab.copy(grown, 0, 0, this.used)
    this.slab = grown
    return true
  }

  private growEntries(): void {
    const wanted = Math.max(FIRST_CAPACITY * STRIDE, this.entries.length * 2)
    const grown = new Int32Array(Math.min(wanted, SEGMENT_ENTRIES_MAX * STRIDE))
    grown.set(this.entries)
    this.entries = grown
  }
}
