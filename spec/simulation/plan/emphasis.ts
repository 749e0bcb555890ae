/**
 * What a plan has more of than others: a seed that does everything a little meets what is rare too seldom, and never what
 * is rare twice. Most plans have none.
 */
import type { Random } from '../../crash/random'
import type { Op } from './plan'

export interface Emphasis {
  /** How much more often than in others these steps are taken. */
  readonly steps: Partial<Record<Op, number>>
  /** How likely things are that a plan is made of; elsewhere each has its own. */
  readonly delayed?: number
  readonly deduplicated?: number
  readonly topics?: number
  /** Queues that refuse what is too much. */
  readonly refusing?: number
  /** Messages that are not published to a queue by its name. */
  readonly toExchanges?: number
  /** Queues that count how often messages come back. */
  readonly limited?: number
  /** Clients that are not the first user. */
  readonly users?: number
}

export const emphases = {
  none: { steps: {} },
  access: {
    steps: {
      setPermissions: 12,
      setTopicPermissions: 8,
      putUser: 4,
      deleteUser: 4,
      clearPermissions: 4,
      publish: 2,
    },
    users: 1,
    topics: 0.7,
    delayed: 0,
    toExchanges: 0.7,
  },
  delays: { steps: { advance: 3, publish: 2 }, delayed: 0.9 },
  duplicates: {
    steps: { crash: 3, publish: 2, selectTx: 4, rollback: 3, commit: 2, selectConfirm: 3, bindExchange: 2 },
    deduplicated: 0.8,
    refusing: 0.5,
    delayed: 0.1,
    toExchanges: 0.8,
  },
  confirms: { steps: { selectConfirm: 6, publish: 2, publishMany: 3, clearPolicy: 2 }, refusing: 0.6 },
  retries: {
    steps: {
      reject: 5,
      publish: 3,
      consume: 2,
      get: 4,
      restart: 8,
      crash: 3,
      ack: 0.2,
      ackAll: 0,
      ackScattered: 0,
    },
    limited: 0.9,
    delayed: 0,
    deduplicated: 0,
  },
  moves: { steps: { move: 6, settle: 2 } },
  crashes: { steps: { crash: 5, restart: 3, diskSlow: 4, diskFull: 3, diskFree: 3, memoryLow: 4 } },
} as const satisfies Record<string, Emphasis>

export type EmphasisName = keyof typeof emphases

const NAMES = Object.keys(emphases) as EmphasisName[]

export function emphasisFor(random: Random): EmphasisName {
  return random.chance(0.4) ? 'none' : random.pick(NAMES)
}
