/** Whether a thing declared again is the thing that exists: RabbitMQ's comparison and its texts. */
import { PreconditionFailed } from '../../amqp/errors'
import { describeValue, equivalentValue, type FieldTable, type FieldValue, typeName } from '../../amqp/table'
import type { Redeclared, Vhost } from '../vhost'

/** @throws PreconditionFailed `inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'` */
export function requireSameProperty(
  property: string,
  resource: string,
  received: boolean | string,
  current: boolean | string,
): void {
  if (received === current) return
  throw inequivalent(property, resource, `'${received}'`, `'${current}'`)
}

/**
 * Compares the named arguments of two declarations; others may differ.
 * @throws PreconditionFailed at the first difference
 */
export function requireSameArguments(
  names: readonly string[],
  resource: string,
  received: FieldTable,
  current: FieldTable,
): void {
  for (const name of names) {
    const ours = current.get(name)
    const theirs = received.get(name)
    if (ours === undefined && theirs === undefined) continue
    if (ours !== undefined && theirs !== undefined) {
      if (equivalentValue(ours, theirs)) continue
      throw inequivalent(name, resource, describeValue(theirs), describeValue(ours))
    }
    throw inequivalent(name, resource, describeSide(theirs), describeSide(ours))
  }
}

/** Runs the comparison of a declaration with what is there. @throws PreconditionFailed unless somebody is to hear of it instead */
export function requireEquivalence(
  vhost: Vhost,
  kind: Redeclared['kind'],
  name: string,
  compare: () => void,
): void {
  const { onRedeclared, events } = vhost.around
  if (onRedeclared === undefined) return compare()
  try {
    compare()
  } catch (difference) {
    if (!(difference instanceof PreconditionFailed)) throw difference
    onRedeclared({ vhost: vhost.name, kind, name, user: events.actor, difference })
  }
}

/** RabbitMQ names the type only when one side lacks the argument. */
function describeSide(value: FieldValue | undefined): string {
  return value === undefined ? 'none' : `the value ${describeValue(value)} of type '${typeName(value)}'`
}

function inequivalent(name: string, resource: string, received: string, current: string): PreconditionFailed {
  return new PreconditionFailed(
    `inequivalent arg '${name}' for ${resource}: received ${received} but current is ${current}`,
  )
}
