/**
 * A virtual host as a picture: exchanges and queues, and what leads from one to another. Never more than fits a screen: the
 * busiest ones, or those around one of them, nearest first.
 *
 *     exchange ──binding──► queue ──dead-letter──► exchange ──binding──► …
 *        └─────alternate───► exchange
 */
import type { Binding } from '../exchanges/binding'
import type { Exchange } from '../exchanges/exchange'
import { DelayQueue } from '../queues/delay-queue'
import type { Queue } from '../queues/queue'
import { DueHeap } from '../structures/due-heap'
import { isReplyQueue } from './names'
import type { Vhost } from './vhost'

const NODES_MAX = 500
const EDGES_MAX = 5000
/** How far around one of them. */
const STEPS = 2

export type TopologyNode = Exchange | Queue

export interface TopologyEdge {
  readonly kind: 'binding' | 'dead-letter' | 'alternate'
  readonly source: TopologyNode
  /** A queue only for a binding, and for dead letters through the default exchange. */
  readonly destination: TopologyNode
  /** Of a dead letter: the one it gets, if any. */
  readonly routingKey: string | undefined
  readonly binding: Binding | undefined
}

export interface Topology {
  readonly exchanges: readonly Exchange[]
  readonly queues: readonly Queue[]
  readonly edges: readonly TopologyEdge[]
  /** There is more than this. */
  readonly isTruncated: boolean
}

export interface TopologyRequest {
  /** How busy something is: those with the highest number are shown. */
  rateOf?(node: TopologyNode): number
  /** Only what is around this one. */
  readonly around?: { readonly kind: 'exchange' | 'queue'; readonly name: string } | undefined
  readonly steps?: number | undefined
  readonly nodesMax?: number | undefined
}

/** @throws NotFound when what it is to be drawn around is not there */
export function topologyOf(vhost: Vhost, request: TopologyRequest = {}): Topology {
  const { around, nodesMax = NODES_MAX } = request
  const view = new Surroundings(vhost)
  const { nodes, isTruncated } =
    around === undefined
      ? busiest(vhost, request.rateOf ?? (() => 0), nodesMax)
      : view.nearest(nodeNamed(vhost, around), request.steps ?? STEPS, nodesMax)
  const edges = firstEdges(view, nodes)
  const exchanges = [...nodes].filter(node => node.kind === 'exchange')
  const queues = [...nodes].filter(node => node.kind === 'queue')
  return {
    exchanges,
    queues,
    edges: edges.slice(0, EDGES_MAX),
    isTruncated: isTruncated || edges.length > EDGES_MAX,
  }
}

/** One more than there may be: there are more. */
function firstEdges(view: Surroundings, nodes: ReadonlySet<TopologyNode>): TopologyEdge[] {
  const edges: TopologyEdge[] = []
  for (const node of nodes) {
    for (const edge of view.edgesAmong(node, nodes)) {
      edges.push(edge)
      if (edges.length > EDGES_MAX) return edges
    }
  }
  return edges
}

function nodeNamed(vhost: Vhost, { kind, name }: { kind: string; name: string }): TopologyNode {
  return kind === 'queue' ? vhost.requireQueue(name) : vhost.requireExchange(name)
}

interface Chosen {
  readonly nodes: ReadonlySet<TopologyNode>
  readonly isTruncated: boolean
}

function busiest(vhost: Vhost, rateOf: (node: TopologyNode) => number, max: number): Chosen {
  const all = [...vhost.exchanges.values(), ...vhost.queues.values()].filter(node => isShown(vhost, node))
  const kept = new DueHeap()
  for (const [at, node] of all.entries()) {
    // of those that are equally busy the first ones
    kept.push(rateOf(node), -at)
    if (kept.length > max) kept.pop()
  }
  const nodes: TopologyNode[] = []
  for (let at = kept.pop(); at !== undefined; at = kept.pop()) nodes.push(all[-at]!)
  return { nodes: new Set(nodes.reverse()), isTruncated: all.length > max }
}

