/** Persistent messages of durable queues, as bytes by position: what a broker's disk would hold of them. Knows no AMQP. */
import type { QueueRecord, StoredQueue } from '../../store/definition-store'
import type { EntrySource, StoredEntry } from '../../store/message-store'

export type KeptEntry = Omit<StoredEntry, 'position'>

interface KeptQueue {
  head: number
  delivered: number
  /** The lowest position first: positions only grow. */
  readonly entries: Map<number, KeptEntry>
}

export class KeptEntries {
  private readonly queues = new Map<number, KeptQueue>()

  put(queueId: number, position: number, entry: KeptEntry): void {
    this.queue(queueId).entries.set(position, entry)
  }

  settle(queueId: number, position: number): void {
    this.queue(queueId).entries.delete(position)
  }

  settleFrom(queueId: number, from: number): void {
    const { entries } = this.queue(queueId)
    for (const position of entries.keys()) if (position >= from) entries.delete(position)
  }

  mark(queueId: number, { head, delivered }: EntrySource): void {
    const queue = this.queue(queueId)
    queue.head = head
    queue.delivered = delivered
  }

  remove(queueId: number): void {
    this.queues.delete(queueId)
  }

  /** Of queues that are gone with their virtual host: their numbers will be given to others. */
  retain(queueIds: ReadonlySet<number>): void {
    for (const id of this.queues.keys()) if (!queueIds.has(id)) this.queues.delete(id)
  }

  /** `afterCrash`: nobody knows what was delivered, so everything may have been, as with RabbitMQ. */
  stored({ id }: QueueRecord, afterCrash: boolean): Omit<StoredQueue, keyof QueueRecord | 'keys'> {
    const { head, delivered, entries } = this.queue(id)
    const runs = [...entries].map(([position, { start, end }]) => ({
      first: position,
      last: position,
      count: 1,
      bytes: end - start,
    }))
    const behindLast = (runs.at(-1)?.last ?? -1) + 1
    const isNews = afterCrash && delivered < behindLast
    return isNews
      ? { head, delivered: behindLast, isDeliveredNews: true, runs, settled: [] }
      : { head, delivered, runs, settled: [] }
  }

  read(queueId: number, first: number, last: number): StoredEntry[] {
    const found: StoredEntry[] = []
    for (const [position, entry] of this.queue(queueId).entries)
      if (position >= first && position <= last) found.push({ position, ...entry })
    return found
  }

  private queue(queueId: number): KeptQueue {
    let queue = this.queues.get(queueId)
    if (queue === undefined) {
      queue = { head: 0, delivered: 0, entries: new Map() }
      this.queues.set(queueId, queue)
    }
    return queue
  }
}
