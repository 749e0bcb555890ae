/** What must be on the disk once a batch is written: all that outlives a broker, as the model has it at that moment. */

import type { EntryModel, QueueFacts } from './queue-model'
import type { PolicyModel } from './queue-terms'
import type { BindingModel, ExchangeModel } from './topology-model'

export interface KeptQueue {
  readonly facts: QueueFacts
  readonly entries: readonly EntryModel[]
}

export interface Snapshot {
  readonly queues: ReadonlyMap<string, KeptQueue>
  readonly exchanges: readonly ExchangeModel[]
  readonly bindings: readonly BindingModel[]
  readonly policies: readonly PolicyModel[]
}

export const NOTHING_KEPT: Snapshot = { queues: new Map(), exchanges: [], bindings: [], policies: [] }
