/** Exchanges and bindings, and where a message goes: a second router, written to be read. */
import type { BrokerEvent } from '../../../src/broker/events/events'
import { delayIn } from './arriving'
import type { DeduplicationTerms } from './duplicates-model'
import { type Plain, plainTable } from './plain'

export interface BindingModel {
  readonly source: string
  readonly kind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  readonly arguments: Plain
}

export interface ExchangeModel {
  readonly name: string
  readonly type: string
  readonly isDurable: boolean
  readonly alternate: string | undefined
  readonly isAutoDelete?: boolean
  readonly isInternal?: boolean
  readonly deduplication?: DeduplicationTerms | undefined
  /** How one that delays routes what has waited. */
  readonly delayedType?: string | undefined
}

/** Where a message goes. `isOneOf`: to one of these, as chance or a hash has it. */
export interface Ways {
  readonly queues: ReadonlySet<string>
  readonly isOneOf: boolean
}

type Repeats = (exchange: string) => boolean

export class TopologyModel {
  readonly exchanges = new Map<string, ExchangeModel>()
  readonly bindings = new Map<string, BindingModel>()
  /** Grows with every change. */
  sequence = 0
  /** All of it went with its virtual host. */
  isOver = false
  /** What was asked before this was asked of another virtual host. */
  private began = 0
  private readonly changed = new Map<string, number>()
  private readonly gone = new Map<string, number>()
  private readonly everBound = new Set<string>()

  constructor(
    /** Whether there is such a queue. */
    private readonly hasQueue: (name: string) => boolean,
  ) {}

  /** In place of another. */
  follow(other: TopologyModel): void {
    this.began = this.sequence = other.sequence + 1
  }

  heard(event: BrokerEvent): void {
    this.sequence++
    switch (event.kind) {
      case 'exchange.created': {
        this.everBound.delete(event.name)
        const { name, type, durable, autoDelete, internal: isInternal } = event
        const { 'alternate-exchange': alternate, 'x-delayed-type': delayedType } = plainTable(
          event.arguments,
        ) as Record<string, string | undefined>
        const isAutoDelete = autoDelete
        this.exchanges.set(name, {
          ...{ name, type, isDurable: durable, alternate, isAutoDelete, isInternal, delayedType },
          deduplication: deduplicationIn(type, durable, plainTable(event.arguments)),
        })
        return
      }
      case 'exchange.deleted':
        this.exchanges.delete(event.name)
        return
      case 'queue.deleted':
        this.gone.set(event.name, this.sequence)
        this.changed.set(event.name, this.sequence)
        return
      case 'queue.created':
        this.changed.set(event.name, this.sequence)
        return
      case 'binding.created':
        this.bind(bindingOf(event))
        return
      case 'binding.deleted': {
        const key = keyOf(bindingOf(event))
        this.bindings.delete(key)
        this.changed.set(key, this.sequence)
      }
    }
  }

  bind(binding: BindingModel): void {
    const key = keyOf(binding)
    this.bindings.set(key, binding)
    this.changed.set(key, this.sequence)
    this.everBound.add(binding.source)
  }

  /** `key`: of a binding, or the name of a queue. */
  changedSince(key: string, sequence: number): boolean {
    return this.isOver || sequence < this.began || (this.changed.get(key) ?? -1) > sequence
  }

  /** Whether the queue of that name is another one by now. */
  queueWentSince(name: string, sequence: number): boolean {
    return this.isOver || sequence < this.began || (this.gone.get(name) ?? -1) > sequence
  }

  /** An auto-delete exchange that has lost its last binding and is there all the same. */
  get leftOver(): string | undefined {
    const sources = new Set([...this.bindings.values()].map(({ source }) => source))
    for (const { name, isAutoDelete } of this.exchanges.values()) {
      if (isAutoDelete === true && this.everBound.has(name) && !sources.has(name)) return name
    }
    return undefined
  }

  has(binding: BindingModel): boolean {
    return this.bindings.has(keyOf(binding))
  }

