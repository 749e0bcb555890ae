/**
 * Conditions by the headers they ask for, so that a message meets those only that it may fulfil, however many there are:
 *
 *     { x-match: any, colour: red, size: 3 }   under colour=red and under size=3: either is enough
 *     { x-match: all, colour: red, size: 3 }   under the one of the two that fewer others are under; then all of it is tried
 *
 * Invariant: what a condition is filed under holds whenever the condition does, and for `any` the other way round, too.
 */
import { fieldKey } from '../amqp/field-key'
import type { FieldTable, FieldValue } from '../amqp/table'
import type { Binding } from './binding'
import type { Destination } from './destination'
import type { HeadersCondition, HeaderTest } from './headers-match'

interface Filed {
  readonly condition: HeadersCondition
  readonly destination: Destination
  /** All the places where it is. */
  readonly places: readonly Place[]
}

interface Place {
  readonly test: HeaderTest
  readonly filed: Set<Filed>
}

/** Of one header: whose tests ask that it is there, and whose that it has a value. */
interface Asked {
  readonly present: Set<Filed>
  readonly values: Map<string, Set<Filed>>
}

export class HeadersIndex {
  /** Headers and conditions looked at by all matches so far: what they cost, whatever the machine. */
  visits = 0
  private readonly all = new Map<Binding, Filed>()
  private readonly byHeader = new Map<string, Asked>()
  /** They hold for every message. */
  private readonly unconditional = new Set<Filed>()

  get isEmpty(): boolean {
    return this.byHeader.size === 0 && this.all.size === 0
  }

  insert(binding: Binding, condition: HeadersCondition): void {
    const { tests, oneIsEnough } = condition
    const places = tests.map(test => ({ test, filed: this.under(test) }))
    const chosen = oneIsEnough || places.length < 2 ? places : [rarest(places)]
    const filed = { condition, destination: binding.destination, places: chosen }
    for (const place of chosen) place.filed.add(filed)
    for (const place of places) this.tidy(place)
    if (places.length === 0 && !oneIsEnough) this.unconditional.add(filed)
    this.all.set(binding, filed)
  }

  /** A binding that was inserted (that very object) is gone. */
  remove(binding: Binding): void {
    const filed = this.all.get(binding)
    if (filed === undefined) return
    this.all.delete(binding)
    this.unconditional.delete(filed)
    for (const place of filed.places) {
      place.filed.delete(filed)
      this.tidy(place)
    }
  }

  match(headers: FieldTable | undefined, into: Set<Destination>): void {
    for (const { destination } of this.unconditional) into.add(destination)
    this.visits += this.unconditional.size
    if (headers === undefined) return
    this.visits += headers.size
    for (const [header, value] of headers) {
      const asked = this.byHeader.get(header)
      if (asked === undefined) continue
      for (const filed of asked.present) this.try(filed, headers, header, value, into)
      const asking = asked.values.size === 0 ? undefined : asked.values.get(keyOf(value))
      if (asking === undefined) continue
      for (const filed of asking) this.try(filed, headers, header, value, into)
    }
  }

  private try(
    { condition, destination }: Filed,
    headers: FieldTable,
    header: string,
    value: FieldValue,
    into: Set<Destination>,
  ): void {
    this.visits++
    if (into.has(destination)) return
    if (condition.oneIsEnough) {
      if (condition.accepts(header, value)) into.add(destination)
      return
    }
    this.visits += condition.tests.length
    if (condition.holds(headers)) into.add(destination)
  }

  /** Those under what a test asks for. */
  private under({ header, value }: HeaderTest): Set<Filed> {
    let asked = this.byHeader.get(header)
    if (asked === undefined) {
      asked = { present: new Set(), values: new Map() }
      this.byHeader.set(header, asked)
    }
    if (value.type === 'V') return asked.present
    const key = keyOf(value)
    let filed = asked.values.get(key)
    if (filed === undefined) {
      filed = new Set()
      asked.values.set(key, filed)
    }
    return filed
  }

  /** Nothing stays of a place where nobody is. */
  private tidy({ test: { header, value }, filed }: Place): void {
    if (filed.size > 0) return
    const asked = this.byHeader.get(header)
    if (asked === undefined) return
    if (value.type !== 'V') asked.values.delete(keyOf(value))
    if (asked.present.size === 0 && asked.values.size === 0) this.byHeader.delete(header)
  }
}

function rarest(places: readonly Place[]): Place {
  return places.reduce((best, place) => (place.filed.size < best.filed.size ? place : best))
}

/** The same for values that are equal; those that are not may share one. */
function keyOf(value: FieldValue): string {
  return fieldKey(value) ?? value.type
}
