/**
 * From a message to the queues that get it: the exchange it was published to, the exchanges bound to that one, and the
 * alternate exchange of each that leads nowhere.
 *
 * Invariants: an exchange is asked once per message, so cycles of bindings or alternates end; a queue is yielded once
 * however many ways lead to it. Only exchanges decide; the router never looks at headers or keys itself.
 */
import type { Destination } from './destination'
import type { Exchange } from './exchange'
import type { RoutedMessage } from './routed-message'

export interface ExchangeLookup {
  exchange(name: string): Exchange | undefined
}

export class Router {
  /** Exchanges, ways and conditions looked at by all routes so far: what they cost, whatever the machine. */
  visits = 0
  private readonly lookup: ExchangeLookup
  /** Scratch of one `route`, empty between two: the exchanges reached, in the order they are asked; and one's answer. */
  private readonly reached = new Set<Exchange>()
  private readonly answer = new Set<Destination>()

  constructor(lookup: ExchangeLookup) {
    this.lookup = lookup
  }

  /**
   * Adds the queues that get the message. `routingKeys`: its own key and those of CC and BCC.
   * Returns whether the queues may be remembered for exchange and key: until a binding, a queue, an exchange or an
   * alternate exchange changes. Not so for more than one key, nor if an exchange on the way routes by more than that.
   */
  route(
    exchange: Exchange,
    message: RoutedMessage,
    routingKeys: readonly string[],
    into: Set<Destination>,
  ): boolean {
    let rememberable = routingKeys.length === 1
    this.reached.add(exchange)
    try {
      // a Set's iteration goes on to what is added meanwhile: the exchanges reached are their own work list
      for (const next of this.reached) {
        if (!next.routesByKeyAlone) rememberable = false
        this.ask(next, message, routingKeys)
        this.sort(into)
      }
    } finally {
      // decoding headers may throw: neither the next message nor a deleted queue may meet what is left here
      this.reached.clear()
      this.answer.clear()
    }
    return rememberable
  }

  private ask(exchange: Exchange, message: RoutedMessage, routingKeys: readonly string[]): void {
    const before = exchange.visits
    exchange.matchAll(routingKeys, message, this.answer)
    this.visits += 1 + exchange.visits - before + this.answer.size
    // RabbitMQ: an exchange bound to another that leads nowhere has led somewhere itself
    if (this.answer.size === 0 && exchange.alternateExchange !== undefined)
      this.reach(exchange.alternateExchange)
  }

  /** Queues go to the caller, exchanges are to be asked in their turn. */
  private sort(into: Set<Destination>): void {
    for (const destination of this.answer) {
      if (destination.kind === 'queue') into.add(destination)
      else this.reach(destination.name)
    }
    this.answer.clear()
  }

  /** An exchange that does not exist (any more) leads nowhere. */
  private reach(name: string): void {
    const exchange = this.lookup.exchange(name)
    if (exchange !== undefined) this.reached.add(exchange)
  }
}
