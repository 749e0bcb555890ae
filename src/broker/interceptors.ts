/**
 * What the broker adds to messages when they come in, before they are routed: RabbitMQ's incoming message interceptors.
 * Stands in a session where its route cache does, so that a broker without interceptors pays nothing for them.
 */
import { decodeProperties } from '../amqp/properties'
import { withHeaders, withTimestamp } from '../amqp/property-edit'
import type { FieldTable, FieldValue } from '../amqp/table'
import type { Access } from '../auth/access'
import type { User } from '../auth/users'
import type { Clock } from '../clock'
import type { Message } from '../message'
import type { Queue } from '../queues/queue'
import { NODE_NAME } from './names'
import { type Route, RouteCache } from './route-cache'
import type { Vhost } from './vhost'

/** `keep`: what the publisher set stays. */
export type Intercept = 'off' | 'keep' | 'overwrite'

export interface IncomingInterceptors {
  /** Header `timestamp_in_ms` and property timestamp. */
  readonly setHeaderTimestamp: Intercept
  /** Header `x-routed-by`. */
  readonly setHeaderRoutingNode: Intercept
}

export class InterceptingRoutes extends RouteCache {
  constructor(
    vhost: Vhost,
    user: User,
    access: Access,
    private readonly interceptors: IncomingInterceptors,
    private readonly clock: Clock,
  ) {
    super(vhost, user, access)
  }

  override queues(route: Route, message: Message, hasCcOrBcc: boolean): readonly Queue[] {
    this.intercept(message)
    return super.queues(route, message, hasCcOrBcc)
  }

  private intercept(message: Message): void {
    const { setHeaderTimestamp, setHeaderRoutingNode } = this.interceptors
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    const { headers, timestamp } = decodeProperties(propertiesBytes, propertiesStart, propertiesEnd)
    const now = this.clock.now()
    const changed = new Map(headers)
    if (isToBeSet(setHeaderTimestamp, headers?.has('timestamp_in_ms'))) {
      changed.set('timestamp_in_ms', { type: 'l', value: now })
    }
    if (isToBeSet(setHeaderRoutingNode, headers?.has('x-routed-by'))) changed.set('x-routed-by', ROUTED_BY)
    if (changed.size > 0) setHeaders(message, changed)
    if (isToBeSet(setHeaderTimestamp, timestamp !== undefined)) setTimestamp(message, Math.floor(now / 1000))
  }
}

const ROUTED_BY: FieldValue = { type: 'S', value: Buffer.from(NODE_NAME) }

export function intercepts(interceptors: IncomingInterceptors): boolean {
  return interceptors.setHeaderTimestamp !== 'off' || interceptors.setHeaderRoutingNode !== 'off'
}

function isToBeSet(how: Intercept, isSet: boolean | undefined): boolean {
  return how === 'overwrite' || (how === 'keep' && isSet !== true)
}

function setHeaders(message: Message, headers: FieldTable): void {
  const { propertiesBytes, propertiesStart, propertiesEnd } = message
  message.setProperties(withHeaders(propertiesBytes, propertiesStart, propertiesEnd, headers))
}

function setTimestamp(message: Message, seconds: number): void {
  const { propertiesBytes, propertiesStart, propertiesEnd } = message
  message.setProperties(withTimestamp(propertiesBytes, propertiesStart, propertiesEnd, seconds))
}
