/** Declaring and deleting queues: RabbitMQ's checks in RabbitMQ's order. Permissions are the channel's. */
import { randomBytes } from 'node:crypto'
import { InternalError, NotImplemented, PreconditionFailed, ResourceLocked } from '../../amqp/errors'
import type { FieldTable } from '../../amqp/table'
import {
  argumentsToRepeat,
  checkQueueArguments,
  checkQueueProperties,
  queueTypeOf,
  withQueueType,
} from '../../queues/arguments'
import { DelayQueue } from '../../queues/delay-queue'
import { queueOptions } from '../../queues/options'
import { Queue, type QueueDefinition } from '../../queues/queue'
import { describeResource, isReplyQueue, isReplyQueueName, REPLY_TO } from '../names'
import type { Vhost } from '../vhost'
import { removeBindingsTo } from './bindings'
import { requireEquivalence, requireSameArguments, requireSameProperty } from './equivalence'

export interface QueueRequest {
  readonly name: string
  readonly durable: boolean
  readonly autoDelete: boolean
  /** The connection that wants it for itself; undefined: not exclusive. */
  readonly owner: object | undefined
  readonly arguments: FieldTable
}

/** Creates the queue, or finds that it is there just so. `connection`: who asks. */
export function declareQueue(vhost: Vhost, asked: QueueRequest, connection: object): Queue {
  const request = withDefaultType(vhost, asked)
  const existing = vhost.queues.get(request.name)
  if (existing !== undefined) {
    requireSameQueue(vhost, existing, request, connection)
    existing.used()
    vhost.around.counters.churn.queuesDeclared++
    return existing
  }
  const queue = createQueue(vhost, request)
  vhost.around.counters.churn.queuesDeclared++
  vhost.around.counters.churn.queuesCreated++
  return queue
}

/** amqp: queue.declare, field exclusive: only its connection may touch it. @throws ResourceLocked */
export function requireUnlocked(vhost: Vhost, queue: Queue, connection: object): void {
  if (queue instanceof DelayQueue) throw locked(vhost, queue)
  requireVisible(vhost, queue, connection)
}

/** Unlocked, or the queue of a delayed message exchange: everybody may ask how much is in it, and empty it. */
export function requireVisible(vhost: Vhost, queue: Queue, connection: object): void {
  const owner = queue.definition.owner
  if (owner !== undefined && owner !== connection) throw locked(vhost, queue)
}

export interface DeleteConditions {
  readonly ifUnused: boolean
  readonly ifEmpty: boolean
}

/** Returns how many messages went with it. @throws PreconditionFailed */
export function deleteQueue(vhost: Vhost, queue: Queue, conditions: DeleteConditions): number {
  const resource = describeResource('queue', queue.name, vhost.name)
  requireDeletable(resource, queue, conditions)
  if (conditions.ifEmpty && queue.messageCount > 0) throw new PreconditionFailed(`${resource} not empty`)
  if (conditions.ifUnused && queue.consumers.count > 0) throw new PreconditionFailed(`${resource} in use`)
  const count = queue.messageCount
  removeQueue(vhost, queue)
  return count
}

/** @throws NotImplemented: RabbitMQ's quorum queues know no conditions */
function requireDeletable(resource: string, queue: Queue, { ifUnused, ifEmpty }: DeleteConditions): void {
  if (queueTypeOf(queue.definition.arguments) === 'classic' || !(ifUnused || ifEmpty)) return
  throw new NotImplemented(
    `cannot delete ${resource}. queue.delete operations with ${ifUnused ? 'if-unused' : 'if-empty'} flag set ` +
      'are not supported by quorum queues',
  )
}

/** Takes a queue out of the vhost, with its bindings and consumers. */
export function removeQueue(vhost: Vhost, queue: Queue): void {
  if (vhost.queues.get(queue.name) !== queue) return
  vhost.queues.delete(queue.name)
  vhost.routingRevision++
  const { owner } = queue.definition
  if (owner !== undefined) disown(vhost, owner, queue)
  if (isReplyQueue(queue.name)) vhost.undeclaredQueueCount--
  removeBindingsTo(vhost, queue)
  vhost.log.queueGone(queue)
  queue.delete()
  countEnded(vhost, queue)
}

/** Those that nobody declared do not count. */
function countEnded({ around: { counters } }: Vhost, queue: Queue): void {
  if (isReplyQueueName(queue.name) || queue instanceof DelayQueue) return
  counters.churn.queuesDeleted++
  counters.queueEnded(queue)
}

/** A queue for the replies to one requester: nobody can use it by name, and it goes with its consumer. */
export function openReplyQueue(vhost: Vhost): Queue {
  const name = `${REPLY_TO}.${randomBytes(16).toString('base64url')}`
  vhost.undeclaredQueueCount++
  return createQueue(vhost, { name, durable: false, autoDelete: true, owner: {}, arguments: new Map() })
}

/** A connection goes, and with it the queues it alone could use. */
export function removeExclusiveQueues(vhost: Vhost, owner: object): void {
  const queues = vhost.exclusiveQueues.get(owner)
  vhost.exclusiveQueues.delete(owner)
  for (const queue of queues ?? []) removeQueue(vhost, queue)
}

