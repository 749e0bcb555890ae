/** The queue that a delayed message exchange has its messages wait in: it comes and goes with the exchange. */
import type { Exchange } from '../exchanges/exchange'
import { DelayQueue } from '../queues/delay-queue'
import type { QueueDefinition } from '../queues/queue'
import { delayedExchangeIn } from './delayed-delivery'
import type { Vhost } from './vhost'

/** Does nothing for an exchange that delays nothing, or whose queue is there already. */
export function openDelayQueue(vhost: Vhost, exchange: Exchange): void {
  const name = delayedExchangeIn(exchange)?.delayQueue.name
  if (name === undefined || vhost.queues.has(name)) return
  const { durable } = exchange
  const id = vhost.around.nextQueueId()
  const definition = { id, name, durable, autoDelete: false, owner: undefined, arguments: new Map() }
  const queue = delayQueue(vhost, definition, exchange.name)
  vhost.queues.set(name, queue)
  vhost.log.queueDeclared(queue)
}

/** The exchange goes, and what waits with it. */
export function removeDelayQueue(vhost: Vhost, exchange: Exchange): void {
  const name = delayedExchangeIn(exchange)?.delayQueue.name
  const queue = name === undefined ? undefined : vhost.queues.get(name)
  if (name === undefined || queue === undefined) return
  vhost.queues.delete(name)
  vhost.undeclaredQueueCount--
  vhost.log.queueGone(queue)
  queue.delete()
}

/** After a restart: undefined when a queue of this name is no exchange's. */
export function delayQueueOf(vhost: Vhost, definition: QueueDefinition): DelayQueue | undefined {
  if (!definition.name.startsWith(PREFIX)) return undefined
  const exchange = vhost.exchanges.get(definition.name.slice(PREFIX.length))
  if (delayedExchangeIn(exchange)?.delayQueue.name !== definition.name) return undefined
  return delayQueue(vhost, definition, definition.name.slice(PREFIX.length))
}

function delayQueue(vhost: Vhost, definition: QueueDefinition, exchange: string): DelayQueue {
  vhost.undeclaredQueueCount++ // no limit of the virtual host counts it
  return new DelayQueue(definition, exchange, vhost.forDelayQueues)
}

const PREFIX = 'amq.delayed.'
