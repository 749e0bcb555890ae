/**
 * All bindings of one exchange, by destination: which exist, whatever the exchange's type makes of them. The types keep
 * indexes of their own for matching and are told what came and went.
 *
 * Invariants: a binding is held once by identity; forgetting a destination costs as much as it has bindings here, not
 * as much as the exchange has; nothing is kept for a destination without bindings.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'

interface BoundDestination {
  readonly destination: Destination
  readonly byIdentity: Map<string, Binding>
}

export class BindingLedger {
  private readonly byDestination = new Map<string, BoundDestination>()
  private count = 0

  get size(): number {
    return this.count
  }

  /** Returns false if an equal binding is held already. */
  add(binding: Binding): boolean {
    const key = keyOf(binding.destination)
    let bound = this.byDestination.get(key)
    if (bound === undefined) {
      bound = { destination: binding.destination, byIdentity: new Map() }
      this.byDestination.set(key, bound)
    } else if (bound.byIdentity.has(binding.identity)) return false
    bound.byIdentity.set(binding.identity, binding)
    this.count++
    return true
  }

  /** One that equals it. */
  has(binding: Binding): boolean {
    return this.byDestination.get(keyOf(binding.destination))?.byIdentity.has(binding.identity) ?? false
  }

  /** Returns the binding that was held, which equals the given one but need not be it. */
  remove(binding: Binding): Binding | undefined {
    const key = keyOf(binding.destination)
    const bound = this.byDestination.get(key)
    const held = bound?.byIdentity.get(binding.identity)
    if (bound === undefined || held === undefined) return undefined
    bound.byIdentity.delete(binding.identity)
    if (bound.byIdentity.size === 0) this.byDestination.delete(key)
    this.count--
    return held
  }

  removeDestination(destination: Destination): Binding[] {
    const key = keyOf(destination)
    const bound = this.byDestination.get(key)
    if (bound === undefined) return []
    this.byDestination.delete(key)
    this.count -= bound.byIdentity.size
    return [...bound.byIdentity.values()]
  }

  addDestinationsTo(into: Set<Destination>): void {
    for (const bound of this.byDestination.values()) into.add(bound.destination)
  }

  *destinations(): Generator<Destination> {
    for (const bound of this.byDestination.values()) yield bound.destination
  }

  hasAnyTo(destination: Destination): boolean {
    return this.byDestination.has(keyOf(destination))
  }

  to(destination: Destination): Binding[] {
    const bound = this.byDestination.get(keyOf(destination))
    return bound === undefined ? [] : [...bound.byIdentity.values()]
  }

  *[Symbol.iterator](): Generator<Binding> {
    for (const bound of this.byDestination.values()) yield* bound.byIdentity.values()
  }
}

function keyOf(destination: Destination): string {
  return `${destination.kind}/${destination.name}`
}
