/** The database file itself, when no broker has it: sound, and without traces of messages that are gone. */
import BetterSqlite from 'better-sqlite3'

/** What is wrong with a database all of whose queues of such names (for LIKE) were drained. */
export function inspectDatabase(file: string, drained = 'bulk-%'): string[] {
  const database = new BetterSqlite(file, { readonly: true })
  const complaints: string[] = []
  const integrity = database.pragma('integrity_check', { simple: true })
  if (integrity !== 'ok') complaints.push(`integrity_check says ${String(integrity)}`)
  const orphans = database
    .prepare('SELECT count(*) FROM run WHERE queue NOT IN (SELECT id FROM queue)')
    .pluck()
    .get()
  if (orphans !== 0) complaints.push(`${String(orphans)} runs of queues that are gone`)
  const settled = database
    .prepare('SELECT count(*) FROM settled WHERE queue NOT IN (SELECT id FROM queue)')
    .pluck()
    .get()
  if (settled !== 0) complaints.push(`${String(settled)} settled positions of queues that are gone`)
  const left = database
    .prepare(`SELECT count(*) FROM run JOIN queue ON queue.id = run.queue WHERE name LIKE ?`)
    .pluck()
    .get(drained)
  if (left !== 0) complaints.push(`${String(left)} runs of queues that were drained`)
  database.close()
  return complaints
}
