/**
 * The message store of a broker that keeps nothing on disk. The queues' own memory is all there is to keep, so
 * it only runs the durability clock: a batch gathers during a turn and commits in the turn's commit phase, and
 * whoever waits for a ticket waits here as long as for a disk that needs no time.
 */
import type { Turn, TurnWork } from '../turn'
import type { DefinitionStore } from './definition-store'
import { type CommitTicket, type MessageStore, NOTHING_TO_WAIT_FOR } from './message-store'

const NOTHING_TO_READ = 'nothing was kept outside the queues: `canLoad` is false'

export class MemoryStore implements MessageStore, DefinitionStore, TurnWork {
  readonly canLoad = false
  readonly isBehind = false
  committed: CommitTicket = 0
  private gathering: CommitTicket = 1
  private marked = false
  private readonly listeners: ((committed: CommitTicket) => void)[] = []

  constructor(private readonly turn: Turn) {}

  onCommitted(listener: (committed: CommitTicket) => void): void {
    this.listeners.push(listener)
  }

  openQueue(): void {}

  append(): CommitTicket {
    return this.join()
  }

  settle(): CommitTicket {
    return this.join()
  }

  settleFrom(): CommitTicket {
    return this.join()
  }

  markDelivered(): CommitTicket {
    return this.join()
  }

  removeQueue(): CommitTicket {
    return this.join()
  }

  /** The broker's own maps are all there is to keep. */
  change(): CommitTicket {
    return NOTHING_TO_WAIT_FOR
  }

  load(): never {
    throw new Error(NOTHING_TO_READ)
  }

  spill(): never {
    throw new Error(NOTHING_TO_READ)
  }

  unspill(): never {
    throw new Error(NOTHING_TO_READ)
  }

  readSpilled(): never {
    throw new Error(NOTHING_TO_READ)
  }

  dropSpilled(): void {}

  whenCaughtUp(work: TurnWork): void {
    this.turn.answer(work)
  }

  runTurn(): void {
    this.marked = false
    this.committed = this.gathering++
    for (const listener of this.listeners) listener(this.committed)
  }

  private join(): CommitTicket {
    if (!this.marked) {
      this.marked = true
      this.turn.commit(this)
    }
    return this.gathering
  }
}
