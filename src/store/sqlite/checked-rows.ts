/**
 * Rows as they must be. SQLite keeps whatever it is given in any column, and a damaged file may hold what nobody wrote: a
 * row of another shape refuses the file, before anything is made of it.
 */
import type { Database } from './database'

/** What a column holds: a `count` is a whole number from 0, and so is a position; a flag is 0 or 1. */
export type ColumnKind = 'text' | 'text?' | 'bytes' | 'number' | 'count' | 'flag'

export type Shape<Row> = { readonly [Column in keyof Row]: ColumnKind }

/** All rows of a SELECT on `table`. @throws Error for a row of another shape */
export function checkedRows<Row extends object>(
  database: Database,
  table: string,
  sql: string,
  shape: Shape<Row>,
): Row[] {
  const rows = database.prepare(sql).all() as Row[]
  const columns = Object.entries(shape) as [keyof Row, ColumnKind][]
  for (const row of rows) {
    for (const [column, kind] of columns) {
      if (!fits(row[column], kind))
        throw new Error(`a row of the table ${table} has no ${NAMES[kind]} in the column ${String(column)}`)
    }
  }
  return rows
}

function fits(value: unknown, kind: ColumnKind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string'
    case 'text?':
      return value === null || typeof value === 'string'
    case 'bytes':
      return value instanceof Uint8Array
    case 'number':
      return typeof value === 'number'
    case 'count':
      return Number.isSafeInteger(value) && (value as number) >= 0
    case 'flag':
      return value === 0 || value === 1
  }
}

const NAMES: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  'text?': 'text',
  bytes: 'bytes',
  number: 'number',
  count: 'whole number from 0',
  flag: '0 or 1',
}
