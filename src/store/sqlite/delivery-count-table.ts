/** The table `delivery_count`: how often messages came back to their queues, of those that did. */
import type { DefinitionChange, DeliveryCountRecord } from '../definition-store'
import { checkedRows } from './checked-rows'
import type { Database, Statement } from './database'

export type DeliveryCountChange = Extract<
  DefinitionChange,
  { kind: 'delivery-count' | 'delivery-count-gone' }
>

type DeliveryCountRow = DeliveryCountRecord & { readonly queue: number }

export class DeliveryCountTable {
  private readonly put: Statement
  private readonly remove: Statement
  private readonly removeAll: Statement

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql)
    this.put = prepare('INSERT OR REPLACE INTO delivery_count (queue, position, count) VALUES (?, ?, ?)')
    this.remove = prepare('DELETE FROM delivery_count WHERE queue = ? AND position = ?')
    this.removeAll = prepare('DELETE FROM delivery_count WHERE queue = ?')
  }

  apply(change: DeliveryCountChange): void {
    if (change.kind === 'delivery-count-gone') this.remove.run(change.queueId, change.position)
    else this.put.run(change.queueId, change.record.position, change.record.count)
  }

  /** The queue goes. */
  clear(queueId: number): void {
    this.removeAll.run(queueId)
  }
}

export function readDeliveryCounts(database: Database): DeliveryCountRow[] {
  const sql = 'SELECT queue, position, count FROM delivery_count'
  const shape = { queue: 'count', position: 'count', count: 'count' } as const
  return checkedRows<DeliveryCountRow>(database, 'delivery_count', sql, shape)
}
