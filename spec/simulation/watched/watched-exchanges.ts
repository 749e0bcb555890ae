/** Exchanges that let no duplicate pass tell the model what they say of each message, and what they forget. */

import { fieldKey } from '../../../src/amqp/field-key'
import { SeenKeys } from '../../../src/broker/deduplication'
import type { Vhost } from '../../../src/broker/vhost'
import { DeduplicatedExchange, type DuplicateFilter } from '../../../src/exchanges/deduplicated'
import type { Message } from '../../../src/message'
import type { BrokerModel } from '../model/broker-model'
import { identityOf } from '../model/plain'
import type { Faults } from '../world/faults'

export class WatchedExchanges {
  private readonly watched = new Set<DeduplicatedExchange>()

  constructor(
    private readonly vhost: Vhost,
    private readonly model: BrokerModel,
    private readonly plant: Faults['filter'],
  ) {}

  /** Those that are not watched yet. */
  watchNew(): void {
    for (const exchange of this.vhost.exchanges.values())
      if (exchange instanceof DeduplicatedExchange && !this.watched.has(exchange)) this.watch(exchange)
  }

  /** What exchanges know of these keys is what they should. */
  check(keys: readonly string[]): void {
    for (const exchange of this.watched) {
      const { name, filter } = exchange
      // Another of its name may have come since.
      if (this.vhost.exchanges.get(name) !== exchange) this.watched.delete(exchange)
      else
        for (const key of keys) this.model.duplicates.requireKnown(name, key, filter.knows(told(key) ?? key))
    }
  }

  private watch(exchange: DeduplicatedExchange): void {
    this.watched.add(exchange)
    let id = 'nobody'
    const matchAll = exchange.matchAll.bind(exchange)
    exchange.matchAll = (keys, message, into) => {
      id = identityOf(message as Message)
      matchAll(keys, message, into)
    }
    let { filter } = exchange
    // The broker sets it, when it has told everybody that there is such an exchange.
    Object.defineProperty(exchange, 'filter', {
      get: () => filter,
      set: (set: DuplicateFilter) => {
        filter = set
        this.listen(exchange, filter, () => id)
      },
    })
    this.listen(exchange, filter, () => id)
  }

  private listen({ name }: DeduplicatedExchange, filter: DuplicateFilter, asked: () => string): void {
    if (!(filter instanceof SeenKeys)) return
    this.plant?.(filter)
    const isDuplicate = filter.isDuplicate.bind(filter)
    const forget = filter.forget.bind(filter)
    const { duplicates, topology } = this.model
    /** By number of what was noted. */
    const brought = new Map<number, string>()
    filter.isDuplicate = (key, ttl) => {
      const id = asked()
      const answer = isDuplicate(key, ttl)
      if (!answer) brought.set(filter.notes, id)
      const terms = topology.exchanges.get(name)?.deduplication
      if (terms !== undefined) duplicates.judged(name, id, answer, terms)
      return answer
    }
    filter.forget = (key, number) => {
      forget(key, number)
      duplicates.withdrawn(name, brought.get(number) ?? 'nobody')
    }
  }
}

/** As a header has it. */
function told(key: string): string | undefined {
  return fieldKey({ type: 'S', value: Buffer.from(key) })
}
