/**
 * RabbitMQ's log exchange: log lines as messages, under their level. Invariants: a line that cannot become a message is
 * still a line and throws nowhere; what is logged because of such a message becomes none.
 */
import type { LineLevel, LogFields } from '../../logger'
import { printable } from '../../structures/printable'
import type { Broker } from '../broker'
import { NODE_NAME } from '../names'
import type { Vhost } from '../vhost'

const LOG_EXCHANGE = 'amq.rabbitmq.log'

/** RabbitMQ's names of the levels. */
const ROUTING_KEYS: Readonly<Record<LineLevel, string>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
}

/**
 * Returns what takes the lines. Before what the store held is recovered: bindings to the exchange may be among it.
 */
export function openLogExchange(
  broker: Broker,
  vhost: Vhost,
): (level: LineLevel, message: string, fields: LogFields) => void {
  const exchange = vhost.predeclare({ name: LOG_EXCHANGE, type: 'topic', internal: true })
  const headers = new Map([['node', { type: 'S', value: Buffer.from(NODE_NAME) } as const]])
  let isLogging = false
  return (level, message, fields) => {
    if (isLogging || exchange.bindingCount === 0) return
    isLogging = true
    try {
      const now = broker.clock.now()
      const key = ROUTING_KEYS[level]
      const properties = { contentType: 'text/plain', headers, timestamp: Math.floor(now / 1000) }
      const body = Buffer.from(`${timeOf(now)} [${key}] ${printable(message)}${described(fields)}\n`)
      broker.outbox.post(vhost, exchange, key, properties, body)
    } catch {
      // The line itself was written: nothing is to be said of its copy.
    } finally {
      isLogging = false
    }
  }
}

/** `2026-11-23 12:25:45.591000+00:00`, as RabbitMQ does. */
function timeOf(now: number): string {
  return new Date(now).toISOString().replace('T', ' ').replace('Z', '000+00:00')
}

/** ` (connection: 127.0.0.1:1 -> 127.0.0.1:2, user: guest)`; the stack of an error on lines of its own. */
function described({ err, ...fields }: LogFields): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}: ${printable(String(value))}`)
  const list = pairs.length === 0 ? '' : ` (${pairs.join(', ')})`
  return err === undefined ? list : `${list}\n${err instanceof Error ? err.stack : String(err)}`
}
