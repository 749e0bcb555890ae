/** What chance decides of a round: how often it is killed while it boots, who works, when and how it ends. */
import { STYLES } from './actors/consumer'
import { type Ending, planEnding } from './ending'
import { BULK_QUEUES } from './places'
import type { Random } from './random'

export interface Plan {
  /** Brokers killed so soon after they were started, one after the other. */
  readonly bootKillsMs: readonly number[]
  /** The audit is interrupted by a kill so soon, and begins again. */
  readonly auditKillMs: number | undefined
  readonly ending: Ending
  readonly load: LoadPlan
}

export interface MessagePlan {
  /** Only small messages, and many of them. */
  readonly areSmall: boolean
  /** Without transient ones, what is left in a queue is in the database, and need not be in memory. */
  readonly transientShare: number
}

export interface LoadPlan {
  /** Windows of confirms; 0: without. */
  readonly publishers: readonly number[]
  readonly messages: MessagePlan
  readonly consumers: readonly { readonly queue: string; readonly style: (typeof STYLES)[number] }[]
  readonly getters: readonly string[]
  readonly transactors: number
  readonly hasTaker: boolean
}

export function planRound(random: Random): Plan {
  const bootKills = random.chance(0.25) ? random.between(1, 3) : 0
  return {
    bootKillsMs: Array.from({ length: bootKills }, () => random.between(0, 500)),
    auditKillMs: random.chance(0.15) ? random.between(0, 150) : undefined,
    ending: planEnding(random),
    load: planLoad(random),
  }
}

/** Sometimes nobody consumes, so that backlogs grow; sometimes hardly anyone publishes. */
function planLoad(random: Random): LoadPlan {
  const consumerShare = random.pick([0, 0.5, 1])
  const consumers = BULK_QUEUES.flatMap(queue => [queue, queue])
    .filter(() => random.chance(consumerShare))
    .map(queue => ({ queue, style: random.pick(STYLES) }))
  const publishers = [1, 10, 200, 0].filter(() => random.chance(0.8))
  const getters = BULK_QUEUES.filter(() => random.chance(consumerShare / 2))
  const transactors = random.between(0, 2)
  const hasTaker = random.chance(0.4)
  const messages = { areSmall: random.chance(0.3), transientShare: random.pick([0, 0, 0.15, 0.5]) }
  return { publishers, messages, consumers, getters, transactors, hasTaker }
}
