/** Where the nodes of a topology stand: from left to right, as messages go, in rows that cross as little as can be. */
import dagre from '@dagrejs/dagre'
import type { Topology } from '../../api/message-types'

export interface Place {
  readonly x: number
  readonly y: number
}

export const nodeWidth = 190
export const nodeHeight = 56

export function places({ exchanges, queues, bindings }: Topology): Map<string, Place> {
  const graph = new dagre.graphlib.Graph({ multigraph: false })
  graph.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 130 })
  graph.setDefaultEdgeLabel(() => ({}))
  const size = { width: nodeWidth, height: nodeHeight }
  for (const { name } of exchanges) graph.setNode(`exchange ${name}`, { ...size })
  for (const { name } of queues) graph.setNode(`queue ${name}`, { ...size })
  for (const { source_type: from = 'exchange', source, destination_type: to, destination } of bindings) {
    const [start, end] = [`${from} ${source}`, `${to} ${destination}`]
    if (graph.hasNode(start) && graph.hasNode(end)) graph.setEdge(start, end)
  }
  dagre.layout(graph)
  return new Map(
    graph.nodes().map((id: string) => {
      const { x, y } = graph.node(id) as Place
      return [id, { x: x - nodeWidth / 2, y: y - nodeHeight / 2 }]
    }),
  )
}
