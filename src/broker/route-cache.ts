/**
 * Where publishes went before: from the address bytes of basic.publish to a verdict that permissions allow it and,
 * when nothing else can change it, to the queues. Good until a binding, queue, exchange or permission changes.
 * Shared by the channels of a connection: one user, one virtual host.
 */
import { AccessRefused } from '../amqp/errors'
import type { Access } from '../auth/access'
import type { User } from '../auth/users'
import type { Exchange } from '../exchanges/exchange'
import { senderSelectedKeys } from '../exchanges/sender-selected'
import type { Message } from '../message'
import type { Queue } from '../queues/queue'
import { ByteRangeCache } from '../structures/name-cache'
import { describeResource } from './names'
import { countRouted } from './routed'
import type { Routing, Vhost } from './vhost'

const REMEMBERED_ROUTES = 256

/** Of all routes together: a thousand connections that publish to ten thousand queues under many keys are to have room. */
const REMEMBERED_QUEUES = 16_384

export interface Route {
  readonly exchange: Exchange
  readonly routingKey: string
  readonly routingKeys: readonly string[]
  /** Undefined: depends on more than exchange and key. */
  queues: readonly Queue[] | undefined
  /** Messages that went to `queues`, and are not counted at exchange and queues yet: `gather` does that. */
  published: number
  readonly revision: number
}

export class RouteCache {
  /** What the routes took that had to be found, in units of `WORK_PER_TURN`, since somebody set it to 0. */
  work = 0
  private cache: ByteRangeCache<Route> | undefined
  /** Queues of the routes, also of those that were displaced since all were forgotten last. */
  private remembered = 0

  constructor(
    private readonly vhost: Vhost,
    private readonly user: User,
    private readonly access: Access,
  ) {}

  /** Counts at exchanges and queues what went by the routes that are remembered. */
  gather(): void {
    if (this.cache === undefined) return
    for (const route of this.cache.values()) this.gatherRoute(route)
  }

  /** Nothing will be published by these routes any more. */
  close(): void {
    this.gather()
    this.cache = undefined
    this.vhost.routeCaches.delete(this)
  }

  /**
   * Sets the message's exchange and routing key from its address bytes.
   * @throws AccessRefused, NotFound
   */
  address(message: Message): Route {
    const route = this.find(message)
    message.exchange = route.exchange.name
    message.routingKey = route.routingKey
    return route
  }

  /**
   * The queues of a message, which exchanges may keep a copy of: it is as it will be passed on.
   * @throws PreconditionFailed for CC and BCC that are no arrays, AccessRefused for keys in them
   */
  queues(route: Route, message: Message, hasCcOrBcc: boolean): readonly Queue[] {
    if (!hasCcOrBcc) return route.queues ?? this.ask(route, message)
    const further = senderSelectedKeys(message.headers())
    this.permitKeys(route.exchange, further)
    return this.found(this.vhost.route(route.exchange, message, [route.routingKey, ...further])).queues
  }

  private find(message: Message): Route {
    const cache = this.cache ?? this.open()
    const { addressBytes, addressStart, addressEnd } = message
    const known = cache.get(addressBytes, addressStart, addressEnd)
    // Both only grow, so their sum is the same only when both are.
    if (known !== undefined && known.revision === this.revision()) return known
    const route = this.permit(message)
    const displaced = cache.set(addressBytes, addressStart, addressEnd, route)
    if (displaced !== undefined) this.gatherRoute(displaced)
    return route
  }

  private open(): ByteRangeCache<Route> {
    this.cache = new ByteRangeCache(REMEMBERED_ROUTES)
    this.vhost.routeCaches.add(this)
    return this.cache
  }

  private ask(route: Route, message: Message): readonly Queue[] {
    const { queues, stable } = this.found(this.vhost.route(route.exchange, message, route.routingKeys))
    if (stable) this.remember(route, queues)
    return queues
  }

  private found(routing: Routing): Routing {
    this.work += routing.work
    return routing
  }

  private remember(route: Route, queues: readonly Queue[]): void {
    if (this.remembered + queues.length > REMEMBERED_QUEUES) this.forgetQueues()
    this.remembered += queues.length
    route.queues = queues
  }

  private forgetQueues(): void {
    this.remembered = 0
    for (const route of this.cache?.values() ?? []) {
      this.gatherRoute(route)
      route.queues = undefined
    }
  }

  /** RabbitMQ's order: write permission, existence, internal, topic permission. */
  private permit(message: Message): Route {
    message.readAddress()
    const { exchange: name, routingKey } = message
    const vhost = this.vhost.name
    const user = this.user.name
    this.access.requireWrite(user, vhost, 'exchange', name)
    const exchange = this.vhost.requireExchange(name)
    if (exchange.internal) {
      throw new AccessRefused(`cannot publish to internal ${describeResource('exchange', name, vhost)}`)
    }
    this.permitKeys(exchange, [routingKey])
    const revision = this.revision()
    return { exchange, routingKey, routingKeys: [routingKey], queues: undefined, published: 0, revision }
  }

  /** As RabbitMQ 4.x does, those in CC and BCC, too (3.10 asks for the first alone). */
  private permitKeys(exchange: Exchange, routingKeys: readonly string[]): void {
    if (exchange.type !== 'topic') return
    for (const key of routingKeys)
      this.access.requireTopicWrite(this.user.name, this.vhost.name, exchange.name, key)
  }

  private gatherRoute(route: Route): void {
    const { exchange, queues, published } = route
    if (queues === undefined || published === 0) return
    route.published = 0
    countRouted(this.vhost.around.counters, exchange, queues, published)
  }

  private revision(): number {
    return this.vhost.routingRevision + this.access.revision
  }
}
