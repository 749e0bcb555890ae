/**
 * A look at what is in a queue, page by page, that leaves no trace and shows what a consumer would see: nothing is
 * delivered, counted, marked as redelivered, kept from expiring or woken up, and what is on the disk stays there. It knows
 * the entries and who is out; which channel holds an entry is asked of the channels, by position.
 *
 * Looks at a bounded number of entries, in batches between which everybody else has their turn: the page may show what is
 * settled by the time it is read.
 */
import { type BasicProperties, decodeProperties } from '../amqp/properties'
import { Message } from '../message'
import { walkThrough } from './delivery-order'
import type { Entries } from './entries'
import { Search } from './search'
import type { Segment } from './segment'
import { shown } from './shown'
import { type Batch, type EntryState, isThere, pause, stateOf, type WalkedQueue } from './walk'

/** Entries that one call looks at while it searches. */
const SCANNED_MAX = 10_000
/** Of copies of bodies in one page; one is always given. */
const PAGE_BYTES_MAX = 32 * 1024 * 1024

export interface BrowseRequest {
  readonly state?: EntryState | 'all'
  /** How many of those in this state come before the page, whether they match or not. */
  readonly offset?: number
  readonly limit: number
  /** Shows only those that have this in the routing key, a header or the body. */
  readonly search?: string
  /** How many octets of each body are wanted. */
  readonly truncate?: number
  /** How many entries are looked at, at most. */
  readonly scanMax?: number
}

export interface BrowsedEntry {
  /** Names the entry as long as it is in the queue; to be given to `move`. */
  readonly position: number
  readonly state: EntryState
  readonly redelivered: boolean
  readonly exchange: string
  readonly routingKey: string
  readonly properties: BasicProperties
  /** A copy of as much of the body as was asked for. */
  readonly body: Buffer
  readonly bodyBytes: number
  readonly persistent: boolean
}

export interface BrowsedPage {
  /** In the state that was asked for. */
  readonly total: number
  readonly offset: number
  readonly items: readonly BrowsedEntry[]
  /** The offset of the next page; undefined: this was the last one. */
  readonly nextOffset: number | undefined
  /** Entries that were looked at. */
  readonly scanned: number
}

export interface BrowsedQueue extends WalkedQueue {
  readonly messageCount: number
  readonly unacknowledgedCount: number
  readonly delayedCount: number
}

/** Reads a page of a queue's entries, in the order of delivery; what is out with consumers stands where it would return. */
export async function browse(queue: BrowsedQueue, request: BrowseRequest): Promise<BrowsedPage> {
  const { state = 'ready', offset = 0, limit, scanMax = SCANNED_MAX } = request
  const page = new Page(queue, request)
  const walk = walkThrough(queue, { state })
  walk.skip(offset)
  let batch: Batch | undefined
  while (page.items.length < limit && page.scanned < scanMax && !page.isFull) {
    if (batch !== undefined) await pause(queue)
    const wanted = request.search === undefined ? limit - page.items.length : scanMax - page.scanned
    batch = await walk.next(wanted)
    if (batch === undefined) break
    page.read(batch)
  }
  walk.end()
  const total = countOf(queue, state)
  const next = offset + page.scanned
  const hasMore = batch !== undefined && next < total
  const { items, scanned } = page
  return { total, offset, items, nextOffset: hasMore ? next : undefined, scanned }
}

function countOf(queue: BrowsedQueue, state: EntryState | 'all'): number {
  const { messageCount, unacknowledgedCount, delayedCount, ready } = queue
  if (state === 'ready') return queue.isDelaying === true ? 0 : messageCount
  if (state === 'delayed') return delayedCount
  return state === 'unacked' ? unacknowledgedCount : liveCount(ready)
}

function liveCount({ segments }: Entries): number {
  let count = 0
  for (const { live } of segments) count += live
  return count
}

class Page {
  readonly items: BrowsedEntry[] = []
  scanned = 0
  private bytes = 0
  private readonly search: Search | undefined
  private readonly view = new Message()

  constructor(
    private readonly queue: BrowsedQueue,
    private readonly request: BrowseRequest,
  ) {
    this.search = request.search === undefined ? undefined : new Search(request.search)
  }

  get isFull(): boolean {
    return this.bytes >= PAGE_BYTES_MAX
  }

  read({ segment, positions }: Batch): void {
    for (const position of positions) {
      if (this.items.length === this.request.limit || this.isFull) break
      this.scanned++
      this.look(segment ?? this.queue.ready.segmentAt(position), position)
    }
    this.view.letGo()
  }

  private look(segment: Segment, position: number): void {
    if (!isThere(segment, position)) return // settled since the batch was made
    const { view } = this
    segment.view(position - segment.first, view)
    view.readAddress()
    const message = shown(view)
    if (this.search?.matches(message) === false) return
    const entry = this.show(message, segment, position)
    this.items.push(entry)
    this.bytes += entry.body.length
  }

  private show(message: Message, segment: Segment, position: number): BrowsedEntry {
    const { queue } = this
    const { exchange, routingKey, persistent, bodyBytes, bodyStart, bodyEnd, bodyLength } = message
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    // A copy: texts in headers are views.
    const properties = Buffer.from(propertiesBytes.subarray(propertiesStart, propertiesEnd))
    const end = Math.min(bodyEnd, bodyStart + (this.request.truncate ?? bodyLength))
    return {
      position,
      state: stateOf(queue, segment, position),
      redelivered: segment.isRedelivered(position - segment.first),
      exchange,
      routingKey,
      properties: decodeProperties(properties, 0, properties.length),
      body: Buffer.from(bodyBytes.subarray(bodyStart, end)),
      bodyBytes: bodyLength,
      persistent,
    }
  }
}
