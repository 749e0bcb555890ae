/**
 * The books: every message that was ever published, by what clients sent and were told, independent of the broker. After
 * each restart the queues are held against them.
 */
import { Copy, type TransactionRecord } from './copy'
import { Figures } from './figures'
import { QueueLedger } from './queue-ledger'

/** A message on its way into one or more queues. */
export interface Publication {
  readonly id: number
  readonly persistent: boolean
  readonly bytes: number
  readonly copies: readonly Copy[]
}

const VIOLATIONS_MAX = 20

export class Ledger {
  /** How often the broker was started, about: grows with every restart. */
  life = 1
  readonly figures = new Figures()
  readonly violations: string[] = []
  private readonly queues = new Map<string, QueueLedger>()
  private lastId = 0

  queue(name: string): QueueLedger {
    let queue = this.queues.get(name)
    if (queue === undefined) {
      queue = new QueueLedger(name, this.figures, what => this.complain(what))
      this.queues.set(name, queue)
    }
    return queue
  }

  complain(what: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(what)
  }

  nextId(): number {
    return ++this.lastId
  }

  /** A message is about to be published to these queues. */
  publish(
    stream: string,
    queues: readonly string[],
    message: { readonly persistent: boolean; readonly bytes: number },
  ): Publication {
    return this.enter(this.nextId(), stream, queues, message, undefined)
  }

  /** A message is about to be published in a transaction. `enter` it when the commit is sent. */
  hold(queues: readonly string[]): number {
    const id = this.nextId()
    for (const queue of queues) this.queue(queue).held(id)
    return id
  }

  enter(
    id: number,
    stream: string,
    queues: readonly string[],
    { persistent, bytes }: { readonly persistent: boolean; readonly bytes: number },
    transaction: TransactionRecord | undefined,
  ): Publication {
    this.figures.published++
    const copies = queues.map(name => {
      const copy = new Copy(id, stream, persistent, bytes, this.life, transaction)
      this.queue(name).published(copy)
      return copy
    })
    return { id, persistent, bytes, copies }
  }

  /** basic.ack, or tx.commit-ok, for a publication. */
  confirmed({ copies }: Publication): void {
    this.figures.confirmed++
    for (const copy of copies) copy.isPromised = true
  }

  /** The broker answered something that came after these settlements: a restart can no longer undo them. */
  settledSafely(copies: readonly Copy[]): void {
    for (const copy of copies) {
      copy.gone = `it was settled in life ${copy.settledIn}, and that was kept`
      this.figures.settledSafely++
    }
  }

  /** The broker died. */
  restarted(): void {
    this.life++
    for (const queue of this.queues.values()) queue.restarted()
  }
}
