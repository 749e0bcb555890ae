/**
 * The message store of a broker that keeps nothing on disk. The queues' own memory is all there is to keep, so
 * it only runs the durability clock: a batch gathers during a turn and commits in the turn's commit phase, and
 * whoever waits for a ticket waits here as long as for a disk that needs no time.
 */
import type { Turn, TurnWork } from '../turn'
import type { CommitTicket, MessageStore } from './message-store'

export class MemoryStore implements MessageStore, TurnWork {
  committed: CommitTicket = 0
  private gathering: CommitTicket = 1
  private marked = false
  private readonly listeners: ((committed: CommitTicket) => void)[] = []

  constructor(private readonly turn: Turn) {}

  onCommitted(listener: (committed: CommitTicket) => void): void {
    this.listeners.push(listener)
  }

  append(): CommitTicket {
    return this.join()
  }

  settle(): CommitTicket {
    return this.join()
  }

  markRedelivered(): CommitTicket {
    return this.join()
  }

  removeQueue(): CommitTicket {
    return this.join()
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
