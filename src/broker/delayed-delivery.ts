/**
 * Routes the messages of delayed message exchanges when their time has come: as bindings are then, under all their routing
 * keys, with the header `x-delay` below zero so that no exchange delays them again. What leads nowhere by then is dropped.
 */
import { expirationIn } from '../amqp/properties'
import { withHeaders } from '../amqp/property-edit'
import { delayIn, withDelayOver } from '../exchanges/delay-header'
import { DelayedExchange } from '../exchanges/delayed'
import type { Exchange } from '../exchanges/exchange'
import { senderSelectedKeys } from '../exchanges/sender-selected'
import { WrappingExchange } from '../exchanges/wrapping'
import { Message } from '../message'
import type { DelayQueue } from '../queues/delay-queue'
import type { LetterRouting } from './dead-letters'

export class DelayedDelivery {
  constructor(private readonly vhost: LetterRouting) {}

  delayOf(message: Message): number {
    return delayIn(message.headers())
  }

  /** Returns the work that it was, as `WORK_PER_TURN` has it. */
  release(queue: DelayQueue, waited: Message): number {
    const exchange = delayedExchangeIn(this.vhost.exchange(queue.exchange))
    if (exchange === undefined) return 0
    const message = releasedOf(waited)
    const routingKeys = [message.routingKey, ...senderSelectedKeys(message.headers())]
    const { queues, work } = this.vhost.route(exchange, message, routingKeys)
    for (const target of queues) target.enqueue(message)
    return work
  }
}

/** The one that delays in what is declared under a name, which may do more than that. */
export function delayedExchangeIn(exchange: Exchange | undefined): DelayedExchange | undefined {
  if (exchange instanceof DelayedExchange) return exchange
  return exchange instanceof WrappingExchange ? delayedExchangeIn(exchange.inner) : undefined
}

function releasedOf(waited: Message): Message {
  const { propertiesBytes, propertiesStart, propertiesEnd } = waited
  const message = Object.assign(new Message(), waited)
  message.record = undefined // of the message as it was
  message.readAddress()
  message.setProperties(
    withHeaders(propertiesBytes, propertiesStart, propertiesEnd, withDelayOver(waited.headers())),
  )
  message.ttl = expirationIn(propertiesBytes, propertiesStart, propertiesEnd) ?? -1
  return message
}
