/** The types of exchange by the name exchange.declare gives. A new type is one file and one line here. */
import { PreconditionFailed } from '../amqp/errors'
import { ConsistentHashExchange } from './consistent-hash'
import { DirectExchange } from './direct'
import type { Exchange, ExchangeDeclaration } from './exchange'
import { FanoutExchange } from './fanout'
import { HeadersExchange } from './headers'
import { LocalRandomExchange } from './local-random'
import { ModulusHashExchange } from './modulus-hash'
import { RandomExchange } from './random'
import { RecentHistoryExchange } from './recent-history'
import { TopicExchange } from './topic'

type ExchangeType = new (declaration: ExchangeDeclaration) => Exchange

const EXCHANGE_TYPES: ReadonlyMap<string, ExchangeType> = new Map<string, ExchangeType>([
  ['direct', DirectExchange],
  ['fanout', FanoutExchange],
  ['headers', HeadersExchange],
  ['topic', TopicExchange],
  ['x-consistent-hash', ConsistentHashExchange],
  ['x-local-random', LocalRandomExchange],
  ['x-modulus-hash', ModulusHashExchange],
  ['x-random', RandomExchange],
  ['x-recent-history', RecentHistoryExchange],
])

export const exchangeTypeNames: readonly string[] = [...EXCHANGE_TYPES.keys()]

/** RabbitMQ looks at the type before anything else about a declaration, also when the exchange exists. */
export function checkExchangeType(type: string): void {
  typeNamed(type)
}

/** @throws PreconditionFailed if there is no such type */
export function createExchange(type: string, declaration: ExchangeDeclaration): Exchange {
  return new (typeNamed(type))(declaration)
}

function typeNamed(type: string): ExchangeType {
  const found = EXCHANGE_TYPES.get(type)
  if (found === undefined) throw unknownExchangeType(type)
  return found
}

/** RabbitMQ: 406 since 3.13.3; before that the connection was closed with 503. */
export function unknownExchangeType(type: string): PreconditionFailed {
  return new PreconditionFailed(`unknown exchange type '${type}'`)
}
