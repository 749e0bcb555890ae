/** The table `seen`: the keys by which exchanges and queues know duplicates. A queue of 0: they are an exchange's. */
import type { DefinitionChange, KeyOwner, KeyRecord } from '../definition-store'
import { checkedRows } from './checked-rows'
import type { Database, Statement } from './database'

export type KeyChange = Extract<DefinitionChange, { kind: 'key' | 'key-gone' }>

export class KeyTable {
  private readonly insert: Statement
  private readonly remove: Statement
  private readonly removeAll: Statement

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql)
    this.insert = prepare(
      `INSERT OR REPLACE INTO seen (queue, vhost, exchange, key, expires, position) VALUES (?, ?, ?, ?, ?, ?)`,
    )
    this.remove = prepare('DELETE FROM seen WHERE queue = ? AND vhost = ? AND exchange = ? AND key = ?')
    this.removeAll = prepare('DELETE FROM seen WHERE queue = ? AND vhost = ? AND exchange = ?')
  }

  apply(change: KeyChange): void {
    if (change.kind === 'key-gone') {
      this.remove.run(...columnsOf(change.owner), change.key)
      return
    }
    const { key, expires, position } = change.record
    this.insert.run(...columnsOf(change.owner), key, expires, position)
  }

  /** The exchange or queue goes. */
  clear(owner: KeyOwner): void {
    this.removeAll.run(...columnsOf(owner))
  }
}

/** Of everybody, the oldest first, in answer to whom they belong to. */
export function readKeys(database: Database): (owner: KeyOwner) => readonly KeyRecord[] {
  const byOwner = new Map<string, KeyRecord[]>()
  const sql = 'SELECT queue, vhost, exchange, key, expires, position FROM seen ORDER BY id'
  for (const row of checkedRows<KeyRecord & Columns>(database, 'seen', sql, SHAPE)) {
    const { queue, vhost, exchange, key, expires, position } = row
    const owner = nameOf([queue, vhost, exchange])
    const keys = byOwner.get(owner)
    const record = { key, expires, position }
    if (keys === undefined) byOwner.set(owner, [record])
    else keys.push(record)
  }
  return owner => byOwner.get(nameOf(columnsOf(owner))) ?? []
}

const SHAPE = {
  queue: 'count',
  vhost: 'text',
  exchange: 'text',
  key: 'text',
  expires: 'number',
  position: 'number',
} as const

interface Columns {
  readonly queue: number
  readonly vhost: string
  readonly exchange: string
}

function columnsOf(owner: KeyOwner): readonly [number, string, string] {
  return owner.kind === 'queue' ? [owner.id, '', ''] : [0, owner.vhost, owner.name]
}

function nameOf(columns: readonly [number, string, string]): string {
  return JSON.stringify(columns)
}