/** Not what nobody declared, unless somebody uses it. */
function isShown(vhost: Vhost, node: TopologyNode): boolean {
  if (node.kind === 'queue') return !(node instanceof DelayQueue || isReplyQueue(node.name))
  if (node.name === '') return false
  return !node.name.startsWith('amq.') || node.bindingCount > 0 || vhost.sources.has(node)
}

class Surroundings {
  /** Those whose dead letters, or messages without a way, go to an exchange or queue. */
  private led: Map<TopologyNode, TopologyNode[]> | undefined

  constructor(private readonly vhost: Vhost) {}

  nearest(center: TopologyNode, steps: number, max: number): Chosen {
    const found = new Map<TopologyNode, number>([[center, 0]])
    for (const [node, distance] of found) {
      if (distance === steps) break
      for (const next of this.neighbours(node)) {
        if (found.has(next)) continue
        if (found.size === max) return { nodes: new Set(found.keys()), isTruncated: true }
        found.set(next, distance + 1)
      }
    }
    return { nodes: new Set(found.keys()), isTruncated: false }
  }

  /** What leads from a node to others of these. */
  *edgesAmong(node: TopologyNode, nodes: ReadonlySet<TopologyNode>): Generator<TopologyEdge> {
    const further = this.furtherFrom(node)
    if (further !== undefined && nodes.has(further.destination)) yield further
    if (node.kind === 'queue') return
    for (const binding of bindingsAmong(node, nodes)) {
      const destination = this.nodeOf(binding)
      if (destination === undefined || !nodes.has(destination)) continue
      yield { kind: 'binding', source: node, destination, routingKey: binding.routingKey, binding }
    }
  }

  private *neighbours(node: TopologyNode): Generator<TopologyNode> {
    const further = this.furtherFrom(node)
    if (further !== undefined) yield further.destination
    yield* this.vhost.sources.get(node) ?? []
    this.led ??= this.whoLeadsWhere()
    yield* this.led.get(node) ?? []
    if (node.kind === 'queue') return
    for (const binding of node.bindings()) {
      const destination = this.nodeOf(binding)
      if (destination !== undefined) yield destination
    }
  }

  private nodeOf({ destination: { kind, name } }: Binding): TopologyNode | undefined {
    return kind === 'queue' ? this.vhost.queues.get(name) : this.vhost.exchanges.get(name)
  }

  private whoLeadsWhere(): Map<TopologyNode, TopologyNode[]> {
    const led = new Map<TopologyNode, TopologyNode[]>()
    for (const node of [...this.vhost.exchanges.values(), ...this.vhost.queues.values()]) {
      const destination = this.furtherFrom(node)?.destination
      if (destination === undefined) continue
      const leading = led.get(destination)
      if (leading === undefined) led.set(destination, [node])
      else leading.push(node)
    }
    return led
  }

  /** Where messages go that end here, or find no way: as arguments and policies want it at present. */
  private furtherFrom(node: TopologyNode): TopologyEdge | undefined {
    const { exchanges, queues } = this.vhost
    if (node.kind === 'exchange') {
      const name = node.alternateExchange
      const destination = name === undefined ? undefined : exchanges.get(name)
      if (destination === undefined) return undefined
      return { kind: 'alternate', source: node, destination, routingKey: undefined, binding: undefined }
    }
    const { deadLetterExchange, deadLetterRoutingKey: routingKey } = node.options
    if (deadLetterExchange === undefined) return undefined
    const destination =
      deadLetterExchange === '' ? queues.get(routingKey ?? '') : exchanges.get(deadLetterExchange)
    if (destination === undefined) return undefined
    return { kind: 'dead-letter', source: node, destination, routingKey, binding: undefined }
  }
}

/** An exchange may have a great many bindings, of which most lead elsewhere. */
function* bindingsAmong(exchange: Exchange, nodes: ReadonlySet<TopologyNode>): Generator<Binding> {
  if (exchange.bindingCount <= nodes.size) yield* exchange.bindings()
  else for (const node of nodes) yield* exchange.bindingsTo(node)
}
