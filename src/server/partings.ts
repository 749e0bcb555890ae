/**
 * Connections that end, ten thousand of them in the same moment or one with 65,535 channels. What others wait for is there at
 * once: messages that were out, exclusive queues, places under limits. The rest is bookkeeping, and beyond some hundred
 * channels in a turn it waits for later ones, in the order in which the connections ended.
 */
import { Ring } from '../structures/ring'
import type { Turn, TurnWork } from '../turn'
import type { Channels } from './channels'
import type { Outbound } from './outbound'

/** Connections and channels, each of which takes some microseconds. */
const PER_TURN = 500

export interface Leaver {
  readonly outbound: Outbound
  readonly channels: Channels | undefined
  /** `held`: only what others wait for. */
  release(what: 'all' | 'held'): void
}

interface Parting {
  readonly leaver: Leaver
  readonly gone: () => void
}

export class Partings implements TurnWork {
  private readonly waiting = new Ring<Parting>()
  private left = PER_TURN
  private marked = false

  constructor(private readonly turn: Turn) {}

  /** `gone`: nothing is left of it; as a rule that is now. Until then it says nothing more, and nothing is delivered to it. */
  part(leaver: Leaver, gone: () => void): void {
    const units = 1 + (leaver.channels?.count ?? 0)
    this.mark()
    if (this.waiting.length === 0 && units <= this.left) {
      this.left -= units
      leaver.release('all')
      gone()
      return
    }
    leaver.outbound.hush()
    leaver.release('held')
    this.waiting.push({ leaver, gone })
  }

  runTurn(): void {
    this.marked = false
    this.left = PER_TURN
    while (this.left > 0) {
      const parting = this.waiting.shift()
      if (parting === undefined) return
      const { leaver, gone } = parting
      this.left -= leaver.channels?.releaseSome(this.left) ?? 0
      if (this.left === 0) this.waiting.unshift(parting)
      else {
        this.left--
        leaver.outbound.speak()
        gone()
      }
    }
    this.mark()
  }

  private mark(): void {
    if (this.marked) return
    this.marked = true
    this.turn.readOn(this)
  }
}
