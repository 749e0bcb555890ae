/**
 * The picture of a topology. Places are computed from what is connected with what and kept until that changes; figures
 * move without moving the picture.
 */
import '@xyflow/react/dist/style.css'
import { Center, Loader, useComputedColorScheme } from '@mantine/core'
import { Background, Controls, MiniMap, type Node, Position, ReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import type { Topology } from '../../api/message-types'
import { colors, edgesOf } from './edges'
import { ExchangeNode, type ExchangeNodeData, QueueNode, type QueueNodeData } from './nodes'
import type { Shape } from './places'
import { type Places, usePlaces } from './use-places'
import { idOf, type Way } from './ways'

const nodeTypes = { exchange: ExchangeNode, queue: QueueNode }

/** With more, only those in sight are drawn, and a map helps. */
const atOnceMax = 60
/** Small ones are not blown up. */
const fit = { maxZoom: 1, padding: 0.08 }

interface Props {
  readonly topology: Topology
  readonly ways: readonly Way[]
  readonly vhost: string
  /** As `idOf` tells it; the one around which this is drawn. */
  readonly centre: string | undefined
}

export function Graph({ topology, ways, vhost, centre }: Props) {
  const scheme = useComputedColorScheme('light')
  const key = JSON.stringify(shapeOf(topology, ways))
  const shape = useMemo(() => JSON.parse(key) as Shape, [key])
  const at = usePlaces(shape)
  const nodes = useMemo(() => nodesOf(topology, vhost, centre, at), [topology, vhost, centre, at])
  const edges = useMemo(() => edgesOf(ways), [ways])
  const isLarge = nodes.length > atOnceMax
  return (
    <section className="surface graph" aria-label="Topology graph">
      <Legend />
      {at === undefined ? (
        <Center className="graph-flow">
          <Loader size="sm" aria-label="Drawing the graph" />
        </Center>
      ) : (
        <ReactFlow
          className="graph-flow"
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          colorMode={scheme}
          fitView
          fitViewOptions={fit}
          minZoom={0.05}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          onlyRenderVisibleElements={isLarge}
        >
          <Background gap={24} />
          <Controls showInteractive={false} fitViewOptions={fit} />
          {isLarge && <MiniMap pannable zoomable ariaLabel="Overview of the graph" />}
        </ReactFlow>
      )}
    </section>
  )
}

function Legend() {
  return (
    <div className="graph-legend">
      <i style={{ borderTop: `3px solid ${colors.moving}` }} />
      Messages moving
      <i style={{ borderTop: `2px solid ${colors.binding}` }} />
      Binding at rest
      <i style={{ borderTop: `2px dashed ${colors['dead-letter']}` }} />
      Dead letters
      <i style={{ borderTop: `2px dotted ${colors.alternate}` }} />
      Alternate exchange
    </div>
  )
}

function shapeOf({ exchanges, queues }: Topology, ways: readonly Way[]): Shape {
  return {
    nodes: [
      ...exchanges.map(({ name }) => idOf('exchange', name)),
      ...queues.map(({ name }) => idOf('queue', name)),
    ],
    edges: ways.map(way => [idOf(way.sourceKind, way.source), idOf(way.destinationKind, way.destination)]),
  }
}

/** What came just now has no place yet, and is not drawn until it has. */
function nodesOf(
  { exchanges, queues }: Topology,
  vhost: string,
  centre: string | undefined,
  at: Places | undefined,
): Node[] {
  const nodes: Node[] = []
  const add = (type: 'exchange' | 'queue', name: string, data: ExchangeNodeData | QueueNodeData) => {
    const id = idOf(type, name)
    const position = at?.get(id)
    if (position === undefined) return
    nodes.push({ id, type, data, position, sourcePosition: Position.Right, targetPosition: Position.Left })
  }
  const drawn = (id: string) => ({ vhost, isCentre: id === centre })
  for (const exchange of exchanges)
    add('exchange', exchange.name, { exchange, ...drawn(idOf('exchange', exchange.name)) })
  for (const queue of queues) add('queue', queue.name, { queue, ...drawn(idOf('queue', queue.name)) })
  return nodes
}
