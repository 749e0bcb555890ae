/**
 * The policies and operator policies of a virtual host, and what follows from them: each queue is configured and each
 * exchange has its alternate exchange as arguments and policies want it, from its declaration on and again with every
 * policy that comes, changes or goes. Only what a change concerns is touched; what is there in thousands is looked at over
 * several turns, and a pattern that is slow to match holds nobody up.
 */
import type { Exchange } from '../../exchanges/exchange'
import {
  mergeOperatorPolicy,
  type PolicyDefinition,
  type QueueDefaults,
  queueOptions,
} from '../../queues/options'
import type { Queue } from '../../queues/queue'
import type { Turn } from '../../turn'
import type { DefinitionLog } from '../definition-log'
import { isReplyQueue } from '../names'
import {
  checkedPolicy,
  isSamePolicy,
  type Policy,
  type PolicyKind,
  PolicySet,
  type PolicyTerms,
} from './policy'

/** What the policies of a virtual host apply to. */
export interface PolicyTargets {
  readonly queues: ReadonlyMap<string, Queue>
  readonly exchanges: ReadonlyMap<string, Exchange>
  readonly log: DefinitionLog
  routingRevision: number
}

/** Which policies a thing follows at present. */
export interface AppliedPolicies {
  readonly policy: Policy | undefined
  readonly operatorPolicy: Policy | undefined
}

/** Queues or exchanges looked at in one turn: a millisecond, or a tenth of a second with the slowest of patterns. */
const PER_STEP = 1000

const NONE: AppliedPolicies = { policy: undefined, operatorPolicy: undefined }

export class Policies {
  private readonly policies = new PolicySet()
  private readonly operatorPolicies = new PolicySet()
  private readonly followed = new WeakMap<Queue | Exchange, AppliedPolicies>()
  /** Until everything follows the policies as they are; undefined: it does. */
  applied: Promise<unknown> | undefined

  constructor(
    private readonly targets: PolicyTargets,
    private readonly defaults: QueueDefaults | undefined,
    private readonly turn: Turn,
  ) {}

  /** Sets or replaces it and applies it: at once to what is declared from now on, see `applied`. @throws ValidationFailed */
  set(kind: PolicyKind, name: string, terms: PolicyTerms): void {
    const policy = checkedPolicy(kind, name, terms)
    const before = this.setOf(kind).get(name)
    if (before !== undefined && isSamePolicy(before, policy)) return
    this.targets.log.policySet(kind, policy)
    const match = this.setOf(kind).set(policy)
    this.reapply(
      applied => before !== undefined && applied[FIELDS[kind]] === before,
      (name, type) => (type === undefined ? match.isForExchange(name) : match.isForQueue(name, type)),
    )
  }

  /** False: there was none. */
  clear(kind: PolicyKind, name: string): boolean {
    const before = this.setOf(kind).get(name)
    if (before === undefined) return false
    this.targets.log.policyCleared(kind, name)
    this.setOf(kind).delete(name)
    this.reapply(
      applied => applied[FIELDS[kind]] === before,
      () => false,
    )
    return true
  }

  get(kind: PolicyKind, name: string): Policy | undefined {
    return this.setOf(kind).get(name)
  }

  /** The one that goes before the others first. */
  list(kind: PolicyKind): Policy[] {
    return this.setOf(kind).list()
  }

  /** Takes back what was kept, checked when it was set. Before there are queues. */
  restore(kind: PolicyKind, policy: Policy): void {
    this.setOf(kind).set(policy)
  }

  policiesOf(target: Queue | Exchange): AppliedPolicies {
    return this.followed.get(target) ?? NONE
  }

  /** The definitions of both as one. */
  effectiveDefinition(target: Queue | Exchange): PolicyDefinition | undefined {
    const { policy, operatorPolicy } = this.policiesOf(target)
    return mergeOperatorPolicy(policy?.definition, operatorPolicy?.definition)
  }

  /** For a queue that was just made, or whose policies may have changed. */
  applyToQueue(queue: Queue): void {
    if (isReplyQueue(queue.name)) return
    const { type } = queue.options
    const policy = this.policies.forQueue(queue.name, type)
    const operatorPolicy = this.operatorPolicies.forQueue(queue.name, type)
    this.followed.set(queue, { policy, operatorPolicy })
    const { arguments: args } = queue.definition
    queue.configure(queueOptions(args, policy?.definition, operatorPolicy?.definition, this.defaults))
  }

  /** The same for an exchange. RabbitMQ: the default exchange follows none. */
  applyToExchange(exchange: Exchange): void {
    if (exchange.name === '') return
    const policy = this.policies.forExchange(exchange.name)
    const operatorPolicy = this.operatorPolicies.forExchange(exchange.name)
    this.followed.set(exchange, { policy, operatorPolicy })
    const alternate = this.effectiveDefinition(exchange)?.['alternate-exchange']
    const name = typeof alternate === 'string' ? alternate : undefined
    if (exchange.policyAlternateExchange === name) return
    exchange.policyAlternateExchange = name
    this.targets.routingRevision++
  }

  /** What followed the policy before, and what may follow it now. `type` undefined: an exchange. */
  private reapply(
    followed: (applied: AppliedPolicies) => boolean,
    mayFollow: (name: string, type: Queue['options']['type'] | undefined) => boolean,
  ): void {
    const steps = this.steps(followed, mayFollow)
    if (steps.next().done) return
    const rest = new Promise<void>(resolve => {
      const step = {
        runTurn: () => {
          if (steps.next().done) resolve()
          else this.turn.readOn(step)
        },
      }
      this.turn.readOn(step)
    })
    const all: Promise<unknown> = Promise.all([this.applied, rest]).then(() => {
      if (this.applied === all) this.applied = undefined
    })
    this.applied = all
  }

  /** What is declared meanwhile follows the policies from the beginning and comes last: it need not be looked at. */
  private *steps(
    followed: (applied: AppliedPolicies) => boolean,
    mayFollow: (name: string, type: Queue['options']['type'] | undefined) => boolean,
  ): Generator<void> {
    const { queues, exchanges } = this.targets
    let seen = 0
    for (const queue of first(queues.size, queues.values())) {
      if (followed(this.policiesOf(queue)) || mayFollow(queue.name, queue.options.type))
        this.applyToQueue(queue)
      if (++seen % PER_STEP === 0) yield
    }
    for (const exchange of first(exchanges.size, exchanges.values())) {
      if (followed(this.policiesOf(exchange)) || mayFollow(exchange.name, undefined))
        this.applyToExchange(exchange)
      if (++seen % PER_STEP === 0) yield
    }
  }

  private setOf(kind: PolicyKind): PolicySet {
    return kind === 'policy' ? this.policies : this.operatorPolicies
  }
}

const FIELDS = { policy: 'policy', 'operator-policy': 'operatorPolicy' } as const

function* first<Item>(count: number, items: Iterable<Item>): Generator<Item> {
  let left = count
  if (left === 0) return
  for (const item of items) {
    yield item
    if (--left === 0) return
  }
}
