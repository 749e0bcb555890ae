/** The part of the option table about the management: HTTP API, web UI, metrics. */
import type { OptionSpec } from './option-spec'

export const managementOptionTable = {
  management: {
    type: 'boolean',
    group: 'Management',
    default: true,
    embeddedDefault: false,
    description: 'Serve the HTTP API, the web UI, metrics and AMQP over WebSocket.',
  },
  managementHost: {
    type: 'text',
    group: 'Management',
    default: '127.0.0.1',
    description: 'Address the management listens on, as `host` is for AMQP.',
  },
  managementPort: {
    type: 'integer',
    group: 'Management',
    default: 15672,
    min: 0,
    max: 65535,
    zero: 'a free port',
    description: 'Port for the HTTP API and the web UI.',
  },
  httpBodyMax: {
    type: 'integer',
    group: 'Management',
    default: 20000000,
    min: 1024,
    max: 1073741824,
    unit: 'bytes',
    description:
      'Largest body of a request to the HTTP API, which definitions must fit (RabbitMQ: management.http.max_body_size).',
  },
  httpConnectionsMax: {
    type: 'integer',
    group: 'Management',
    default: 2000,
    min: 0,
    max: 10000000,
    zero: 'no limit',
    description:
      'Connections to the management, and as many to the port of the metrics: one more, and the oldest is dropped on which nobody has logged in. AMQP over WebSocket does not count.',
  },
  prometheus: {
    type: 'boolean',
    group: 'Management',
    default: true,
    embeddedDefault: false,
    description:
      'Serve metrics for Prometheus on a port of their own, without a login. The management has them, too, for users with the tag monitoring.',
  },
  prometheusHost: {
    type: 'text',
    group: 'Management',
    default: '127.0.0.1',
    description: 'Address the metrics are served on.',
  },
  prometheusPort: {
    type: 'integer',
    group: 'Management',
    default: 15692,
    min: 0,
    max: 65535,
    zero: 'a free port',
    description: 'Port for the metrics.',
  },
  samplingInterval: {
    type: 'integer',
    group: 'Management',
    default: 1000,
    min: 100,
    max: 3600000,
    unit: 'ms',
    description: 'How often counters are looked at for rates and charts.',
  },
} as const satisfies Record<string, OptionSpec>
