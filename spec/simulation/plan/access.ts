/** Users of a plan, and what they may do: often much, sometimes little, and it changes under their feet. */
import type { Random } from '../../crash/random'
import type { Patterns } from '../model/access-model'
import type { Login } from '../world/client'
import { EXCHANGES } from './declarations'
import type { Emphasis } from './emphasis'
import type { Told } from './told'

export const USERS = ['u1', 'u2'] as const
const PASSWORD = 'secret'
const GUEST: Login = { user: 'guest', password: 'guest' }

const NAMES = ['.*', '.*', '.*', '^(q|e|amq)', '^[qe][0-2]$', '^q', '^(e|amq\\.)', '[024]$', ''] as const
const KEYS = ['.*', '^a', '^({username}|a\\.b)$', 'x|b', ''] as const

/** Of each client: some plans have nobody but the first user. */
export function logins(random: Random, count: number, { users }: Emphasis): readonly Login[] {
  const hasUsers = random.chance(users ?? 0.5)
  return Array.from({ length: count }, (_, index) => {
    const user = USERS[index % USERS.length] as string
    return hasUsers && index > (users === undefined ? 1 : 0) ? { user, password: PASSWORD } : GUEST
  })
}

export function patterns(random: Random): Patterns {
  return { configure: random.pick(NAMES), write: random.pick(NAMES), read: random.pick(NAMES) }
}

export function user(random: Random): Partial<Told> {
  return { user: random.pick(USERS) }
}

export function account(random: Random): Partial<Told> {
  return {
    ...user(random),
    password: random.chance(0.9) ? PASSWORD : 'another',
    isImpersonator: random.chance(0.3),
    patterns: patterns(random),
  }
}

export function topicPermission(random: Random): Partial<Told> {
  return {
    ...user(random),
    exchange: random.chance(0.3) ? 'amq.topic' : `e${random.between(0, EXCHANGES - 1)}`,
    patterns: { configure: '', write: random.pick(KEYS), read: random.pick(KEYS) },
  }
}
