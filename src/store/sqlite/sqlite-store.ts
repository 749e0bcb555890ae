/**
 * Messages and definitions in SQLite. Batching emerges: while one batch commits, the next gathers, and everything that
 * came meanwhile shares its fsync. The ticket is the number of the gathering batch.
 */
import { Ring } from '../../structures/ring'
import type { Turn, TurnWork } from '../../turn'
import type { DefinitionChange, DefinitionStore } from '../definition-store'
import type { CommitTicket, EntrySource, MessageStore, SpilledPart, StoredEntry } from '../message-store'
import type { Disk } from './disk'
import { END_BYTES, MARK, Operation } from './encoding'
import { entriesIn } from './entry-reader'
import { QueueBatch } from './queue-batch'
import { SharedRecords } from './shared-records'

/** More than this waiting to be written: publishers wait, too. */
const PENDING_BYTES_MAX = 32 * 1024 * 1024

/** What a change of the definitions takes until it is written, more or less: a message may bring one. */
const CHANGE_BYTES = 512

/** The disk reads the next while we look at one. Of five thousand queues that want a segment at once the others wait in line. */
const LOADS_AT_ONCE = 8

export class SqliteStore implements MessageStore, DefinitionStore, TurnWork {
  readonly canLoad = true
  committed: CommitTicket = 0
  private gathering: CommitTicket = 1
  /** Bytes that wait to be written: gathered, on their way, and spilled ones on theirs. */
  private pendingBytes = 0
  private gatheredBytes = 0
  private committingBytes = 0
  private readonly behind = new Set<TurnWork>()
  private isCommitting = false
  private marked = false
  private readonly queues = new Map<number, QueueBatch>()
  private dirty = new Set<QueueBatch>()
  private definitions: DefinitionChange[] = []
  private readonly listeners: ((committed: CommitTicket) => void)[] = []
  private readonly loads = new Ring<() => void>()
  private loadsUnderWay = 0

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
    marks = 0,
  ): CommitTicket {
    const queue = this.touch(queueId)
    queue.append(position, record, start, end, propertiesBytes + marks * MARK)
    this.gatheredBytes += end - start
    this.pendingBytes += end - start
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
    this.gatheredBytes += CHANGE_BYTES
    this.pendingBytes += CHANGE_BYTES
    this.mark()
    return this.gathering
  }

  load(
    queueId: number,
    first: number,
    last: number,
    loaded: (entries: readonly StoredEntry[]) => void,
  ): void {
    this.loads.push(() =>
      this.disk.load(queueId, first, last, entries => {
        this.loadsUnderWay--
        this.loadNext()
        loaded(entriesIn(entries, first, last))
      }),
    )
    this.loadNext()
  }

  damaged(queueId: number): void {
    this.disk.damaged?.(`the database is damaged: what it holds of queue ${queueId} is no message`)
  }

  get isBehind(): boolean {
    return this.pendingBytes > PENDING_BYTES_MAX
  }

  whenCaughtUp(work: TurnWork): void {
    if (this.isBehind) this.behind.add(work)
    else this.turn.answer(work)
  }

  spill(queueId: number, first: number, part: SpilledPart): void {
    const bytes = part.entries.byteLength + part.records.byteLength
    this.pendingBytes += bytes
    this.disk.spill(queueId, first, part, () => this.wrote(bytes))
  }

  unspill(queueId: number, first: number, back: (part: SpilledPart) => void): void {
    this.disk.unspill(queueId, first, back)
  }

  readSpilled(queueId: number, first: number, seen: (part: SpilledPart | undefined) => void): void {
    this.disk.readSpilled(queueId, first, seen)
  }

  dropSpilled(queueId: number, from: number): void {
    this.disk.dropSpilled(queueId, from)
  }

  /** The commit phase of a turn: what gathered leaves, unless a batch is still on its way. */
  runTurn(): void {
    this.marked = false
    if (this.isCommitting || (this.dirty.size === 0 && this.definitions.length === 0)) return
    this.isCommitting = true
    const ticket = this.gathering++
    const { definitions } = this
    this.definitions = []
    this.committingBytes = this.gatheredBytes
    this.gatheredBytes = 0
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

  private loadNext(): void {
    for (; this.loadsUnderWay < LOADS_AT_ONCE && this.loads.length > 0; this.loadsUnderWay++)
      this.loads.shift()!()
  }

  private done(ticket: CommitTicket): void {
    this.isCommitting = false
    this.committed = ticket
    this.wrote(this.committingBytes)
    for (const listener of [...this.listeners]) listener(ticket)
    if (this.dirty.size > 0 || this.definitions.length > 0) this.mark()
  }

  private wrote(bytes: number): void {
    this.pendingBytes -= bytes
    if (this.behind.size === 0 || this.pendingBytes > PENDING_BYTES_MAX / 2) return
    for (const work of this.behind) this.turn.answer(work)
    this.behind.clear()
  }

  private encode(): Uint8Array {
    const queues = this.dirty
    this.dirty = new Set()
    const shared = SharedRecords.of(queues)
    let bytes = shared.byteLength + END_BYTES
    for (const queue of queues) bytes += queue.byteLengthMax
    const { room } = this.disk
    const buffer = bytes <= room.length ? room : Buffer.allocUnsafeSlow(bytes)
    let at = shared.write(buffer, 0)
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
