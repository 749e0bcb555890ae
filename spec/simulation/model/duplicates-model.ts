/**
 * What exchanges that let no duplicate pass have seen, as it should be: each key with the message that brought it. Only what
 * got where it was led, or may still get there, makes duplicates of others.
 */
import type { Findings } from '../findings'
import { KEY_HEADER } from './arriving'
import type { Fate } from './fates'
import type { Plain } from './plain'

export interface DeduplicationTerms {
  readonly size: number
  /** Milliseconds. */
  readonly ttl: number
  /** It outlives the broker. */
  readonly isKept: boolean
}

export interface SeenKey {
  readonly key: string
  /** The message that brought it; undefined: nobody knows any more. */
  readonly id: string | undefined
  /** Milliseconds since the epoch, or infinity. */
  readonly expires: number
  /** Nobody knows whether it was noted for good. */
  readonly isUnsure: boolean
}

/** By exchange, the oldest first. */
export type SeenKeys = ReadonlyMap<string, readonly SeenKey[]>

export interface DuplicatesAround {
  now(): number
  headersOf(id: string): Plain
  mayComeAgain(id: string): boolean
  fateOf(id: string | undefined): Fate
}

export class DuplicatesModel {
  private readonly seen: Map<string, readonly SeenKey[]>
  /** What exchanges said of messages the last time. */
  private readonly verdicts = new Map<string, boolean>()

  constructor(
    kept: SeenKeys,
    private readonly findings: Findings,
    private readonly around: DuplicatesAround,
  ) {
    this.seen = new Map(kept)
  }

  snapshot(termsOf: (exchange: string) => DeduplicationTerms | undefined): SeenKeys {
    const kept = [...this.seen].filter(([exchange]) => termsOf(exchange)?.isKept === true)
    return new Map(kept.map(([exchange, keys]) => [exchange, this.committed(keys)]))
  }

  /** Not what is part of a transaction that is not committed. */
  private committed(keys: readonly SeenKey[]): readonly SeenKey[] {
    const fates = keys.map(({ id }) => this.around.fateOf(id))
    // What is committed is noted again, behind others: which are one too many is not known then.
    const isUnsure = fates.includes('committed') || fates.includes('unknown')
    return keys
      .filter((_, at) => fates[at] !== 'open')
      .map(key => ({ ...key, isUnsure: key.isUnsure || isUnsure }))
  }

  exchangeGone(exchange: string): void {
    this.seen.delete(exchange)
  }

  /** The exchange says whether a message is one. */
  judged(exchange: string, id: string, isDuplicate: boolean, { size, ttl }: DeduplicationTerms): void {
    const key = this.keyOf(id)
    if (key === undefined) return
    const original = this.original(exchange, key)
    this.verdicts.set(`${exchange}/${id}`, isDuplicate)
    if (isDuplicate) this.findings.saw('duplicate at an exchange')
    if (original?.isUnsure !== true && isDuplicate !== (original !== undefined))
      this.findings.wrong(
        `exchange ${exchange}: ${id} ${isDuplicate ? 'was taken for a duplicate' : `repeats ${original?.id}, and passed`}`,
      )
    if (isDuplicate) return
    const others = this.of(exchange).filter(each => each.key !== key)
    const room = others.slice(Math.max(others.length + 1 - size, 0))
    this.seen.set(exchange, [...room, { key, id, expires: this.around.now() + ttl, isUnsure: false }])
  }

  /** It forgets the key that a message brought, which must have got nowhere. */
  withdrawn(exchange: string, id: string): void {
    const seen = this.of(exchange)
    if (!this.around.mayComeAgain(id))
      this.findings.wrong(`exchange ${exchange}: ${id} was forgotten, and got where it was led`)
    this.seen.set(
      exchange,
      seen.filter(each => each.id !== id),
    )
    this.findings.saw('duplicates forgotten')
  }

  /** Its publisher knows that it got nowhere: it is no duplicate of itself when it comes again. */
  requireForgotten(id: string, noted: readonly SeenKey[], how: string): void {
    for (const [exchange, keys] of this.seen) {
      if (keys.some(key => noted.includes(key) && key.expires > this.around.now()))
        this.findings.wrong(`exchange ${exchange}: ${id} was ${how}, and would be a duplicate of itself`)
    }
  }

  requireKnown(exchange: string, key: string, isKnown: boolean): void {
    const original = this.original(exchange, key)
    if (original?.isUnsure !== true && isKnown !== (original !== undefined))
      this.findings.wrong(`exchange ${exchange} knows ${key}: ${isKnown}, brought by ${original?.id}`)
  }

  /** Of a message that was published just now. */
  notedOf(id: string): readonly SeenKey[] {
    return [...this.seen.values()].flatMap(keys => keys.filter(key => key.id === id))
  }

  /** What was said of a message that was routed just now, at each exchange. */
  said(id: string): (exchange: string) => boolean {
    return exchange => this.verdicts.get(`${exchange}/${id}`) ?? false
  }

  /** What would be said of it. */
  foreseen(id: string): (exchange: string) => boolean {
    const key = this.keyOf(id)
    return exchange => key !== undefined && this.original(exchange, key) !== undefined
  }

  private original(exchange: string, key: string): SeenKey | undefined {
    return this.of(exchange).find(each => each.key === key && each.expires > this.around.now())
  }

  private of(exchange: string): readonly SeenKey[] {
    return this.seen.get(exchange) ?? []
  }

  private keyOf(id: string): string | undefined {
    return this.around.headersOf(id)[KEY_HEADER] as string | undefined
  }
}
