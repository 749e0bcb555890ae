/**
 * Messages and definitions in SQLite. Batching emerges: while one batch commits, the next gathers, and everything that
 * came meanwhile shares its fsync. The ticket is the number of the gathering batch.
 */
import type { Turn, TurnWork } from '../../turn'
import type { DefinitionChange, DefinitionStore } from '../definition-store'
import type { CommitTicket, EntrySource, MessageStore, StoredEntry } from '../message-store'
import { entriesIn } from './batch-reader'
import type { Disk } from './disk'
import { END_BYTES, Operation } from './encoding'
import { QueueBatch } from './queue-batch'

const FIRST_BUFFER_BYTES = 256 * 1024

export class SqliteStore implements MessageStore, DefinitionStore, TurnWork {
  readonly canLoad = true
  committed: CommitTicket = 0
  private gathering: CommitTicket = 1
  private isCommitting = false
  private marked = false
  private readonly queues = new Map<number, QueueBatch>()
  private dirty = new Set<QueueBatch>()
  private definitions: DefinitionChange[] = []
  private readonly listeners: ((committed: CommitTicket) => void)[] = []

  constructor(
    private readonly turn: Turn,
    private readonly disk: Disk,
  ) {}

  onCommitted(listener: (committed: CommitTicket) => void): void {
    this.listeners.push(listener)
  }

  openQueue(queueId: number, source: EntrySource): void {
    this.queues.set(queueId, new QueueBatch(queueId, source))
  }

  append(
    queueId: number,
    position: number,
    record: Buffer,
    start: number,
    end: number,
    propertiesBytes: number,
  ): CommitTicket {
    const queue = this.touch(queueId)
    queue.append(position, record, start, end, propertiesBytes)
    return this.gathering
  }

  settle(queueId: number, position: number): CommitTicket {
    this.touch(queueId).settle(position)
    return this.gathering
  }

  settleFrom(queueId: number, position: number): CommitTicket {
    this.touch(queueId).settleFrom(position)
    return this.gathering
  }

  markDelivered(queueId: number): CommitTicket {
    this.touch(queueId)
    return this.gathering
  }

  removeQueue(queueId: number): CommitTicket {
    this.touch(queueId).remove()
    this.queues.delete(queueId)
    return this.gathering
  }

  change(change: DefinitionChange): CommitTicket {
    this.definitions.push(change)
    this.mark()
    return this.gathering
  }

  load(
    queueId: number,
    first: number,
    last: number,
    loaded: (entries: readonly StoredEntry[]) => void,
  ): void {
    this.disk.load(queueId, first, last, entries => loaded(entriesIn(entries, first, last)))
  }

  /** The commit phase of a turn: what gathered leaves, unless a batch is still on its way. */
  runTurn(): void {
    this.marked = false
    if (this.isCommitting || (this.dirty.size === 0 && this.definitions.length === 0)) return
    this.isCommitting = true
    const ticket = this.gathering++
    const { definitions } = this
    this.definitions = []
    this.disk.commit({ operations: this.encode(), definitions }, () => this.done(ticket))
  }

  /** Resolves when everything that was asked for is kept. */
  async drain(): Promise<void> {
    while (this.isCommitting || this.dirty.size > 0 || this.definitions.length > 0) {
      await new Promise<void>(resolve => {
        const waiting = (): void => {
          this.listeners.splice(this.listeners.indexOf(waiting), 1)
          resolve()
        }
        this.listeners.push(waiting)
        this.mark()
      })
    }
  }

  private done(ticket: CommitTicket): void {
    this.isCommitting = false
    this.committed = ticket
    for (const listener of [...this.listeners]) listener(ticket)
    if (this.dirty.size > 0 || this.definitions.length > 0) this.mark()
  }

  private encode(): Uint8Array {
    const queues = this.dirty
    this.dirty = new Set()
    let bytes = END_BYTES
    for (const queue of queues) bytes += queue.byteLengthMax
    const buffer = Buffer.allocUnsafeSlow(Math.max(bytes, FIRST_BUFFER_BYTES))
    let at = 0
    for (const queue of queues) at = queue.write(buffer, at)
    at = buffer.writeUInt32LE(Operation.end, at)
    return buffer.subarray(0, at)
  }

  private touch(queueId: number): QueueBatch {
    const queue = this.queues.get(queueId)
    if (queue === undefined) throw new Error(`queue ${queueId} was not opened`)
    this.dirty.add(queue)
    this.mark()
    return queue
  }

  private mark(): void {
    if (this.marked || this.isCommitting) return
    this.marked = true
    this.turn.commit(this)
  }
}
