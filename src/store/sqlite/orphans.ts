/**
 * Messages of queues that are not there: a virtual host was deleted, which takes its queues away at once, and the broker
 * ended before their messages had gone. They must go before their numbers are given to other queues.
 */
import type { Database } from './database'

/** Of all queues that have rows in the table. Jumps from queue to queue in the index, whatever is in between. */
const QUEUES_OF = (table: string): string => `
  WITH RECURSIVE found (queue) AS (
    SELECT min(queue) FROM ${table}
    UNION ALL SELECT (SELECT min(queue) FROM ${table} WHERE queue > found.queue) FROM found WHERE found.queue IS NOT NULL
  )
  SELECT queue FROM found WHERE queue > 0 AND queue NOT IN (SELECT id FROM queue)`

export function forgetOrphans(database: Database): void {
  for (const table of ['run', 'settled', 'seen', 'share', 'delivery_count']) {
    const orphans = database.prepare(QUEUES_OF(table)).pluck().all() as number[]
    const forget = database.prepare(`DELETE FROM ${table} WHERE queue = ?`)
    for (const orphan of orphans) forget.run(orphan)
  }
  database.exec('DELETE FROM record WHERE id NOT IN (SELECT record FROM share)')
}
