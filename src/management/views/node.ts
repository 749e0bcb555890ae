/** The node, its memory, its listeners and what it can do, as RabbitMQ's API shows them. */
import { availableParallelism } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import { NODE_NAME } from '../../broker/names'
import { exchangeTypeNames } from '../../exchanges/types'
import type { HistoryQuery } from '../../metrics/history-query'
import type { ListenerView, Management } from '../management'
import { compareTexts } from '../order'

/** RabbitMQ and its plugins describe their types so. */
const EXCHANGE_TYPES: Readonly<Record<string, string>> = {
  direct: 'AMQP direct exchange, as per the AMQP specification',
  fanout: 'AMQP fanout exchange, as per the AMQP specification',
  headers: 'AMQP headers exchange, as per the AMQP specification',
  topic: 'AMQP topic exchange, as per the AMQP specification',
  'x-consistent-hash': 'Consistent Hashing Exchange',
  'x-delayed-message': 'Delayed Message Exchange.',
  'x-local-random': 'Picks one random local binding (queue) to route via (to).',
  'x-message-deduplication': 'Message Deduplication Exchange.',
  'x-modulus-hash': 'Modulus Hashing Exchange',
  'x-random': 'AMQP random exchange. Like a direct exchange, but randomly chooses who to route to.',
  'x-recent-history': 'Recent History Exchange.',
}

const MECHANISMS: Readonly<Record<string, string>> = {
  PLAIN: 'SASL PLAIN authentication mechanism',
  AMQPLAIN: 'QPid AMQPLAIN mechanism',
  ANONYMOUS: 'SASL ANONYMOUS authentication mechanism',
  EXTERNAL: 'SASL EXTERNAL authentication mechanism',
}

/** `{"name","description","enabled"}`: of the types that this version has. */
export function exchangeTypesView({ broker }: Management): object[] {
  const names = exchangeTypeNames.filter(name => !broker.compat.unknownExchangeTypes.includes(name))
  return [...names].sort().map(name => ({ name, description: EXCHANGE_TYPES[name] ?? '', enabled: true }))
}

export function nodeView(management: Management, query: HistoryQuery): object {
  const { broker, statistics, startedAt, listeners, version, dataDir } = management
  const reading = statistics.node(query)
  return {
    name: NODE_NAME,
    type: 'disc',
    running: true,
    partitions: [],
    os_pid: String(process.pid),
    ...reading,
    sockets_total: reading.fd_total,
    mem_alarm: broker.alarms.isShort('memory'),
    mem_calculation_strategy: 'allocated',
    disk_free_alarm: broker.alarms.isShort('disk'),
    rates_mode: 'basic',
    uptime: Math.max(0, broker.clock.now() - startedAt),
    processors: availableParallelism(),
    exchange_types: exchangeTypesView(management),
    auth_mechanisms: management.settings.mechanisms
      .announced()
      .split(' ')
      .map(name => ({
        name,
        description: MECHANISMS[name] ?? '',
        enabled: true,
      })),
    applications: [{ name: 'leveret', description: 'Leveret, an AMQP 0-9-1 broker', version }],
    contexts: contextsView(listeners()),
    log_files: ['<stderr>'],
    db_dir: dataDir ?? '',
    config_files: [],
    enabled_plugins: [],
    cluster_links: [],
  }
}

export function listenersView(listeners: readonly ListenerView[]): object[] {
  return [...listeners]
    .sort((a, b) => compareTexts(a.protocol, b.protocol) || a.port - b.port)
    .map(({ protocol, host, port }) => ({
      node: NODE_NAME,
      protocol,
      ip_address: host,
      port,
      socket_opts: {},
    }))
}

/** RabbitMQ: what speaks HTTP. */
export function contextsView(listeners: readonly ListenerView[]): object[] {
  return listeners
    .filter(({ protocol }) => protocol.startsWith('http'))
    .map(({ protocol, host, port }) => ({
      node: NODE_NAME,
      description: protocol === 'http/prometheus' ? 'RabbitMQ Prometheus' : 'RabbitMQ Management',
      path: '/',
      ip: host,
      port: String(port),
      ssl_opts: [],
    }))
}

/** Bytes by what they are for. Of RabbitMQ's parts only those that a process of ours has. */
export function memoryView(): Readonly<Record<string, number>> {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage()
  const { total_heap_size_executable: code } = getHeapStatistics()
  return {
    heap: heapUsed - Math.min(code, heapUsed),
    code: Math.min(code, heapUsed),
    binary: arrayBuffers,
    other_external: Math.max(0, external - arrayBuffers),
    allocated_unused: heapTotal - heapUsed,
    other_system: Math.max(0, rss - heapTotal - external),
  }
}
