/** Who waits for a commit: woken once after the next one, and to ask again when it was not yet theirs. */
import type { Turn, TurnWork } from '../turn'
import type { MessageStore } from './message-store'

export class CommitWaiters {
  private waiting = new Set<TurnWork>()

  constructor(
    store: MessageStore,
    private readonly turn: Turn,
  ) {
    store.onCommitted(() => this.wakeAll())
  }

  /** Runs the work in the answer phase after the next commit. */
  wake(work: TurnWork): void {
    this.waiting.add(work)
  }

  private wakeAll(): void {
    if (this.waiting.size === 0) return
    const woken = this.waiting
    this.waiting = new Set()
    for (const work of woken) this.turn.answer(work)
  }
}
