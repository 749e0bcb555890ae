/** The tables of what administrators set, beside what clients declare: they change rarely, and are read at boot. */
import {
  type AccessChange,
  NO_ACCESS,
  type StoredAccess,
  type UserRecord,
  type VhostRecord,
} from '../access-records'
import type { DefinitionChange, LimitsRecord, PolicyRecord } from '../definition-store'
import { checkedRows } from './checked-rows'
import type { Database } from './database'

export type SettingChange =
  | AccessChange
  | Extract<DefinitionChange, { kind: 'policy' | 'policy-gone' | 'limits' | 'limits-gone' }>

/** What goes with a virtual host; its queues' messages go queue by queue, as many they may be. */
const OF_VHOST = [
  'DELETE FROM vhost WHERE name = ?',
  'DELETE FROM exchange WHERE vhost = ?',
  'DELETE FROM seen WHERE queue IN (SELECT id FROM queue WHERE vhost = ?)',
  'DELETE FROM queue WHERE vhost = ?',
  'DELETE FROM binding WHERE vhost = ?',
  'DELETE FROM policy WHERE vhost = ?',
  "DELETE FROM limits WHERE scope = 'vhost' AND name = ?",
  'DELETE FROM seen WHERE queue = 0 AND vhost = ?',
  'DELETE FROM permission WHERE vhost = ?',
  'DELETE FROM topic_permission WHERE vhost = ?',
  'DELETE FROM parameter WHERE vhost = ?',
]

const OF_USER = [
  'DELETE FROM user WHERE name = ?',
  "DELETE FROM limits WHERE scope = 'user' AND name = ?",
  'DELETE FROM permission WHERE user = ?',
  'DELETE FROM topic_permission WHERE user = ?',
]

export class SettingTables {
  constructor(private readonly database: Database) {}

  apply(change: SettingChange): void {
    switch (change.kind) {
      case 'vhost':
        return this.putVhost(change.record)
      case 'vhost-gone':
        for (const sql of OF_VHOST) this.run(sql, change.name)
        return
      case 'user':
        return this.putUser(change.record)
      case 'user-gone':
        for (const sql of OF_USER) this.run(sql, change.name)
        return
      case 'policy': {
        const { vhost, kind, name, pattern, applyTo, priority, definition } = change.record
        return this.put('policy', vhost, kind, name, pattern, applyTo, priority, definition)
      }
      case 'policy-gone': {
        const sql = 'DELETE FROM policy WHERE vhost = ? AND kind = ? AND name = ?'
        return this.run(sql, change.vhost, change.policyKind, change.name)
      }
      case 'limits': {
        const { scope, name, limits } = change.record
        return this.put('limits', scope, name, limits)
      }
      case 'limits-gone':
        return this.run('DELETE FROM limits WHERE scope = ? AND name = ?', change.scope, change.name)
      default:
        this.applyPermission(change)
    }
  }

  private applyPermission(
    change: Exclude<SettingChange, { kind: `${'vhost' | 'user' | 'policy' | 'limits'}${'' | '-gone'}` }>,
  ): void {
    switch (change.kind) {
      case 'permission': {
        const { vhost, user, configure, write, read } = change.record
        return this.put('permission', vhost, user, configure, write, read)
      }
      case 'permission-gone':
        return this.run('DELETE FROM permission WHERE vhost = ? AND user = ?', change.vhost, change.user)
      case 'topic-permission': {
        const { vhost, user, exchange, write, read } = change.record
        return this.put('topic_permission', vhost, user, exchange, write, read)
      }
      case 'topic-permission-gone': {
        const { vhost, user, exchange } = change
        const sql = 'DELETE FROM topic_permission WHERE vhost = ? AND user = ?'
        if (exchange === undefined) return this.run(sql, vhost, user)
        return this.run(`${sql} AND exchange = ?`, vhost, user, exchange)
      }
      case 'parameter': {
        const { vhost, component, name, value } = change.record
        return this.put('parameter', vhost, component, name, value)
      }
      case 'parameter-gone': {
        const sql = 'DELETE FROM parameter WHERE vhost = ? AND component = ? AND name = ?'
        return this.run(sql, change.vhost, change.component, change.name)
      }
      case 'global-parameter':
        return this.put('global_parameter', change.record.name, change.record.value)
      case 'global-parameter-gone':
        this.run('DELETE FROM global_parameter WHERE name = ?', change.name)
    }
  }

