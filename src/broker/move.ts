/**
 * What an operator does with messages that wait: move or copy them to another queue or to an exchange, or send dead letters
 * back to where they died first. Who may do so is checked by whoever asks.
 *
 *     to a queue      as they are: with the exchange and the routing key they were published with
 *     to an exchange  as if published there: alternate exchange, CC, delays and duplicates count. BCC is nobody's business
 *     back            to the queue they died in first, as they were when they came into it; when it is gone, to the exchange
 *                     they were published to. The history (x-death) stays with them, as with a shovel from a dead letter queue.
 *     nowhere         some of a queue are purged, not all of them as `queue.purge` does
 */
import { AccessRefused } from '../amqp/errors'
import { withHeaders } from '../amqp/property-edit'
import type { Exchange } from '../exchanges/exchange'
import { keysIn } from '../exchanges/sender-selected'
import { Mark, Message } from '../message'
import { DelayQueue } from '../queues/delay-queue'
import type { Queue } from '../queues/queue'
import { firstDeath } from './deaths'
import { requireUnlocked } from './declarations/queue-declarations'
import { describeResource } from './names'
import { withdrawAll } from './notes'
import { type Destination, type Onward, type StayReason, Transfer } from './transfer'
import type { Vhost } from './vhost'

export interface MoveRequest {
  /** Without a routing key each message keeps its own. */
  readonly destination:
    | { readonly queue: string }
    | { readonly exchange: string; readonly routingKey?: string | undefined }
  readonly mode?: 'move' | 'copy'
  /** Whether a message may be published to this topic exchange; asked for each one that goes to such. */
  mayPublish?(exchange: string, routingKey: string): boolean
  readonly count?: number | undefined
  readonly positions?: readonly number[] | undefined
}

export interface RedriveRequest {
  readonly count?: number | undefined
  readonly positions?: readonly number[] | undefined
  /** Whether messages may be sent there; asked once for each place. */
  mayWrite?(kind: 'queue' | 'exchange', name: string): boolean
  /** As of `MoveRequest`. */
  mayPublish?(exchange: string, routingKey: string): boolean
}

/**
 * Begins to move what waits in a queue. `connection`: who asks, for exclusive queues.
 * @throws NotFound, ResourceLocked, AccessRefused
 */
export function moveMessages(
  vhost: Vhost,
  source: string,
  request: MoveRequest,
  connection: object,
): Transfer {
  const { destination, mode = 'move', count, positions } = request
  const queue = unlockedQueue(vhost, source, connection)
  const to =
    'queue' in destination
      ? new ToQueue(unlockedQueue(vhost, destination.queue, connection))
      : new ToExchange(vhost, openExchange(vhost, destination.exchange), destination.routingKey, request)
  return begun(vhost, new Transfer(queue, to, { mode, count, positions }))
}

/** Begins to send dead letters back. @throws NotFound, ResourceLocked */
export function redriveMessages(
  vhost: Vhost,
  source: string,
  request: RedriveRequest,
  connection: object,
): Transfer {
  const { count, positions } = request
  const queue = unlockedQueue(vhost, source, connection)
  return begun(
    vhost,
    new Transfer(queue, new Back(vhost, queue, request), { mode: 'move', count, positions }),
  )
}

/** Begins to purge some: the first so many, or those at given positions. @throws NotFound, ResourceLocked */
export function purgeMessages(
  vhost: Vhost,
  source: string,
  { count, positions }: Pick<MoveRequest, 'count' | 'positions'>,
  connection: object,
): Transfer {
  const queue = unlockedQueue(vhost, source, connection)
  return begun(vhost, new Transfer(queue, NOWHERE, { mode: 'move', count, positions }))
}

/** It ends with the broker at the latest. */
function begun(vhost: Vhost, transfer: Transfer): Transfer {
  vhost.transfers.add(transfer)
  const ended = () => vhost.transfers.delete(transfer)
  transfer.done.then(ended, ended)
  return transfer
}

function unlockedQueue(vhost: Vhost, name: string, connection: object): Queue {
  const queue = vhost.requireQueue(name)
  requireUnlocked(vhost, queue, connection)
  return queue
}

function openExchange(vhost: Vhost, name: string): Exchange {
  const exchange = vhost.requireExchange(name)
  if (!exchange.internal) return exchange
  throw new AccessRefused(`cannot publish to internal ${describeResource('exchange', name, vhost.name)}`)
}

