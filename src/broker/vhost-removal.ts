/**
 * Empties a virtual host that is gone: some of its queues in each turn, then its exchanges, so that ten thousand queues
 * hold up nobody. The store knows already that all of it is gone, but for the messages. No connection is left in it.
 */
import type { Turn, TurnWork } from '../turn'
import { removeExchange } from './declarations/bindings'
import { removeQueue } from './declarations/queue-declarations'
import type { Events } from './events/events'
import type { Vhost } from './vhost'

/** Queues or exchanges in one turn: about 2 ms of it. */
const PER_TURN = 100

export class VhostRemoval implements TurnWork {
  private readonly actor: string
  private readonly remaining: Iterator<() => void>
  private isDone = false

  constructor(
    private readonly vhost: Vhost,
    private readonly turn: Turn,
    private readonly events: Events,
    private readonly done: () => void,
  ) {
    this.actor = events.actor
    this.remaining = removals(vhost)
    turn.answer(this)
  }

  runTurn(): void {
    if (this.isDone) return
    this.remove(PER_TURN)
    if (!this.isDone) this.turn.answer(this)
  }

  /** All that is left, now: somebody wants the name. */
  finish(): void {
    if (!this.isDone) this.remove(Number.POSITIVE_INFINITY)
  }

  private remove(most: number): void {
    this.events.actingAs(this.actor, () => {
      for (let removed = 0; removed < most; removed++) {
        const next = this.remaining.next()
        if (next.done === true) return this.end()
        next.value()
      }
    })
  }

  private end(): void {
    this.isDone = true
    this.vhost.stop()
    this.events.emit({ kind: 'vhost.deleted', name: this.vhost.name })
    this.done()
  }
}

function* removals(vhost: Vhost): Generator<() => void, void> {
  for (const queue of vhost.queues.values()) yield () => removeQueue(vhost, queue)
  for (const exchange of vhost.exchanges.values()) {
    yield () => {
      if (vhost.exchanges.has(exchange.name)) removeExchange(vhost, exchange)
    }
  }
}
