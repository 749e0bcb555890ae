/** Faults of exchanges that are to let no duplicate pass. */
import type { SeenKeys } from '../../src/broker/deduplication'
import { bound, deduplicating, keyed, planOf } from './plan/by-hand'
import { onceIn, type Planted, plant, plantIn } from './planting'

function letsPass(filter: SeenKeys): void {
  const now = onceIn(3)
  const isDuplicate = filter.isDuplicate.bind(filter)
  filter.isDuplicate = (key, ttl) => isDuplicate(key, ttl) && !now()
}

/** What was refused and comes again is a duplicate of itself. */
function neverForgets(filter: SeenKeys): void {
  filter.forget = () => {}
}

/** A key is on the disk as soon as it is seen, whatever becomes of its transaction. */
function keepsAtOnce(filter: SeenKeys): void {
  filter.keep = () => {}
}

function withFilter(filter: (filter: SeenKeys) => void): Planted {
  return plant(() => ({ filter }), 'duplicates')
}

const refused = planOf(
  { arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' } },
  [bound, ['selectConfirm', {}], ['publish', keyed, 1], ['settle', {}]],
  { exchanges: [deduplicating] },
)

export const uncommitted = planOf(
  {},
  [
    bound,
    ['settle', {}],
    ['selectTx', {}],
    ['publish', keyed, 1],
    ['settle', {}],
    ['crash', {}],
    ['settle', {}],
  ],
  { exchanges: [deduplicating] },
)

export const plantedExchanges: Readonly<Record<string, Planted>> = {
  'an exchange that lets a duplicate pass': withFilter(letsPass),
  'an exchange that takes what got nowhere for the original': plantIn(refused, () => ({
    filter: neverForgets,
  })),
  'an exchange that knows what was never committed after a crash': plantIn(uncommitted, () => ({
    filter: keepsAtOnce,
  })),
}
