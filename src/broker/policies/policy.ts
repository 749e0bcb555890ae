/**
 * Policies and which of them a queue or exchange gets: of those whose pattern occurs in its name, that are for its kind
 * and that it can follow, the one with the highest priority; of equal ones, the first by name. Knows no vhost.
 */
import { erlangJson } from '../../amqp/erlang-text'
import { LinearPattern } from '../../auth/linear-pattern'
import { InvalidPattern } from '../../auth/pattern'
import type { PolicyDefinition, QueueType } from '../../queues/options'
import { checkTerms, number, type TermCheck, ValidationFailed } from '../validation'
import { definitionProblem, type PolicyKind, suits } from './policy-definition'

export type { PolicyKind } from './policy-definition'

const APPLY_TO = ['all', 'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges'] as const
export type ApplyTo = (typeof APPLY_TO)[number]

export interface Policy {
  readonly name: string
  readonly pattern: string
  readonly applyTo: ApplyTo
  readonly priority: number
  readonly definition: PolicyDefinition
}

/** A policy as the management API takes it: not checked yet. */
export interface PolicyTerms {
  readonly pattern?: unknown
  readonly 'apply-to'?: unknown
  readonly priority?: unknown
  readonly definition?: unknown
}

/** @throws ValidationFailed with RabbitMQ's texts */
export function checkedPolicy(kind: PolicyKind, name: string, terms: PolicyTerms): Policy {
  if (typeof name !== 'string' || name === '')
    throw new ValidationFailed([`name should be binary, actually was ${erlangJson(name)}`])
  const all = { ...terms, priority: terms.priority ?? 0, 'apply-to': terms['apply-to'] ?? 'all' }
  checkTerms(name, all, [
    ['priority', number, true],
    ['pattern', patternProblem, true],
    ['apply-to', applyToProblem, false],
    ['definition', (_, definition) => definitionProblem(kind, name, definition), true],
  ])
  return Object.freeze({
    name,
    pattern: all.pattern as string,
    applyTo: all['apply-to'] as ApplyTo,
    priority: all.priority as number,
    // A copy: whoever gave it may change his.
    definition: Object.freeze(JSON.parse(JSON.stringify(all.definition)) as PolicyDefinition),
  })
}

export function isSamePolicy(a: Policy, b: Policy): boolean {
  return (
    a.pattern === b.pattern &&
    a.applyTo === b.applyTo &&
    a.priority === b.priority &&
    JSON.stringify(a.definition) === JSON.stringify(b.definition)
  )
}

/** A policy ready to be asked. */
export class PolicyMatch {
  private readonly pattern: LinearPattern
  private readonly suitsClassic: boolean
  private readonly suitsQuorum: boolean

  constructor(readonly policy: Policy) {
    this.pattern = new LinearPattern(policy.pattern)
    this.suitsClassic = suits(policy.definition, 'classic')
    this.suitsQuorum = suits(policy.definition, 'quorum')
  }

  isForQueue(name: string, type: QueueType): boolean {
    const { applyTo } = this.policy
    if (applyTo !== 'all' && applyTo !== 'queues' && applyTo !== `${type}_queues`) return false
    if (type === 'classic' ? !this.suitsClassic : !this.suitsQuorum) return false
    return this.pattern.test(name)
  }

  isForExchange(name: string): boolean {
    const { applyTo } = this.policy
    return (applyTo === 'all' || applyTo === 'exchanges') && this.pattern.test(name)
  }
}

/** The policies of one kind in one virtual host. */
export class PolicySet {
  private readonly byName = new Map<string, PolicyMatch>()
  /** The one that goes before the others first. */
  private ordered: readonly PolicyMatch[] = []

  get(name: string): Policy | undefined {
    return this.byName.get(name)?.policy
  }

  set(policy: Policy): PolicyMatch {
    const match = new PolicyMatch(policy)
    this.byName.set(policy.name, match)
    this.order()
    return match
  }

  delete(name: string): void {
    this.byName.delete(name)
    this.order()
  }

  /** In the order in which they go before each other. */
  list(): Policy[] {
    return this.ordered.map(({ policy }) => policy)
  }

  forQueue(name: string, type: QueueType): Policy | undefined {
    return this.ordered.find(match => match.isForQueue(name, type))?.policy
  }

  forExchange(name: string): Policy | undefined {
    return this.ordered.find(match => match.isForExchange(name))?.policy
  }

  private order(): void {
    this.ordered = [...this.byName.values()].sort(
      ({ policy: a }, { policy: b }) => b.priority - a.priority || (a.name < b.name ? -1 : 1),
    )
  }
}

const patternProblem: TermCheck = (term, value) => {
  if (typeof value !== 'string') return `${term} should be a binary but was ${erlangJson(value)}`
  try {
    new LinearPattern(value)
    return undefined
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error
    return `${term} should be regular expression but is invalid: ${JSON.stringify(error.reason)}`
  }
}

const applyToProblem: TermCheck = (term, value) => {
  if (APPLY_TO.some(known => known === value)) return undefined
  return (
    `${term} '${typeof value === 'string' ? value : erlangJson(value)}' unrecognised; should be one of: 'queues', ` +
    "'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'"
  )
}
