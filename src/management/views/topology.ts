/** A virtual host as a graph, with how busy its parts are. */
import type { Topology, TopologyEdge, TopologyNode } from '../../broker/topology'
import type { Vhost } from '../../broker/vhost'
import type { Exchange } from '../../exchanges/exchange'
import type { Statistics } from '../../metrics/statistics'
import type { Queue } from '../../queues/queue'
import { bindingView } from './binding'

export function topologyView(vhost: Vhost, topology: Topology, statistics: Statistics): object {
  const bindings = []
  const links = []
  for (const edge of topology.edges) {
    if (edge.binding === undefined) links.push(linkView(edge))
    else bindings.push({ ...bindingView(vhost.name, edge.binding), rate: rateAlong(edge, statistics) })
  }
  return {
    exchanges: topology.exchanges.map(exchange => exchangeNode(exchange, statistics)),
    queues: topology.queues.map(queue => queueNode(queue, statistics)),
    bindings,
    links,
    truncated: topology.isTruncated,
  }
}

/** Messages a second. */
export function busyness(node: TopologyNode, statistics: Statistics): number {
  if (node.kind === 'exchange') return statistics.messageRate(node, 'publish_in')
  return statistics.messageRate(node, 'publish') + statistics.messageRate(node, 'deliver_get')
}

function exchangeNode(exchange: Exchange, statistics: Statistics): object {
  return {
    name: exchange.name,
    type: exchange.type,
    durable: exchange.durable,
    internal: exchange.internal,
    publish_in_rate: statistics.messageRate(exchange, 'publish_in'),
    publish_out_rate: statistics.messageRate(exchange, 'publish_out'),
  }
}

function queueNode(queue: Queue, statistics: Statistics): object {
  return {
    name: queue.name,
    type: queue.options.type,
    durable: queue.definition.durable,
    state: 'running',
    messages: queue.messageCount + queue.unacknowledgedCount,
    messages_ready: queue.messageCount,
    messages_unacknowledged: queue.unacknowledgedCount,
    consumers: queue.consumers.count,
    publish_rate: statistics.messageRate(queue, 'publish'),
    deliver_rate: statistics.messageRate(queue, 'deliver_get'),
  }
}

/** What comes to a queue is counted by the exchange it was published to. Undefined between exchanges: nobody counts that. */
function rateAlong({ source, destination }: TopologyEdge, statistics: Statistics): number | undefined {
  if (source.kind !== 'exchange' || destination.kind !== 'queue') return undefined
  return statistics.edgeRate(source, destination)
}

/** A way that is no binding: dead letters, and what an exchange leads nowhere. */
function linkView({ kind, source, destination, routingKey }: TopologyEdge): object {
  return {
    kind,
    source: source.name,
    source_type: source.kind,
    destination: destination.name,
    destination_type: destination.kind,
    ...(routingKey === undefined ? {} : { routing_key: routingKey }),
  }
}
