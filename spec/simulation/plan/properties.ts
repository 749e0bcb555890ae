/** Properties and headers that messages of a plan have, and the conditions on headers of its bindings. */
import type { Properties, Table } from '../../../conformance/support/methods'
import type { Random } from '../../crash/random'
import { KEY_HEADER } from '../model/arriving'
import type { Plain } from '../model/plain'
import { queueName } from './declarations'
import type { Emphasis } from './emphasis'

/** By which one message is a duplicate of another. */
export const KEYS = ['k0', 'k1', 'k2'] as const

/** Stands for the name that a client has logged in with. */
export const OWN_USER = '{user}'

export function properties(random: Random, { deduplicated }: Emphasis): Properties {
  const all: Record<string, unknown> = { deliveryMode: random.chance(0.6) ? 2 : 1 }
  const maybe = (chance: number, key: string, value: () => unknown): void => {
    if (random.chance(chance)) all[key] = value()
  }
  maybe(0.15, 'expiration', () => String(random.pick([0, 50, 1000, 40_000])))
  maybe(0.25, 'priority', () => random.between(0, 12))
  maybe(0.2, 'contentType', () => 'text/plain')
  maybe(0.1, 'contentEncoding', () => 'utf-8')
  maybe(0.2, 'correlationId', () => `c${random.between(0, 99)}`)
  maybe(0.1, 'replyTo', () => 'someone')
  maybe(0.1, 'timestamp', () => random.between(0, 2_000_000_000))
  maybe(0.1, 'type', () => 'kind')
  maybe(0.1, 'userId', () => (random.chance(0.7) ? OWN_USER : 'guest'))
  maybe(0.1, 'appId', () => 'simulation')
  maybe(0.1, 'clusterId', () => 'none')
  maybe(0.1, 'messageId', () => `of ${random.between(0, 9)}`)
  maybe(deduplicated ?? 0.5, 'headers', () => headers(random, deduplicated ?? 0.6))
  return all
}

function headers(random: Random, keyed: number): Plain {
  const all: Record<string, unknown> = {}
  if (random.chance(0.6)) all['colour'] = random.pick(['red', 'blue'])
  if (random.chance(0.6)) all['size'] = random.pick([1, 2, 300])
  if (random.chance(keyed)) all[KEY_HEADER] = random.pick(KEYS)
  if (random.chance(0.5)) all['x-delay'] = random.pick([1, 50, 200, 30_000])
  if (random.chance(0.1)) all['CC'] = [queueName(random)]
  if (random.chance(0.1)) all['BCC'] = [queueName(random)]
  return all
}

export function headersCondition(random: Random): Table {
  if (random.chance(0.7)) return {}
  return { 'x-match': random.pick(['all', 'any']), ...(random.chance(0.5) ? { colour: 'red' } : { size: 2 }) }
}
