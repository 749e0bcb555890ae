/** One-line arrangements for the specs of exchanges: queues that are names, messages that are keys. */
import { type BasicProperties, encodeProperties } from '../../src/amqp/properties'
import { fieldTable, type PlainTable } from '../../src/amqp/table'
import { Binding } from '../../src/exchanges/binding'
import type { Destination } from '../../src/exchanges/destination'
import type { Exchange } from '../../src/exchanges/exchange'
import type { RoutedMessage } from '../../src/exchanges/routed-message'
import { type ExchangeLookup, Router } from '../../src/exchanges/router'
import { createExchange } from '../../src/exchanges/types'
import { messageOf } from '../support/messages'

export function queueNamed(name: string): Destination {
  return { kind: 'queue', name }
}

export function exchangeOfType(type: string, name = 'x', args: PlainTable = {}): Exchange {
  const declaration = {
    name,
    durable: false,
    autoDelete: false,
    internal: false,
    arguments: fieldTable(args),
  }
  return createExchange(type, declaration)
}

export function bindingTo(
  destination: Destination,
  routingKey = '',
  args: PlainTable = {},
  source = 'x',
): Binding {
  return new Binding(source, destination, routingKey, fieldTable(args))
}

export function messageWith(
  routingKey: string,
  headers?: PlainTable,
  properties: BasicProperties = {},
): RoutedMessage {
  const table = headers === undefined ? {} : { headers: fieldTable(headers) }
  return messageOf({ exchange: 'x', routingKey, properties: encodeProperties({ ...properties, ...table }) })
}

/** The names of the destinations that an exchange yields for a message, in order of the alphabet. */
export function matched(exchange: Exchange, routingKey: string, headers?: PlainTable): string[] {
  const into = new Set<Destination>()
  exchange.match(routingKey, messageWith(routingKey, headers), into)
  return namesOf(into)
}

export function namesOf(destinations: Iterable<Destination>): string[] {
  return [...destinations].map(destination => destination.name).sort()
}

/** Exchanges that know each other by name, as in a vhost, and queues that are made when they are first bound. */
export class SmallVhost implements ExchangeLookup {
  private readonly exchanges = new Map<string, Exchange>()
  private readonly queues = new Map<string, Destination>()
  private readonly router = new Router(this)

  exchange(name: string): Exchange | undefined {
    return this.exchanges.get(name)
  }

  declare(type: string, name: string, args: PlainTable = {}): Exchange {
    const exchange = exchangeOfType(type, name, args)
    this.exchanges.set(name, exchange)
    return exchange
  }

  delete(name: string): void {
    this.exchanges.delete(name)
  }

  /** `to` is an exchange if there is one of that name, else a queue. */
  bind(source: string, to: string, routingKey = '', args: PlainTable = {}): void {
    const destination = this.exchanges.get(to) ?? this.queue(to)
    this.existing(source).bind(bindingTo(destination, routingKey, args, source))
  }

  /** The queues that get a message, and whether that may be remembered. */
  route(exchange: string, routingKeys: string | readonly string[], headers?: PlainTable): RoutingResult {
    const keys = typeof routingKeys === 'string' ? [routingKeys] : routingKeys
    const into = new Set<Destination>()
    const rememberable = this.router.route(
      this.existing(exchange),
      messageWith(keys[0] ?? '', headers),
      keys,
      into,
    )
    return { queues: namesOf(into), rememberable }
  }

  private queue(name: string): Destination {
    const queue = this.queues.get(name) ?? queueNamed(name)
    this.queues.set(name, queue)
    return queue
  }

  private existing(name: string): Exchange {
    const exchange = this.exchanges.get(name)
    if (exchange === undefined) throw new Error(`the spec declared no exchange ${name}`)
    return exchange
  }
}

export interface RoutingResult {
  readonly queues: string[]
  readonly rememberable: boolean
}
