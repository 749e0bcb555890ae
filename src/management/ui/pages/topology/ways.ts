/** The ways a message may go from one exchange or queue to the next: by a binding, as a dead letter, or for want of any. */
import type { Topology, TopologyBinding, TopologyLink } from '../../api/message-types'

export type NodeKind = 'exchange' | 'queue'

export interface Way {
  readonly kind: 'binding' | TopologyLink['kind']
  readonly source: string
  readonly sourceKind: NodeKind
  readonly destination: string
  readonly destinationKind: NodeKind
  readonly routingKey: string
  readonly arguments: TopologyBinding['arguments']
  /** Messages a second, where somebody counts them. */
  readonly rate: number | undefined
}

/** What its end is called in the picture. */
export function idOf(kind: NodeKind, name: string): string {
  return `${kind} ${name}`
}

export function waysOf({ bindings, links }: Topology): Way[] {
  return [
    ...bindings.map(binding => ({
      kind: 'binding' as const,
      source: binding.source,
      sourceKind: 'exchange' as const,
      destination: binding.destination,
      destinationKind: binding.destination_type,
      routingKey: binding.routing_key,
      arguments: binding.arguments,
      rate: binding.rate,
    })),
    ...links.map(link => ({
      kind: link.kind,
      source: link.source,
      sourceKind: link.source_type,
      destination: link.destination,
      destinationKind: link.destination_type,
      routingKey: link.routing_key ?? '',
      arguments: {},
      rate: undefined,
    })),
  ]
}

export function wordsOf(kind: Way['kind']): string {
  return { binding: 'binding', 'dead-letter': 'dead letters', alternate: 'alternate exchange' }[kind]
}