const NOWHERE: Destination = { isOneQueue: true, onward: message => ({ message, queues: [] }) }

class ToQueue implements Destination {
  readonly isOneQueue = true

  constructor(private readonly queue: Queue) {}

  onward(message: Message): Onward | StayReason {
    return this.queue.deleted ? 'unroutable' : { message, queues: [this.queue] }
  }
}

class ToExchange implements Destination {
  readonly isOneQueue = false

  constructor(
    private readonly vhost: Vhost,
    private readonly exchange: Exchange,
    private readonly routingKey: string | undefined,
    private readonly terms: PublishTerms,
  ) {}

  onward(message: Message): Onward | StayReason {
    const { vhost, exchange } = this
    if (vhost.exchange(exchange.name) !== exchange) return 'unroutable'
    return published({ vhost, exchange, terms: this.terms }, this.routingKey ?? message.routingKey, message)
  }
}

class Back implements Destination {
  readonly isOneQueue = false
  private readonly permissions = new Map<string, boolean>()

  constructor(
    private readonly vhost: Vhost,
    private readonly source: Queue,
    private readonly request: RedriveRequest,
  ) {}

  onward(message: Message): Onward | StayReason {
    const death = firstDeath(message.headers())
    if (death === undefined) return 'not-dead'
    const { vhost, source } = this
    const routingKey = death.routingKeys[0] ?? message.routingKey
    const queue = vhost.queues.get(death.queue)
    if (queue === source) return 'same-queue'
    if (queue !== undefined && !(queue instanceof DelayQueue)) {
      if (!this.mayWrite('queue', queue.name)) return 'forbidden'
      return { message: readdressed(message, death.exchange, routingKey), queues: [queue] }
    }
    const exchange = vhost.exchange(death.exchange)
    if (exchange === undefined || exchange.internal) return 'unroutable'
    if (!this.mayWrite('exchange', exchange.name)) return 'forbidden'
    const onward = published({ vhost, exchange, terms: this.request }, routingKey, message)
    if (typeof onward === 'string' || !onward.queues.includes(source)) return onward
    onward.withdrawn?.()
    return 'same-queue'
  }

  private mayWrite(kind: 'queue' | 'exchange', name: string): boolean {
    const key = `${kind}/${name}`
    let may = this.permissions.get(key)
    if (may === undefined) {
      may = this.request.mayWrite?.(kind, name) ?? true
      this.permissions.set(key, may)
    }
    return may
  }
}

type PublishTerms = Pick<MoveRequest, 'mayPublish'>

interface Publishing {
  readonly vhost: Vhost
  readonly exchange: Exchange
  readonly terms: PublishTerms
}

function published(
  { vhost, exchange, terms }: Publishing,
  routingKey: string,
  from: Message,
): Onward | StayReason {
  const message = withoutBcc(readdressed(from, exchange.name, routingKey))
  const headers = message.headers()
  const keys = headers === undefined ? [routingKey] : [routingKey, ...keysIn(headers, 'CC')]
  const isForbidden = (key: string): boolean => terms.mayPublish?.(exchange.name, key) === false
  if (exchange.type === 'topic' && keys.some(isForbidden)) return 'forbidden'
  const { queues, work } = vhost.route(exchange, message, keys)
  const { notes } = vhost
  if (queues.length > 0) return { message, queues, work, withdrawn: () => withdrawAll(notes) }
  withdrawAll(notes)
  return 'unroutable'
}

/** Shares properties and body with the view it was made of. */
function readdressed(view: Message, exchange: string, routingKey: string): Message {
  const message = Object.assign(new Message(), view)
  message.record = undefined // of the message as it was
  message.setAddress(exchange, routingKey)
  return message
}

function withoutBcc(message: Message): Message {
  const headers = (message.marks & Mark.blindCarbon) === 0 ? undefined : message.headers()
  if (headers === undefined) return message
  const { propertiesBytes, propertiesStart, propertiesEnd } = message
  const others = new Map([...headers].filter(([key]) => key !== 'BCC'))
  message.setProperties(withHeaders(propertiesBytes, propertiesStart, propertiesEnd, others))
  message.marks &= ~Mark.blindCarbon
  return message
}
