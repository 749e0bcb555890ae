/**
 * What is kept of the things that ever moved: their histories, and when they moved last. It hangs on the things themselves,
 * weakly, and goes when they go.
 */
import { History, type HistoryKind } from './history'

interface Kept {
  /** Any of its counts moves it. */
  mark: number
  movedSlot: number
  movedAt: number
  readonly history: History
  isForgotten: boolean
}

export class MovedThings {
  private readonly kept = new WeakMap<object, Kept>()

  /** Undefined: it never moved. */
  historyOf(thing: object): History | undefined {
    return this.kept.get(thing)?.history
  }

  /** When a sampling last found that it had moved, in milliseconds since the epoch. */
  movedAt(thing: object): number | undefined {
    return this.kept.get(thing)?.movedAt
  }

  /** Its history, if it moved since it was looked at last. `now`: milliseconds since the epoch. */
  moved(thing: object, mark: number, kind: HistoryKind, slot: number, now: number): History | undefined {
    if (mark === 0) return undefined
    const kept = this.kept.get(thing)
    if (kept === undefined) {
      const history = new History(kind)
      this.kept.set(thing, { mark, movedSlot: slot, movedAt: now, history, isForgotten: false })
      return history
    }
    if (kept.mark === mark) {
      if (!kept.isForgotten && slot - kept.movedSlot > kind.forgetAfter) {
        kept.isForgotten = true
        kept.history.forget()
      }
      return undefined
    }
    kept.mark = mark
    kept.movedSlot = slot
    kept.movedAt = now
    kept.isForgotten = false
    return kept.history
  }
}
