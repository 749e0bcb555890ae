/** The nodes of the picture, each at its place. Their size is given, not measured: what is out of sight costs nothing. */
import { type Node, Position } from '@xyflow/react'
import type { Topology } from '../../api/message-types'
import { nodeHeight, nodeWidth } from './node-size'
import type { ExchangeNodeData, QueueNodeData } from './nodes'
import type { Places } from './use-places'
import { idOf, type NodeKind } from './ways'

const handle = { width: 1, height: 1, y: nodeHeight / 2 }
const common = {
  width: nodeWidth,
  height: nodeHeight,
  sourcePosition: Position.Right,
  targetPosition: Position.Left,
  handles: [
    { ...handle, type: 'target', position: Position.Left, x: 0 },
    { ...handle, type: 'source', position: Position.Right, x: nodeWidth },
  ],
} as const satisfies Partial<Node>

/** `centre`: as `idOf` tells it. What came just now has no place yet, and is not drawn until it has. */
export function nodesOf(
  { exchanges, queues }: Topology,
  vhost: string,
  centre: string | undefined,
  at: Places | undefined,
): Node[] {
  const nodes: Node[] = []
  const add = (
    type: NodeKind,
    name: string,
    what: Omit<ExchangeNodeData | QueueNodeData, 'vhost' | 'isCentre'>,
  ) => {
    const id = idOf(type, name)
    const position = at?.get(id)
    if (position === undefined) return
    const data = { ...what, vhost, isCentre: id === centre }
    nodes.push({ ...common, handles: [...common.handles], id, type, data, position })
  }
  for (const exchange of exchanges) add('exchange', exchange.name, { exchange })
  for (const queue of queues) add('queue', queue.name, { queue })
  return nodes
}

/** Answers that say the same are the same objects, as the query client keeps them. */
export function isSameNode(old: Node, now: Node): boolean {
  return (
    old.position === now.position &&
    old.data['queue'] === now.data['queue'] &&
    old.data['exchange'] === now.data['exchange'] &&
    old.data['isCentre'] === now.data['isCentre']
  )
}
