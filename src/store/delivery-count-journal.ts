/** How often messages of one queue came back, on the way to the store: in the same batch as that they did. */
import type { DefinitionStore, DeliveryCountRecord } from './definition-store'

export class DeliveryCountJournal {
  constructor(
    private readonly queueId: number,
    private readonly store: DefinitionStore,
  ) {}

  counted(record: DeliveryCountRecord): void {
    this.store.change({ kind: 'delivery-count', queueId: this.queueId, record })
  }

  gone(position: number): void {
    this.store.change({ kind: 'delivery-count-gone', queueId: this.queueId, position })
  }
}
