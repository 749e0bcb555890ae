/**
 * The store of a test broker: memory that outlives the broker, in the place of a disk. A batch gathers during a turn and is
 * kept in the turn's commit phase, as with a disk that needs no time; what is gathered when the broker crashes is lost.
 * Each life of the broker has a store of its own over the same `Kept`.
 */
import type { Clock } from '../../clock'
import type { DefinitionChange, DefinitionStore } from '../../store/definition-store'
import {
  type CommitTicket,
  type EntrySource,
  type MessageStore,
  NOTHING_TO_WAIT_FOR,
  type SpilledPart,
  type StoredEntry,
} from '../../store/message-store'
import type { OpenStore } from '../../store/open-store'
import type { Turn, TurnWork } from '../../turn'
import { KeptDefinitions } from './kept-definitions'
import { KeptEntries, type KeptEntry } from './kept-entries'

/** What outlives the broker. */
export class Kept {
  readonly definitions = new KeptDefinitions()
  readonly entries = new KeptEntries()
  /** How the last life ended. */
  wasCrash = false
  private hasLived = false

  open(turn: Turn, clock: Clock): { readonly opened: OpenStore; readonly store: SurvivingStore } {
    const stored = this.definitions.stored(queue => this.entries.stored(queue, this.wasCrash))
    this.entries.retain(new Set(stored.queues.map(({ id }) => id)))
    const store = new SurvivingStore(this, turn, clock, this.hasLived)
    this.hasLived = true
    this.wasCrash = false
    const close = async (): Promise<void> => store.runTurn()
    const understood = <Result>(run: () => Result): Result => run()
    return { store, opened: { store, stored, understood, onStalled: () => {}, close } }
  }
}

/** What one queue did since the last commit. */
class Batch {
  isRemoved = false
  /** Everything from here on that an earlier batch kept is settled. */
  settledFrom = Number.POSITIVE_INFINITY
  /** The bytes are still the queue's. */
  readonly appended = new Map<number, Omit<KeptEntry, 'writtenAt'>>()
  readonly settled: number[] = []

  settleFrom(from: number): void {
    for (const position of this.appended.keys()) if (position >= from) this.appended.delete(position)
    this.settledFrom = Math.min(this.settledFrom, from)
  }
}

export class SurvivingStore implements MessageStore, DefinitionStore, TurnWork {
  readonly isBehind = false
  committed: CommitTicket = 0
  private gathering: CommitTicket = 1
  private marked = false
  private isCut = false
  private readonly sources = new Map<number, EntrySource>()
  private batches = new Map<number, Batch>()
  private readonly spilled = new Map<number, Map<number, SpilledPart>>()
  private readonly listeners: ((committed: CommitTicket) => void)[] = []

  constructor(
    private readonly kept: Kept,
    private readonly turn: Turn,
    private readonly clock: Clock,
    /** Queues must read what they held before; those of a first life have it all in memory. */
    readonly canLoad: boolean,
  ) {}

  /** As when the process is killed: what gathers is lost, and nothing is kept from now on. */
  cut(): void {
    this.isCut = true
    this.kept.wasCrash = true
    this.batches.clear()
  }

  onCommitted(listener: (committed: CommitTicket) => void): void {
    this.listeners.push(listener)
  }

  openQueue(queueId: number, source: EntrySource): void {
    this.sources.set(queueId, source)
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
    this.batch(queueId).appended.set(position, { record, start, end, propertiesBytes, marks })
    return this.gathering
  }

  settle(queueId: number, position: number): CommitTicket {
    const batch = this.batch(queueId)
    if (!batch.appended.delete(position)) batch.settled.push(position)
    return this.gathering
  }

  settleFrom(queueId: number, position: number): CommitTicket {
    this.batch(queueId).settleFrom(position)
    return this.gathering
  }

  markDelivered(queueId: number): CommitTicket {
    this.batch(queueId)
    return this.gathering
  }

  removeQueue(queueId: number): CommitTicket {
    this.batch(queueId).isRemoved = true
    return this.gathering
  }

  /** Kept at once, so there is nothing to wait for. */
  change(change: DefinitionChange): CommitTicket {
    if (!this.isCut) this.kept.definitions.change(change)
    return NOTHING_TO_WAIT_FOR
  }

  load(
    queueId: number,
    first: number,
    last: number,
    loaded: (entries: readonly StoredEntry[]) => void,
  ): void {
    this.later(() => loaded(this.sources.has(queueId) ? this.kept.entries.read(queueId, first, last) : []))
  }

  spill(queueId: number, first: number, part: SpilledPart): void {
    let parts = this.spilled.get(queueId)
    if (parts === undefined) {
      parts = new Map()
      this.spilled.set(queueId, parts)
    }
    parts.set(first, part)
  }

  unspill(queueId: number, first: number, back: (part: SpilledPart) => void): void {
    this.later(() => {
      const parts = this.spilled.get(queueId)
      const part = parts?.get(first)
      parts?.delete(first)
      if (part !== undefined) back(part)
    })
  }

  readSpilled(queueId: number, first: number, seen: (part: SpilledPart | undefined) => void): void {
    this.later(() => seen(structuredClone(this.spilled.get(queueId)?.get(first))))
  }

  dropSpilled(queueId: number, from: number): void {
    const parts = this.spilled.get(queueId)
    for (const first of parts?.keys() ?? []) if (first >= from) parts?.delete(first)
  }

  whenCaughtUp(work: TurnWork): void {
    this.turn.answer(work)
  }

  /** The commit phase of a turn. */
  runTurn(): void {
    this.marked = false
    if (this.isCut) return
    const { batches } = this
    this.batches = new Map()
    for (const [queueId, batch] of batches) this.keep(queueId, batch)
    this.committed = this.gathering++
    for (const listener of [...this.listeners]) listener(this.committed)
  }

  private keep(queueId: number, { isRemoved, settledFrom, appended, settled }: Batch): void {
    const { entries } = this.kept
    if (isRemoved) {
      this.sources.delete(queueId)
      entries.remove(queueId)
      return
    }
    if (settledFrom !== Number.POSITIVE_INFINITY) entries.settleFrom(queueId, settledFrom)
    for (const position of settled) entries.settle(queueId, position)
    const writtenAt = this.clock.now()
    for (const [position, { record, start, end, ...rest }] of appended) {
      const copy = Buffer.from(record.subarray(start, end))
      entries.put(queueId, position, { ...rest, record: copy, start: 0, end: copy.length, writtenAt })
    }
    const source = this.sources.get(queueId)
    if (source !== undefined) entries.mark(queueId, source)
  }

  private batch(queueId: number): Batch {
    let batch = this.batches.get(queueId)
    if (batch === undefined) {
      batch = new Batch()
      this.batches.set(queueId, batch)
    }
    if (!this.marked) {
      this.marked = true
      this.turn.commit(this)
    }
    return batch
  }

  private later(run: () => void): void {
    this.turn.readOn({ runTurn: run })
  }
}
