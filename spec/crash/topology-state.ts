/** Exchanges, queues and bindings as values: what each request makes of them, what a restart leaves, where messages go. */

export const EXCHANGES = [
  { name: 'x0', type: 'direct', durable: true },
  { name: 'x1', type: 'topic', durable: true },
  { name: 'x2', type: 'direct', durable: true },
  { name: 'x3', type: 'direct', durable: false },
] as const

export const QUEUES = [
  { name: 'q0', durable: true },
  { name: 'q1', durable: true },
  { name: 'q2', durable: false },
] as const

export const KEYS = ['k0', 'k1', 'k2'] as const

export interface BindingState {
  readonly source: string
  readonly kind: 'queue' | 'exchange'
  readonly destination: string
  readonly key: string
}

export interface TopologyState {
  readonly exchanges: ReadonlySet<string>
  readonly queues: ReadonlySet<string>
  readonly bindings: readonly BindingState[]
}

export const NOTHING: TopologyState = { exchanges: new Set(), queues: new Set(), bindings: [] }

export function withExchange(state: TopologyState, name: string): TopologyState {
  return { ...state, exchanges: new Set([...state.exchanges, name]) }
}

export function withQueue(state: TopologyState, name: string): TopologyState {
  return { ...state, queues: new Set([...state.queues, name]) }
}

export function withoutExchange(state: TopologyState, name: string): TopologyState {
  return {
    ...state,
    exchanges: new Set([...state.exchanges].filter(each => each !== name)),
    bindings: state.bindings.filter(
      ({ source, kind, destination }) => source !== name && (kind !== 'exchange' || destination !== name),
    ),
  }
}

export function withoutQueue(state: TopologyState, name: string): TopologyState {
  return {
    ...state,
    queues: new Set([...state.queues].filter(each => each !== name)),
    bindings: state.bindings.filter(({ kind, destination }) => kind !== 'queue' || destination !== name),
  }
}

export function withBinding(state: TopologyState, binding: BindingState): TopologyState {
  return {
    ...withoutBinding(state, binding),
    bindings: [...withoutBinding(state, binding).bindings, binding],
  }
}

export function withoutBinding(state: TopologyState, binding: BindingState): TopologyState {
  return { ...state, bindings: state.bindings.filter(each => !isSame(each, binding)) }
}

/** What a restart leaves. */
export function surviving(state: TopologyState): TopologyState {
  let left = state
  for (const { name, durable } of EXCHANGES) if (!durable) left = withoutExchange(left, name)
  for (const { name, durable } of QUEUES) if (!durable) left = withoutQueue(left, name)
  return left
}

/** The queues that a message reaches. */
export function route(state: TopologyState, exchange: string, key: string): string[] {
  const queues = new Set<string>()
  const passed = new Set<string>()
  const pending = [exchange]
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    if (passed.has(source)) continue
    passed.add(source)
    for (const binding of state.bindings) {
      if (binding.source !== source || binding.key !== key) continue
      if (binding.kind === 'queue') queues.add(binding.destination)
      else pending.push(binding.destination)
    }
  }
  return [...queues].sort()
}

/** All that a client can see of it, as text. */
export function outlook(
  exchanges: Iterable<string>,
  queues: Iterable<string>,
  reached: (exchange: string, key: string) => readonly string[],
): string {
  const names = [...exchanges].sort()
  const routes = names.flatMap(exchange =>
    KEYS.flatMap(key => {
      const destinations = reached(exchange, key)
      return destinations.length === 0 ? [] : [`${exchange}(${key})→${destinations.join('+')}`]
    }),
  )
  return [...names, ...[...queues].sort(), ...routes].join(' ')
}

/** Equal exactly for equal topologies. */
export function spelled({ exchanges, queues, bindings }: TopologyState): string {
  const bound = bindings.map(
    ({ source, kind, destination, key }) => `${source} ${kind} ${destination} ${key}`,
  )
  return [...[...exchanges].sort(), '', ...[...queues].sort(), '', ...bound.sort()].join('\n')
}

function isSame(one: BindingState, other: BindingState): boolean {
  return (
    one.source === other.source &&
    one.kind === other.kind &&
    one.destination === other.destination &&
    one.key === other.key
  )
}
