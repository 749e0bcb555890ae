/** By which names RabbitMQ's health check knows the protocols of listeners. */

const NAMES: Readonly<Record<string, readonly string[]>> = {
  amqp: ['amqp091', 'amqp0.9.1', 'amqp0-9-1', 'amqp0_9_1'],
  'amqp/ssl': ['amqps', 'amqp+tls', 'amqp+ssl', 'amqp/tls'],
  http: ['http1', 'http1.1', 'http_api', 'management', 'management_ui', 'ui'],
  https: ['http/tls', 'http/ssl'],
  'http/prometheus': ['prometheus'],
  'http/web-amqp': ['webamqp', 'web-amqp', 'web_amqp'],
}

/** One that is not known is its own name. */
export function protocolNamed(name: string): string {
  const wanted = name.trim().toLowerCase()
  const found = Object.entries(NAMES).find(([, others]) => others.includes(wanted))
  return found?.[0] ?? wanted
}
