/** Declaring and deleting exchanges: RabbitMQ's checks in RabbitMQ's order. Permissions are the channel's. */
import { AccessRefused, PreconditionFailed } from '../../amqp/errors'
import type { FieldTable } from '../../amqp/table'
import { typeName } from '../../amqp/table'
import type { Exchange } from '../../exchanges/exchange'
import { checkExchangeType, createExchange, unknownExchangeType } from '../../exchanges/types'
import { watchForDuplicates } from '../deduplication'
import { openDelayQueue } from '../delay-queues'
import { describeResource, refuseReservedName } from '../names'
import type { Vhost } from '../vhost'
import { removeExchange } from './bindings'
import { requireEquivalence, requireSameArguments, requireSameProperty } from './equivalence'

export interface ExchangeRequest {
  readonly name: string
  readonly type: string
  readonly durable: boolean
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: FieldTable
}

/** RabbitMQ looks at the type first, also when the exchange exists. @throws PreconditionFailed */
export function requireExchangeType({ around }: Vhost, type: string): void {
  if (around.compat.unknownExchangeTypes.includes(type)) throw unknownExchangeType(type)
  checkExchangeType(type)
}

/** @throws AccessRefused */
export function refuseDefaultExchange(name: string): void {
  if (name === '') throw new AccessRefused('operation not permitted on the default exchange')
}

/** Creates the exchange, or finds that it is there just so. */
export function declareExchange(vhost: Vhost, request: ExchangeRequest): Exchange {
  const existing = vhost.exchanges.get(request.name)
  if (existing !== undefined) {
    requireSameExchange(vhost, existing, request)
    return existing
  }
  refuseReservedName('exchange', request.name)
  requireAlternateExchangeName(vhost, request)
  vhost.around.limits.node.requireRoomForExchange(request.name, vhost.name)
  const exchange = createExchange(request.type, request)
  vhost.exchanges.set(request.name, exchange)
  vhost.policies.applyToExchange(exchange)
  vhost.log.exchangeDeclared(exchange)
  openDelayQueue(vhost, exchange)
  watchForDuplicates(vhost, exchange)
  vhost.routingRevision++
  return exchange
}

/** The alternate exchange a declaration asks for. */
export function alternateExchangeOf(request: ExchangeRequest): string | undefined {
  const alternate = request.arguments.get('alternate-exchange')
  return alternate?.type === 'S' ? alternate.value.toString() : undefined
}

/** Deleting what is not there is fine (RabbitMQ). */
export function deleteExchange(vhost: Vhost, name: string, ifUnused: boolean): void {
  if (name.startsWith('amq.')) {
    throw new AccessRefused(
      `deletion of system ${describeResource('exchange', name, vhost.name)} not allowed`,
    )
  }
  const exchange = vhost.exchanges.get(name)
  if (exchange === undefined) return
  if (ifUnused && exchange.bindingCount > 0) {
    throw new PreconditionFailed(`${describeResource('exchange', name, vhost.name)} in use`)
  }
  removeExchange(vhost, exchange)
}

function requireSameExchange(vhost: Vhost, existing: Exchange, request: ExchangeRequest): void {
  const resource = describeResource('exchange', existing.name, vhost.name)
  requireEquivalence(vhost, 'exchange', existing.name, () => {
    requireSameProperty('type', resource, request.type, existing.type)
    requireSameProperty('durable', resource, request.durable, existing.durable)
    requireSameProperty('auto_delete', resource, request.autoDelete, existing.autoDelete)
    requireSameProperty('internal', resource, request.internal, existing.internal)
    requireSameArguments(['alternate-exchange'], resource, request.arguments, existing.arguments)
  })
}

function requireAlternateExchangeName(vhost: Vhost, request: ExchangeRequest): void {
  const alternate = request.arguments.get('alternate-exchange')
  if (alternate === undefined || alternate.type === 'S') return
  const resource = describeResource('exchange', request.name, vhost.name)
  throw new PreconditionFailed(
    `invalid type '${typeName(alternate)}' for arg 'alternate-exchange' in ${resource}`,
  )
}
