/**
 * An exchange that routes a message only if none with the same key came before it: the type `x-message-deduplication` of
 * RabbitMQ's plugin, a fanout, and every exchange with the argument `x-message-deduplication`, as in LavinMQ. A duplicate
 * leads nowhere: to the alternate exchange, if there is one. Which keys were seen is the filter's, which the broker sets.
 */
import { PreconditionFailed } from '../amqp/errors'
import { fieldKey } from '../amqp/field-key'
import { type FieldTable, type FieldValue, integerOf } from '../amqp/table'
import type { Binding } from './binding'
import type { Destination } from './destination'
import type { Exchange, ExchangeDeclaration } from './exchange'
import type { RoutedMessage } from './routed-message'
import { passedOver, quoted, type Verdict } from './verdict'
import { WrappingExchange } from './wrapping'

export const DEDUPLICATED_TYPE = 'x-message-deduplication'

/** Where nothing is said of how many keys to remember. */
const CACHE_SIZE_DEFAULT = 100_000

/** Owned here; the broker implements it. */
export interface DuplicateFilter {
  /** Whether the key was seen; from now on it was. `ttl`: milliseconds it is remembered; undefined: as the exchange says. */
  isDuplicate(key: string, ttl: number | undefined): boolean
  /** Whether the key was seen. Changes nothing. */
  knows(key: string): boolean
}

/** What an exchange says of the keys it has seen. */
export interface DeduplicationSettings {
  /** Keys at most. */
  readonly size: number
  /** Milliseconds; undefined: as long as there is room. */
  readonly ttl: number | undefined
  /** Not to be kept on disk. Undefined: as durable as the exchange. */
  readonly inMemory: boolean
  /** The name of the header. */
  readonly header: string
}

export class DeduplicatedExchange extends WrappingExchange {
  override readonly type: string
  readonly settings: DeduplicationSettings
  filter: DuplicateFilter = { isDuplicate: () => false, knows: () => false }

  /** @throws PreconditionFailed */
  constructor(declaration: ExchangeDeclaration, type: string, inner: Exchange) {
    super(declaration, inner)
    this.type = type
    this.settings = settingsIn(declaration.arguments, type === DEDUPLICATED_TYPE)
  }

  override get isChangedByMessages(): boolean {
    return true
  }

  override matchAll(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    const headers = message.headers()
    const key = this.keyIn(headers)
    if (key !== undefined && this.filter.isDuplicate(key, ttlIn(headers))) return
    this.inner.matchAll(routingKeys, message, into)
  }

  override wouldMatch(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    if (!this.isKnown(message)) super.wouldMatch(routingKeys, message, into)
  }

  override why(binding: Binding, routingKeys: readonly string[], message: RoutedMessage): Verdict {
    if (!this.isKnown(message)) return super.why(binding, routingKeys, message)
    return passedOver(`a message with the same ${quoted(this.settings.header)} came before`)
  }

  private isKnown(message: RoutedMessage): boolean {
    const key = this.keyIn(message.headers())
    return key !== undefined && this.filter.knows(key)
  }

  private keyIn(headers: FieldTable | undefined): string | undefined {
    const field = headers?.get(this.settings.header)
    return field === undefined ? undefined : fieldKey(field)
  }
}

/** Whether an exchange of any type is to drop duplicates. */
export function isDeduplicated(args: FieldTable): boolean {
  const flag = args.get('x-message-deduplication')
  return flag?.type === 't' && flag.value
}

function settingsIn(args: FieldTable, mustHaveSize: boolean): DeduplicationSettings {
  const size = integerAbove0(args.get('x-cache-size'))
  if (size === null || (mustHaveSize && size === undefined)) {
    throw new PreconditionFailed(
      "Missing or invalid argument, 'x-cache-size' must be an integer greater than 0",
    )
  }
  const ttl = integerAbove0(args.get('x-cache-ttl'))
  if (ttl === null) {
    throw new PreconditionFailed("Invalid argument, 'x-cache-ttl' must be an integer greater than 0")
  }
  const persistence = args.get('x-cache-persistence')
  const kept = persistence?.type === 'S' ? persistence.value.toString() : undefined
  if (persistence !== undefined && kept !== 'disk' && kept !== 'memory') {
    throw new PreconditionFailed("Invalid argument, 'x-cache-persistence' must be either 'disk' or 'memory'")
  }
  const header = args.get('x-deduplication-header')
  return {
    size: size ?? CACHE_SIZE_DEFAULT,
    ttl,
    inMemory: kept === 'memory',
    header: header?.type === 'S' ? header.value.toString() : 'x-deduplication-header',
  }
}

/** Undefined: it is not there. Null: it is no such number, nor a text of one. */
function integerAbove0(field: FieldValue | undefined): number | undefined | null {
  if (field === undefined) return undefined
  const value = field.type === 'S' ? digitsIn(field.value) : integerIn(field)
  return value !== undefined && value > 0 ? value : null
}

function digitsIn(text: Buffer): number | undefined {
  return /^\d{1,15}$/.test(text.toString('latin1', 0, 16)) ? Number(text) : undefined
}

/** Of a message: below zero is as good as none at all. */
function ttlIn(headers: FieldTable | undefined): number | undefined {
  const field = headers?.get('x-cache-ttl')
  return field === undefined ? undefined : integerIn(field)
}

function integerIn(field: FieldValue): number | undefined {
  const integer = integerOf(field)
  return integer === undefined ? undefined : Number(integer)
}
