/**
 * The keys that an exchange has seen: so many, for so long, and on disk with the messages when the exchange is durable and
 * does not say otherwise.
 */
import type { Clock } from '../clock'
import {
  DeduplicatedExchange,
  type DeduplicationSettings,
  type DuplicateFilter,
} from '../exchanges/deduplicated'
import type { Exchange } from '../exchanges/exchange'
import { WrappingExchange } from '../exchanges/wrapping'
import type { KeyRecord } from '../store/definition-store'
import { KeyJournal } from '../store/key-journal'
import { RecentKeys } from '../structures/recent-keys'
import { Note } from './notes'
import type { Vhost } from './vhost'

export class SeenKeys implements DuplicateFilter {
  private readonly keys: RecentKeys
  /** Numbers what is noted: a key may be forgotten and noted again meanwhile. */
  notes = 0

  constructor(
    private readonly settings: DeduplicationSettings,
    private readonly clock: Clock,
    private readonly journal: KeyJournal | undefined,
    private readonly noted: (note: Note) => void,
  ) {
    this.keys = new RecentKeys(settings.size, ({ key }) => journal?.gone(key))
  }

  restore(records: readonly KeyRecord[]): void {
    for (const { key, expires } of records) this.keys.add(key, expires)
  }

  isDuplicate(key: string, ttl = this.settings.ttl): boolean {
    const now = this.clock.now()
    if (this.keys.find(key, now) !== undefined) return true
    const expires = ttl === undefined ? Number.POSITIVE_INFINITY : now + ttl
    if (expires <= now) return false
    const number = ++this.notes
    this.keys.add(key, expires, number)
    this.journal?.added({ key, expires, position: 0 })
    this.noted(new Note(this, key, number, expires))
    return false
  }

  knows(key: string): boolean {
    return this.keys.knows(key, this.clock.now())
  }

  /** What was noted under that number, unless it is forgotten already. */
  forget(key: string, number: number): void {
    if (!this.isStill(key, number)) return
    this.keys.delete(key)
    this.journal?.gone(key)
  }

  /** `expires`: until then it outlives the broker; undefined: not at all. */
  keep(key: string, number: number, expires: number | undefined): void {
    if (!this.isStill(key, number)) return
    if (expires === undefined) this.journal?.gone(key)
    else this.journal?.added({ key, expires, position: 0 })
  }

  private isStill(key: string, number: number): boolean {
    return this.keys.find(key, Number.NEGATIVE_INFINITY)?.position === number
  }
}

/** `stored`: what an exchange had seen before a restart. Does nothing for an exchange that lets duplicates pass. */
export function watchForDuplicates(
  vhost: Vhost,
  exchange: Exchange,
  stored: readonly KeyRecord[] = [],
): void {
  const found = deduplicatedIn(exchange)
  if (found === undefined) return
  const { clock, store } = vhost.around
  const isKept = exchange.durable && !found.settings.inMemory
  const owner = { kind: 'exchange', vhost: vhost.name, name: exchange.name } as const
  const keys = new SeenKeys(found.settings, clock, isKept ? new KeyJournal(owner, store) : undefined, note =>
    vhost.note(note),
  )
  keys.restore(stored)
  found.filter = keys
}

/** The outermost one: what is in it is not asked about the same message twice. */
function deduplicatedIn(exchange: Exchange): DeduplicatedExchange | undefined {
  if (exchange instanceof DeduplicatedExchange) return exchange
  return exchange instanceof WrappingExchange ? deduplicatedIn(exchange.inner) : undefined
}