function createQueue(vhost: Vhost, request: QueueRequest): Queue {
  const resource = describeResource('queue', request.name, vhost.name)
  checkQueueArguments(resource, request.arguments)
  requireRoomForQueue(vhost, request.name)
  const { durable, owner, autoDelete } = request
  refuseDeprecated(vhost, request)
  checkQueueProperties(resource, { durable, isExclusive: owner !== undefined, autoDelete }, request.arguments)
  const definition = { ...request, id: vhost.around.nextQueueId() }
  const queue = newQueue(vhost, definition)
  vhost.queues.set(request.name, queue)
  vhost.policies.applyToQueue(queue)
  vhost.log.queueDeclared(queue)
  vhost.routingRevision++
  if (request.owner !== undefined) ownedBy(vhost, request.owner).add(queue)
  return queue
}

/** RabbitMQ: the virtual host's type is for those queues without one that may be of it. */
function withDefaultType({ metadata }: Vhost, request: QueueRequest): QueueRequest {
  const { defaultQueueType: type } = metadata
  const { arguments: args, durable, owner, autoDelete } = request
  if (type === undefined || args.has('x-queue-type')) return request
  if (type !== 'classic' && (!durable || owner !== undefined || autoDelete)) return request
  const typed: FieldTable = new Map([...args, ['x-queue-type', { type: 'S', value: Buffer.from(type) }]])
  return { ...request, arguments: typed }
}

/** As its arguments have it; its policies are still to be applied. */
export function newQueue(vhost: Vhost, definition: QueueDefinition): Queue {
  const options = queueOptions(definition.arguments, undefined, undefined, vhost.around.queueDefaults)
  const { makeQueue } = vhost.around
  if (makeQueue !== undefined) return makeQueue(definition, options, vhost.forQueues, vhost.name)
  return new Queue(definition, options, vhost.forQueues)
}

/** RabbitMQ 4.3 denies what was deprecated before. @throws InternalError, which closes the connection */
function refuseDeprecated({ around }: Vhost, { durable, owner, arguments: args }: QueueRequest): void {
  if (!around.compat.transientQueues && !durable && owner === undefined) {
    throw deprecated('transient_nonexcl_queues')
  }
  if (around.compat.queueMasterLocator || queueTypeOf(args) !== 'classic') return
  if (args.has('x-queue-master-locator')) throw deprecated('queue_master_locator')
}

function deprecated(feature: string): InternalError {
  return new InternalError(
    `Feature \`${feature}\` is deprecated.\nBy default, this feature is not permitted anymore.\n` +
      'The feature will be removed from a future major RabbitMQ version, regardless of the configuration; ' +
      'actual version to be determined.\nTo continue using this feature when it is not permitted by default, ' +
      `set the following parameter in your configuration:\n    "deprecated_features.permit.${feature} = true"`,
  )
}

/** @throws PreconditionFailed; never for the queue behind a reply-to, which nobody declares */
function requireRoomForQueue(vhost: Vhost, name: string): void {
  if (isReplyQueue(name)) return
  const count = vhost.queues.size - vhost.undeclaredQueueCount
  const { limits } = vhost.around
  const limit = limits.reached('vhost', vhost.name, 'max-queues', count)
  if (limit === undefined) return limits.node.requireRoomForQueue(name)
  throw new PreconditionFailed(
    `cannot declare queue '${name}': queue limit in vhost '${vhost.name}' (${limit}) is reached`,
  )
}

function disown(vhost: Vhost, owner: object, queue: Queue): void {
  const queues = vhost.exclusiveQueues.get(owner)
  queues?.delete(queue)
  if (queues?.size === 0) vhost.exclusiveQueues.delete(owner)
}

function ownedBy(vhost: Vhost, owner: object): Set<Queue> {
  let queues = vhost.exclusiveQueues.get(owner)
  if (queues === undefined) {
    queues = new Set()
    vhost.exclusiveQueues.set(owner, queues)
  }
  return queues
}

function requireSameQueue(vhost: Vhost, existing: Queue, request: QueueRequest, connection: object): void {
  const resource = describeResource('queue', existing.name, vhost.name)
  const current = existing.definition
  // RabbitMQ checks the owner first, strictly: asking for exclusive what is not exclusive is refused like the reverse.
  if (current.owner !== request.owner || (current.owner !== undefined && current.owner !== connection)) {
    throw locked(vhost, existing)
  }
  requireEquivalence(vhost, 'queue', existing.name, () => {
    requireSameProperty('durable', resource, request.durable, current.durable)
    requireSameProperty('auto_delete', resource, request.autoDelete, current.autoDelete)
    requireSameArguments(
      argumentsToRepeat(current.arguments),
      resource,
      withQueueType(request.arguments),
      withQueueType(current.arguments),
    )
  })
}

function locked(vhost: Vhost, queue: Queue): ResourceLocked {
  const resource = describeResource('queue', queue.name, vhost.name)
  return new ResourceLocked(
    `cannot obtain exclusive access to locked ${resource}. It could be originally declared on another ` +
      'connection or the exclusive property value does not match that of the original declaration.',
  )
}
