/** The keys by which one exchange or queue knows duplicates, on their way to the store: in the same batch as the messages. */
import type { DefinitionStore, KeyOwner, KeyRecord } from './definition-store'

export class KeyJournal {
  constructor(
    private readonly owner: KeyOwner,
    private readonly store: DefinitionStore,
  ) {}

  added(record: KeyRecord): void {
    this.store.change({ kind: 'key', owner: this.owner, record })
  }

  gone(key: string): void {
    this.store.change({ kind: 'key-gone', owner: this.owner, key })
  }
}
