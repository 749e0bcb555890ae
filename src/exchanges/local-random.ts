/**
 * A local random exchange: a random one for queues of this node, which all queues of a broker without a cluster are.
 * RabbitMQ lets only classic queues be bound, and only without a key.
 */
import { PreconditionFailed } from '../amqp/errors'
import type { Binding } from './binding'
import { RandomExchange } from './random'

export class LocalRandomExchange extends RandomExchange {
  override readonly type = 'x-local-random'

  override validateBinding({ destination, routingKey }: Binding): void {
    if (routingKey !== '') throw new PreconditionFailed(`Non empty binding '${routingKey}' key not permitted`)
    if (destination.kind === 'exchange') throw new PreconditionFailed('Destination not found')
    const type = destination.options?.type
    if (type === undefined || type === 'classic') return
    throw new PreconditionFailed(`Queue type rabbit_${type}_queue not valid for this exchange type`)
  }
}
