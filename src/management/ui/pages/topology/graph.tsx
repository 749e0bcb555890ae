/**
 * The picture of a topology. Places are computed from what is connected with what and kept until that changes; figures
 * move without moving the picture.
 */
import '@xyflow/react/dist/style.css'
import { Center, Loader, useComputedColorScheme } from '@mantine/core'
import { Background, Controls, MiniMap, type Node, ReactFlow, type ReactFlowInstance } from '@xyflow/react'
import { useMemo } from 'react'
import type { Topology } from '../../api/message-types'
import { series } from '../../theme'
import { isSameNode, nodesOf } from './drawn-nodes'
import { colors, edgesOf, isSameEdge } from './edges'
import { nodeHeight, nodeWidth } from './node-size'
import { ExchangeNode, QueueNode } from './nodes'
import type { Shape } from './places'
import { useKept } from './use-kept'
import { usePlaces } from './use-places'
import { idOf, type Way } from './ways'

const nodeTypes = { exchange: ExchangeNode, queue: QueueNode }

/** With more, nobody could read it all at once: it opens at the busiest, and a map helps to get around. */
const atOnceMax = 60
/** Small ones are not blown up. */
const wholeFit = { maxZoom: 1, padding: 0.08 }
const largeZoom = 0.75
/** Between the first node and the corner. */
const largeMargin = 32
const minZoom = 0.12

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
  const nodes = useKept(
    useMemo(() => nodesOf(topology, vhost, centre, at), [topology, vhost, centre, at]),
    isSameNode,
  )
  const edges = useKept(
    useMemo(() => edgesOf(ways), [ways]),
    isSameEdge,
  )
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
          fitView={!isLarge}
          fitViewOptions={wholeFit}
          onInit={flow =>
            isLarge &&
            beginAt(
              flow,
              nodes.find(({ id }) => id === centre),
            )
          }
          minZoom={minZoom}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          onlyRenderVisibleElements={isLarge}
        >
          <Background gap={24} />
          <Controls showInteractive={false} fitViewOptions={wholeFit} />
          {isLarge && <Overview />}
        </ReactFlow>
      )}
    </section>
  )
}

const legend = [
  [`3px solid ${colors.moving}`, 'Messages moving'],
  [`2px solid ${colors.binding}`, 'Binding at rest'],
  [`2px dashed ${colors['dead-letter']}`, 'Dead letters'],
  [`2px dotted ${colors.alternate}`, 'Alternate exchange'],
] as const

function Overview() {
  return (
    <MiniMap
      pannable
      zoomable
      ariaLabel="Overview of the graph"
      bgColor="var(--page)"
      maskColor="var(--map-mask)"
      nodeColor={({ type }) => (type === 'queue' ? series.deliver : series.publish)}
    />
  )
}

function Legend() {
  return (
    <div className="graph-legend">
      {legend.map(([line, words]) => (
        <span key={words}>
          <i style={{ borderTop: line }} />
          {words}
        </span>
      ))}
    </div>
  )
}

/** At the one in the middle, or at the top left corner, where the busiest are. */
function beginAt(flow: ReactFlowInstance, middle: Node | undefined): void {
  if (middle) void flow.setCenter(...middleOf(middle), { zoom: largeZoom })
  else void flow.setViewport({ x: largeMargin, y: largeMargin, zoom: largeZoom })
}

function middleOf({ position: { x, y } }: Node): [x: number, y: number] {
  return [x + nodeWidth / 2, y + nodeHeight / 2]
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