  /** `routingKeys`: its own, then those of CC and BCC. `repeats`: whether it is a duplicate at an exchange. */
  ways(exchange: string, routingKeys: readonly string[], headers: Plain, repeats: Repeats): Ways {
    const queues = new Set<string>()
    const reached = new Set([exchange])
    let isOneOf = false
    for (const name of reached) {
      const isRepeated = this.exchanges.get(name)?.deduplication !== undefined && repeats(name)
      const { matching, oneOf } = isRepeated ? NOWHERE : this.matching(name, routingKeys, headers)
      if (oneOf && matching.length > 0) isOneOf = true
      for (const { kind, destination } of matching) {
        if (kind === 'queue') queues.add(destination)
        else reached.add(destination)
      }
      const alternate = this.exchanges.get(name)?.alternate
      if (matching.length === 0 && alternate !== undefined && this.exchanges.has(alternate))
        reached.add(alternate)
    }
    return { queues, isOneOf }
  }

  private matching(name: string, routingKeys: readonly string[], headers: Plain) {
    if (name === '') {
      const queues = routingKeys.filter(this.hasQueue)
      return { oneOf: false, matching: queues.map(destination => ({ kind: 'queue', destination })) }
    }
    const { type: declared = '', delayedType, alternate } = this.exchanges.get(name) ?? {}
    const type = delayedType ?? declared
    const bound = [...this.bindings.values()].filter(({ source }) => source === name)
    if (type === 'x-random' || type === 'x-consistent-hash' || type === 'x-modulus-hash')
      return { oneOf: true, matching: bound }
    const matching = bound.filter(binding => matches(type, binding, routingKeys, headers))
    if (delayedType === undefined || delayIn(headers) === 0) return { oneOf: false, matching }
    // What would lead nowhere does not wait.
    const waits = matching.length > 0 || alternate !== undefined
    return { oneOf: false, matching: waits ? [{ kind: 'queue', destination: `amq.delayed.${name}` }] : [] }
  }
}

const DEDUPLICATED = 'x-message-deduplication'

const NOWHERE = { oneOf: false, matching: [] }

function deduplicationIn(type: string, isDurable: boolean, args: Plain): DeduplicationTerms | undefined {
  if (type !== DEDUPLICATED && args[DEDUPLICATED] !== true) return undefined
  return {
    size: (args['x-cache-size'] as number | undefined) ?? 100_000,
    ttl: (args['x-cache-ttl'] as number | undefined) ?? Number.POSITIVE_INFINITY,
    isKept: isDurable && args['x-cache-persistence'] !== 'memory',
  }
}

/** Of a message that has waited. */
export function withoutDelay(headers: Plain): Plain {
  return { ...headers, 'x-delay': undefined }
}

function matches(
  type: string,
  binding: BindingModel,
  routingKeys: readonly string[],
  headers: Plain,
): boolean {
  if (type === 'fanout' || type === DEDUPLICATED) return true
  if (type === 'headers') return headersMatch(binding.arguments, headers)
  return routingKeys.some(key =>
    type === 'topic'
      ? topicMatches(binding.routingKey.split('.'), key.split('.'))
      : key === binding.routingKey,
  )
}

/** `*` is one word, `#` any number of them. */
function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return words.length === 0
  if (first === '#')
    return topicMatches(rest, words) || (words.length > 0 && topicMatches(pattern, words.slice(1)))
  return words.length > 0 && (first === '*' || first === words[0]) && topicMatches(rest, words.slice(1))
}

function headersMatch(args: Plain, headers: Plain): boolean {
  const tests = Object.entries(args).filter(([key]) => !key.startsWith('x-'))
  const holds = ([key, value]: [string, unknown]): boolean => headers[key] === value
  return args['x-match'] === 'any' ? tests.some(holds) : tests.every(holds)
}

export function keyOf({ source, kind, destination, routingKey, arguments: args }: BindingModel): string {
  return JSON.stringify([source, kind, destination, routingKey, Object.entries(args).sort()])
}

function bindingOf(event: BrokerEvent & { kind: 'binding.created' | 'binding.deleted' }): BindingModel {
  const { source, destinationKind: kind, destination, routingKey } = event
  return { source, kind, destination, routingKey, arguments: plainTable(event.arguments) }
}
