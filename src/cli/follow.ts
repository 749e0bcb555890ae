/**
 * What comes into a queue, seen from outside: pages of its messages are looked at again and again, from the end back to
 * the last message known. Positions only grow, and a requeued message keeps its own, so one that was shown is not shown
 * again. What comes and is settled between two looks is not seen, nor in a priority queue what goes in front of others.
 */
import { type ApiClient, pathOf, type Query } from './api-client'
import { fieldOf, type JsonObject, numberField, objectsIn } from './json'

const WINDOW = 100
/** How far one look goes back: a priority queue is in another order, and would be read to its head each time. */
const WINDOW_MAX = 12_800

export class Follower {
  private known = -1
  private total = 0

  constructor(
    private readonly api: ApiClient,
    private readonly vhost: string,
    private readonly queue: string,
    private readonly query: Query,
  ) {}

  /** The last `count` of what is there; what comes later is new. */
  async start(count: number): Promise<readonly JsonObject[]> {
    this.total = numberField(await this.page(0, 1), 'total')
    const items = await this.from(Math.max(0, this.total - Math.max(count, 1)))
    this.note(items)
    return count === 0 ? [] : items.slice(-count)
  }

  /** What is new since the last look, oldest first. */
  async next(): Promise<readonly JsonObject[]> {
    let window = WINDOW
    let start = Math.max(0, this.total - window)
    let items = await this.from(start)
    while (start > 0 && window < WINDOW_MAX && this.positionOf(items[0]) > this.known) {
      window *= 2
      start = Math.max(0, this.total - window)
      items = await this.from(start)
    }
    const fresh = items.filter(item => this.positionOf(item) > this.known)
    this.note(fresh)
    return fresh
  }

  /** All from an offset on. */
  private async from(start: number): Promise<JsonObject[]> {
    const items: JsonObject[] = []
    let offset: number | undefined = start
    while (offset !== undefined) {
      const page: JsonObject = await this.page(offset, WINDOW * 2)
      items.push(...objectsIn(page['items']))
      this.total = numberField(page, 'total')
      const next = fieldOf(page, 'next_offset')
      offset = typeof next === 'number' && next > offset ? next : undefined
    }
    return items.sort((a, b) => this.positionOf(a) - this.positionOf(b))
  }

  private async page(offset: number, limit: number): Promise<JsonObject> {
    return await this.api.getObject(pathOf('queues', this.vhost, this.queue, 'messages'), {
      ...this.query,
      state: 'all',
      offset,
      limit,
    })
  }

  private note(items: readonly JsonObject[]): void {
    for (const item of items) this.known = Math.max(this.known, this.positionOf(item))
  }

  /** Of nothing at all it is one that is new: the window lies behind the end, and must be moved back. */
  private positionOf(item: JsonObject | undefined): number {
    return item === undefined ? Number.POSITIVE_INFINITY : numberField(item, 'position')
  }
}