  /** One that is there keeps its place. */
  private putVhost({ name, description, tags, defaultQueueType, isProtected }: VhostRecord): void {
    this.run(
      `INSERT INTO vhost (name, description, tags, default_queue_type, protected) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET description = excluded.description, tags = excluded.tags,
         default_queue_type = excluded.default_queue_type, protected = excluded.protected`,
      name,
      description,
      tags,
      defaultQueueType,
      +isProtected,
    )
  }

  private putUser({ name, tags, passwordHash, hashingAlgorithm }: UserRecord): void {
    this.run(
      `INSERT INTO user (name, tags, password_hash, hashing_algorithm) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET tags = excluded.tags, password_hash = excluded.password_hash,
         hashing_algorithm = excluded.hashing_algorithm`,
      name,
      tags,
      passwordHash,
      hashingAlgorithm,
    )
  }

  private put(table: string, ...values: unknown[]): void {
    this.run(`INSERT OR REPLACE INTO ${table} VALUES (${values.map(() => '?').join(', ')})`, ...values)
  }

  private run(sql: string, ...values: unknown[]): void {
    this.database.prepare(sql).run(...values)
  }
}

export function readPolicies(database: Database): PolicyRecord[] {
  const columns = 'vhost, kind, name, pattern, apply_to AS applyTo, priority, definition'
  const sql = `SELECT ${columns} FROM policy ORDER BY vhost, kind, priority DESC, name`
  return checkedRows<PolicyRecord>(database, 'policy', sql, {
    ...textColumns('vhost', 'kind', 'name', 'pattern', 'applyTo', 'definition'),
    priority: 'number',
  })
}

export function readLimits(database: Database): LimitsRecord[] {
  const sql = 'SELECT scope, name, limits FROM limits ORDER BY scope, name'
  return checkedRows<LimitsRecord>(database, 'limits', sql, textColumns('scope', 'name', 'limits'))
}

/** Of a file that no broker has opened since schema 5: nothing. */
export function readAccess(database: Database): StoredAccess {
  if (Number(database.pragma('user_version', { simple: true })) < 6) return NO_ACCESS
  const vhosts = checkedRows<Omit<VhostRecord, 'isProtected'> & { isProtected: number }>(
    database,
    'vhost',
    `SELECT name, description, tags, default_queue_type AS defaultQueueType, protected AS isProtected
     FROM vhost ORDER BY id`,
    { ...textColumns('name', 'description', 'tags'), defaultQueueType: 'text?', isProtected: 'flag' },
  )
  return {
    vhosts: vhosts.map(vhost => ({ ...vhost, isProtected: vhost.isProtected === 1 })),
    users: texts(
      database,
      'user',
      `SELECT name, tags, password_hash AS passwordHash, hashing_algorithm AS hashingAlgorithm FROM user ORDER BY id`,
      ['name', 'tags', 'passwordHash', 'hashingAlgorithm'],
    ),
    ...readPermissions(database),
    ...readParameters(database),
  }
}

function readPermissions(database: Database): Pick<StoredAccess, 'permissions' | 'topicPermissions'> {
  return {
    permissions: texts(
      database,
      'permission',
      'SELECT vhost, user, configure, write, read FROM permission ORDER BY vhost, user',
      ['vhost', 'user', 'configure', 'write', 'read'],
    ),
    topicPermissions: texts(
      database,
      'topic_permission',
      'SELECT vhost, user, exchange, write, read FROM topic_permission ORDER BY vhost, user, exchange',
      ['vhost', 'user', 'exchange', 'write', 'read'],
    ),
  }
}

function readParameters(database: Database): Pick<StoredAccess, 'parameters' | 'globalParameters'> {
  return {
    parameters: texts(
      database,
      'parameter',
      'SELECT vhost, component, name, value FROM parameter ORDER BY vhost, component, name',
      ['vhost', 'component', 'name', 'value'],
    ),
    globalParameters: texts(
      database,
      'global_parameter',
      'SELECT name, value FROM global_parameter ORDER BY name',
      ['name', 'value'],
    ),
  }
}

/** Rows of which every column is a text. */
function texts<Column extends string>(
  database: Database,
  table: string,
  sql: string,
  columns: readonly Column[],
): Record<Column, string>[] {
  return checkedRows<Record<Column, string>>(database, table, sql, textColumns(...columns))
}

function textColumns<Column extends string>(...columns: Column[]): Record<Column, 'text'> {
  return Object.fromEntries(columns.map(column => [column, 'text'])) as Record<Column, 'text'>
}
