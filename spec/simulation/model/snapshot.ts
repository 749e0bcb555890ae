/** What must be on the disk once a batch is written: all that outlives a broker, as the model has it at that moment. */
import { type Accounts, FIRST_ACCOUNTS } from './access-model'
import type { DuplicatesModel, SeenKeys } from './duplicates-model'
import type { KnownKey } from './keys-model'
import type { EntryModel, QueueFacts, QueueModel } from './queue-model'
import type { PolicyModel } from './queue-terms'
import type { BindingModel, ExchangeModel, TopologyModel } from './topology-model'

export interface KeptQueue {
  readonly facts: QueueFacts
  readonly entries: readonly EntryModel[]
  /** Of these. */
  readonly keys: readonly KnownKey[]
  /** It holds nothing at all, and needs nothing of what it may have had before a restart. */
  readonly isDrained: boolean
}

export interface Snapshot {
  readonly queues: ReadonlyMap<string, KeptQueue>
  readonly exchanges: readonly ExchangeModel[]
  readonly bindings: readonly BindingModel[]
  readonly policies: readonly PolicyModel[]
  readonly accounts: Accounts
  readonly seen: SeenKeys
}

export const NOTHING_KEPT: Snapshot = {
  queues: new Map(),
  exchanges: [],
  bindings: [],
  policies: [],
  accounts: FIRST_ACCOUNTS,
  seen: new Map(),
}

interface Kept {
  readonly duplicates: DuplicatesModel
  readonly queues: ReadonlyMap<string, QueueModel>
  readonly topology: TopologyModel
  readonly policies: readonly PolicyModel[]
}

/** Of this moment. */
export function snapshotOf({ queues, topology, policies, duplicates }: Kept, accounts: Accounts): Snapshot {
  const kept = [...queues.values()].filter(({ isKept }) => isKept)
  const entriesOf = (queue: QueueModel): EntryModel[] =>
    [...queue.entries.values()].filter(({ isPersistent }) => isPersistent).map(entry => ({ ...entry }))
  const keptOf = (queue: QueueModel): KeptQueue => ({
    facts: queue.facts,
    entries: entriesOf(queue),
    keys: queue.keys.known.filter(({ isKept }) => isKept),
    isDrained: queue.entries.size === 0 && !queue.isRestored,
  })
  const exchanges = [...topology.exchanges.values()].filter(({ isDurable }) => isDurable)
  const names = new Set(exchanges.map(({ name }) => name))
  const bindings = [...topology.bindings.values()].filter(
    ({ source, kind, destination }) =>
      names.has(source) &&
      (kind === 'exchange' ? names.has(destination) : queues.get(destination)?.isKept === true),
  )
  return {
    queues: new Map(kept.map(queue => [queue.name, keptOf(queue)])),
    exchanges,
    bindings,
    policies: [...policies],
    accounts,
    seen: duplicates.snapshot(name => topology.exchanges.get(name)?.deduplication),
  }
}
