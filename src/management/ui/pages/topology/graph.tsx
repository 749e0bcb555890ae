/**
 * The picture of a topology. Places are computed from what is connected with what and kept until that changes; figures
 * move without moving the picture.
 */
import '@xyflow/react/dist/style.css'
import { useComputedColorScheme } from '@mantine/core'
import { Background, Controls, type Edge, MiniMap, type Node, Position, ReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import type { Topology, TopologyEdge } from '../../api/message-types'
import { rate } from '../../format/numbers'
import { series } from '../../theme'
import { ExchangeNode, type ExchangeNodeData, QueueNode, type QueueNodeData } from './nodes'
import { type Place, places } from './places'

const nodeTypes = { exchange: ExchangeNode, queue: QueueNode }

interface Props {
  readonly topology: Topology
  readonly vhost: string
}

export function Graph({ topology, vhost }: Props) {
  const scheme = useComputedColorScheme('light')
  const structure = structureOf(topology)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is connected decides where it stands
  const at = useMemo(() => places(topology), [structure])
  const nodes = useMemo(() => nodesOf(topology, vhost, at), [topology, vhost, at])
  const edges = useMemo(() => edgesOf(topology), [topology])
  return (
    <section className="surface graph" aria-label="Topology graph">
      <ReactFlow
        key={structure.length}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        nodesFocusable={false}
      >
        <Background gap={24} />
        <Controls showInteractive={false} />
        {nodes.length > 30 && <MiniMap pannable zoomable ariaLabel="Overview of the graph" />}
      </ReactFlow>
    </section>
  )
}

export function idOf(kind: 'queue' | 'exchange', name: string): string {
  return `${kind} ${name}`
}

function structureOf({ exchanges, queues, bindings }: Topology): string {
  return JSON.stringify([
    exchanges.map(({ name }) => name),
    queues.map(({ name }) => name),
    bindings.map(edge => [edge.source_type, edge.source, edge.destination_type, edge.destination]),
  ])
}

function nodesOf({ exchanges, queues }: Topology, vhost: string, at: ReadonlyMap<string, Place>): Node[] {
  const base = (id: string) => ({
    id,
    position: at.get(id) ?? { x: 0, y: 0 },
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
  })
  return [
    ...exchanges.map(exchange => ({
      ...base(idOf('exchange', exchange.name)),
      type: 'exchange',
      data: { exchange, vhost } satisfies ExchangeNodeData,
    })),
    ...queues.map(queue => ({
      ...base(idOf('queue', queue.name)),
      type: 'queue',
      data: { queue, vhost } satisfies QueueNodeData,
    })),
  ]
}

const colors = { binding: series.total, 'dead-letter': series.returned, alternate: series.ready } as const

/** Several bindings between the same two are one line. */
function edgesOf({ bindings }: Topology): Edge[] {
  const between = new Map<string, TopologyEdge[]>()
  for (const edge of bindings) {
    const id = JSON.stringify([
      edge.kind,
      edge.source_type,
      edge.source,
      edge.destination_type,
      edge.destination,
    ])
    between.set(id, [...(between.get(id) ?? []), edge])
  }
  return [...between].map(([id, edges]) => {
    const {
      kind = 'binding',
      source_type: from = 'exchange',
      source,
      destination_type: to,
      destination,
    } = edges[0]!
    const moving = Math.max(...edges.map(edge => edge.rate ?? 0))
    const color = moving > 0 ? series.deliver : colors[kind]
    return {
      id,
      source: idOf(from, source),
      target: idOf(to, destination),
      label: labelOf(edges, moving),
      animated: moving > 0,
      style: {
        stroke: color,
        strokeWidth: moving > 0 ? 2 : 1,
        ...(kind === 'binding' ? {} : { strokeDasharray: '5 4' }),
      },
      markerEnd: { type: 'arrowclosed', color } as Edge['markerEnd'] & object,
    }
  })
}

function labelOf(edges: readonly TopologyEdge[], moving: number): string {
  const keys = edges.map(edge => edge.routing_key ?? '').filter(key => key !== '')
  const shown =
    keys.length > 2 ? `${keys.slice(0, 2).join(', ')} and ${keys.length - 2} more` : keys.join(', ')
  const parts = [shown.length > 40 ? `${shown.slice(0, 39)}…` : shown, moving > 0 ? rate(moving) : '']
  return parts.filter(part => part !== '').join(' · ')
}
