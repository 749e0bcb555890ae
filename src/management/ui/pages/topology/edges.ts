/** The lines of the picture: how much moves along them by their width, what kind they are by their dashes and colour. */
import type { Edge } from '@xyflow/react'
import { rate } from '../../format/numbers'
import { series } from '../../theme'
import { idOf, type Way, wordsOf } from './ways'

export const colors = {
  moving: series.deliver,
  binding: series.total,
  'dead-letter': series.returned,
  alternate: series.ready,
} as const

/** With more, letters would cover the lines, and each that runs costs the browser: only the busiest have both. */
const busiestMax = 80
const keyLength = 28

/** Several bindings between the same two are one line. */
export function edgesOf(ways: readonly Way[]): Edge[] {
  const between = new Map<string, Way[]>()
  for (const way of ways) {
    const id = JSON.stringify([way.kind, way.sourceKind, way.source, way.destinationKind, way.destination])
    const others = between.get(id)
    if (others === undefined) between.set(id, [way])
    else others.push(way)
  }
  const edges = Array.from(between, ([id, same]) => ({ id, same, moving: rateOf(same) }))
  const least = edges.map(({ moving }) => moving).sort((one, other) => other - one)[busiestMax] ?? -1
  return edges.map(({ id, same, moving }) => edgeOf(id, same, moving, moving > least))
}

/** The server tells the rate from one end to the other with each of them. */
function rateOf(ways: readonly Way[]): number {
  return Math.max(...ways.map(way => way.rate ?? 0))
}

function edgeOf(id: string, ways: readonly Way[], moving: number, isShown: boolean): Edge {
  const { kind, sourceKind, source, destinationKind, destination } = ways[0]!
  const color = moving > 0 ? colors.moving : colors[kind]
  return {
    id,
    source: idOf(sourceKind, source),
    target: idOf(destinationKind, destination),
    label: isShown ? labelOf(kind, ways, moving) : '',
    animated: moving > 0 && isShown,
    interactionWidth: 0,
    style: {
      stroke: color,
      strokeWidth: moving > 0 ? Math.min(6, 1.5 + Math.round(Math.log10(1 + moving))) : 1.2,
      ...(kind === 'binding' ? {} : { strokeDasharray: kind === 'alternate' ? '2 4' : '7 4' }),
    },
    markerEnd: {
      type: 'arrowclosed',
      color,
      width: 14,
      height: 14,
      markerUnits: 'userSpaceOnUse',
    } as Edge['markerEnd'] & object,
    ariaLabel: `From ${sourceKind} ${source} to ${destinationKind} ${destination}: ${wordsOf(kind)}`,
  }
}

export function isSameEdge(old: Edge, now: Edge): boolean {
  return (
    old.label === now.label &&
    old.animated === now.animated &&
    old.style?.stroke === now.style?.stroke &&
    old.style?.strokeWidth === now.style?.strokeWidth
  )
}

function labelOf(kind: Way['kind'], ways: readonly Way[], moving: number): string {
  const keys = ways.map(way => way.routingKey).filter(key => key !== '')
  const shown = keys.length > 1 ? `${cut(keys[0]!)} and ${keys.length - 1} more` : keys.map(cut).join('')
  const parts = [kind === 'binding' ? '' : wordsOf(kind), shown, moving > 0 ? rate(moving) : '']
  return parts.filter(part => part !== '').join(' · ')
}

function cut(key: string): string {
  return key.length > keyLength ? `${key.slice(0, keyLength - 1)}…` : key
}
