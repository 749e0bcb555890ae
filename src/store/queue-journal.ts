/** What is kept of a queue beside its messages, on its way to the store: in the same batch as what it is about. */
import type { DefinitionStore } from './definition-store'
import { DeliveryCountJournal } from './delivery-count-journal'
import { KeyJournal } from './key-journal'

export class QueueJournal {
  /** By which it knows duplicates. */
  readonly keys: KeyJournal
  readonly deliveryCounts: DeliveryCountJournal

  constructor(queueId: number, store: DefinitionStore) {
    this.keys = new KeyJournal({ kind: 'queue', id: queueId }, store)
    this.deliveryCounts = new DeliveryCountJournal(queueId, store)
  }
}
