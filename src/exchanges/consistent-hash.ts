/**
 * A consistent hash exchange: a message goes to one destination, always the same for the same routing key, header or
 * property, and each gets a share by the weight that is its binding key. Placement is RabbitMQ's: the same bindings in
 * the same order have the same messages.
 *
 * A binding more takes its share from all others; the last one gone gives it back. Any other gone makes those bound
 * after it move up, which moves messages between them, too.
 */
import { erlangBinary } from '../amqp/erlang-text'
import { PreconditionFailed } from '../amqp/errors'
import { typeName } from '../amqp/table'
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange, type ExchangeDeclaration } from './exchange'
import { keyOfBytes, keyOfField } from './hash-key'
import { HashRing } from './hash-ring'
import { jumpHash } from './jump-hash'
import type { RoutedMessage } from './routed-message'
import { passedOver, quoted, taken, type Verdict } from './verdict'

const WEIGHT_MAX = 10_000

/** What a message and its first routing key are hashed on. */
type KeyOf = (routingKey: string, message: RoutedMessage) => number

export class ConsistentHashExchange extends Exchange {
  override readonly type = 'x-consistent-hash'
  override readonly routesByKeyAlone: boolean
  /** What is hashed, in words. */
  private readonly hashed: string
  private readonly ring = new HashRing()
  private readonly keyOf: KeyOf

  /** @throws PreconditionFailed for `hash-header` and `hash-property` that are none */
  constructor(declaration: ExchangeDeclaration) {
    super(declaration)
    const header = textArgument(declaration, 'hash-header')
    const property = textArgument(declaration, 'hash-property')
    if (header !== undefined && property !== undefined) {
      throw new PreconditionFailed('hash-header and hash-property are mutually exclusive')
    }
    this.routesByKeyAlone = header === undefined && property === undefined
    this.hashed = header !== undefined ? `header ${quoted(header)}` : (property ?? 'the routing key')
    if (header !== undefined) this.keyOf = (_, message) => keyOfField(message.headers()?.get(header))
    else if (property !== undefined) this.keyOf = byProperty(property)
    else this.keyOf = routingKey => keyOfBytes(Buffer.from(routingKey))
  }

  override get visits(): number {
    return this.ring.visits
  }

  override validateBinding(binding: Binding): void {
    const key = binding.routingKey
    if (!/^[+-]?\d+$/.test(key)) {
      throw new PreconditionFailed(`The binding key must be an integer: ${erlangBinary(Buffer.from(key))}`)
    }
    const weight = Number(key)
    if (weight < 1) throw new PreconditionFailed('The binding key must be greater than 0')
    if (weight > WEIGHT_MAX) throw new PreconditionFailed(`The binding key must not exceed ${WEIGHT_MAX}`)
  }

  /** RabbitMQ: the keys of CC and BCC do not count. */
  override matchAll(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    this.match(routingKeys[0] as string, message, into)
  }

  override match(routingKey: string, message: RoutedMessage, into: Set<Destination>): void {
    const buckets = this.ring.buckets
    if (buckets === 0) return
    const destination = this.ring.at(jumpHash(this.keyOf(routingKey, message), buckets))
    if (destination !== undefined) into.add(destination)
  }

  override why(binding: Binding, routingKeys: readonly string[], message: RoutedMessage): Verdict {
    const { ring } = this
    const bucket = jumpHash(this.keyOf(routingKeys[0] as string, message), ring.buckets)
    const destination = ring.at(bucket)
    if (destination === undefined) return passedOver('the exchange has no buckets')
    const { first, last } = ring.bucketsOf(destination) as { first: number; last: number }
    const range = first === last ? `bucket ${first}` : `buckets ${first} to ${last}`
    const why = `by the hash of ${this.hashed} it is for bucket ${bucket} of ${ring.buckets}`
    const whose = `${destination.kind} ${quoted(destination.name)} has ${range}`
    if (binding.destination !== destination) return passedOver(`${why}: ${whose}`)
    if (ring.counts(binding)) return taken(`${why}: ${whose}`)
    return passedOver(`only the first binding of a ${destination.kind} counts, and this is a further one`)
  }

  protected override bound(binding: Binding): void {
    this.ring.add(binding)
  }

  protected override unbound(binding: Binding): void {
    this.ring.remove(binding)
  }
}

/** RabbitMQ fails inside (541) where the argument is no text; this is what it says of other arguments. */
function textArgument({ name, arguments: args }: ExchangeDeclaration, key: string): string | undefined {
  const field = args.get(key)
  if (field === undefined) return undefined
  if (field.type === 'S') return field.value.toString()
  throw new PreconditionFailed(`invalid type '${typeName(field)}' for arg '${key}' in exchange '${name}'`)
}

function byProperty(property: string): KeyOf {
  switch (property) {
    case 'correlation_id':
      return (_, message) => keyOfBytes(message.property('correlationId'))
    case 'message_id':
      return (_, message) => keyOfBytes(message.property('messageId'))
    case 'timestamp':
      return (_, message) => keyOfBytes(inDigits(message.property('timestamp')))
    default:
      throw new PreconditionFailed(`Unsupported property: ${property}`)
  }
}

function inDigits(timestamp: Buffer | undefined): Buffer | undefined {
  return timestamp === undefined ? undefined : Buffer.from(String(timestamp.readBigUInt64BE()))
}
