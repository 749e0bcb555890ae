/**
 * RabbitMQ's event exchange: everything that happens, as messages without a body. It is declared in one virtual host
 * only, and costs a comparison for each event while nothing is bound to it.
 */
import type { Broker } from '../broker'
import type { Vhost } from '../vhost'
import { eventHeaders } from './event-headers'

const EVENT_EXCHANGE = 'amq.rabbitmq.event'
const PERSISTENT = 2

/** Before what the store held is recovered: bindings to the exchange may be among it. */
export function openEventExchange(broker: Broker, vhost: Vhost): void {
  const exchange = vhost.predeclare({ name: EVENT_EXCHANGE, type: 'topic', internal: true })
  broker.events.listen((event, actor) => {
    if (exchange.bindingCount === 0) return
    const now = broker.clock.now()
    const headers = eventHeaders(event, actor).set('timestamp_in_ms', { type: 'l', value: now })
    const properties = { headers, deliveryMode: PERSISTENT, timestamp: Math.floor(now / 1000) }
    broker.outbox.post(vhost, exchange, event.kind, properties, NO_BODY)
  })
}

const NO_BODY = Buffer.alloc(0)
