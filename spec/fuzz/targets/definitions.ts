/** Definitions from a file: imported, or refused in a line that names it; what is there afterwards can be exported and imported. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportDefinitions } from '../../../src/broker/definitions/definitions'
import { importDefinitions } from '../../../src/broker/definitions/definitions-import'
import { DefinitionsFile, UnusableDefinitions } from '../../../src/embed/definitions-file'
import { SystemTurn } from '../../../src/turn'
import type { Random } from '../../crash/random'
import { composeBroker } from '../../support/composed-broker'
import type { Input, Target, World } from '../target'

const NAMES = [
  '/',
  'v',
  'q',
  'x',
  'amq.topic',
  '',
  '__proto__',
  'constructor',
  'guest',
  '\ud800',
  '\u202e',
  '\0',
  '\r\nA: b',
  'a'.repeat(255),
  'a'.repeat(256),
  'é'.repeat(128),
  'limits',
  'vhost-limits',
  'operator_policy',
  'cluster_name',
  'p',
]
const SCALARS: readonly unknown[] = [
  true,
  false,
  null,
  0,
  1,
  -1,
  0.5,
  1e9,
  1e300,
  -1e300,
  2 ** 53,
  '',
  'all',
  'queues',
  '.*',
  '(a+)+$',
  '[',
  'topic',
  'direct',
  'x-delayed-message',
  'administrator',
  'queue',
  'exchange',
  'rabbit_password_hashing_sha256',
  'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
]
const ARGUMENTS = [
  'x-message-ttl',
  'x-max-length',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-max-priority',
  'x-queue-type',
  'x-expires',
  'alternate-exchange',
  'x-delayed-type',
  'x-match',
  'message-ttl',
  'max-length',
  'dead-letter-routing-key',
  'max-queues',
  'max-connections',
  '__proto__',
]
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  users: ['name', 'password', 'password_hash', 'hashing_algorithm', 'tags', 'limits'],
  vhosts: ['name', 'description', 'tags', 'default_queue_type', 'tracing', 'metadata'],
  permissions: ['user', 'vhost', 'configure', 'write', 'read'],
  topic_permissions: ['user', 'vhost', 'exchange', 'write', 'read'],
  parameters: ['vhost', 'component', 'name', 'value'],
  global_parameters: ['name', 'value'],
  policies: ['vhost', 'name', 'pattern', 'apply-to', 'definition', 'priority'],
  queues: ['vhost', 'name', 'durable', 'auto_delete', 'arguments', 'type'],
  exchanges: ['vhost', 'name', 'type', 'durable', 'auto_delete', 'internal', 'arguments'],
  bindings: ['vhost', 'source', 'destination', 'destination_type', 'routing_key', 'arguments'],
}

export const definitions: Target = {
  name: 'definitions',
  briefly: 40,
  dictionary: [
    ...NAMES,
    '"__proto__":{"a":1}',
    '['.repeat(3000),
    '{"a":'.repeat(3000),
    '1e999',
    '\ufeff',
  ].map(text => Buffer.from(text)),
  inputsPerWorld: 30,
  generate: random => [Buffer.from(`${random.chance(0.05) ? '\ufeff' : ''}${JSON.stringify(made(random))}`)],
  open: async () => new DefinitionsWorld(),
}

function made(random: Random): object {
  const sections = random.shuffled(Object.keys(SECTIONS)).slice(0, random.between(1, 6))
  return Object.fromEntries(
    sections.map(section => [
      section,
      Array.from({ length: random.between(0, 3) }, () => item(random, section)),
    ]),
  )
}

function item(random: Random, section: string): object {
  const fields = (SECTIONS[section] as readonly string[]).filter(() => random.chance(0.93))
  return Object.fromEntries(fields.map(field => [field, fieldValue(random, field)]))
}

function fieldValue(random: Random, field: string): unknown {
  if (random.chance(0.05)) return anything(random, 0)
  if (field === 'vhost') return random.chance(0.8) ? '/' : random.pick(NAMES)
  if (['arguments', 'definition', 'limits', 'value', 'metadata'].includes(field)) {
    const keys = Array.from({ length: random.between(0, 3) }, () => random.pick(ARGUMENTS))
    return Object.fromEntries(keys.map(key => [key, anything(random, 1)]))
  }
  if (['durable', 'auto_delete', 'internal', 'tracing'].includes(field)) return random.chance(0.5)
  if (['configure', 'write', 'read', 'pattern'].includes(field))
    return random.pick(['.*', '', '^a', '(a+)+$', '[', '(?i)x'])
  if (field === 'type')
    return random.pick(['topic', 'direct', 'x-delayed-message', 'headers', 'classic', 'quorum'])
  if (field === 'destination_type') return random.pick(['queue', 'exchange'])
  if (field === 'apply-to') return random.pick(['all', 'queues', 'exchanges', 'nothing'])
  if (field === 'priority') return random.pick([0, 1, -5, 1e9])
  return random.pick(NAMES)
}

function anything(random: Random, depth: number): unknown {
  if (depth < 3 && random.chance(0.15)) return Array.from({ length: 2 }, () => anything(random, depth + 1))
  if (depth < 3 && random.chance(0.1)) return { [random.pick(ARGUMENTS)]: anything(random, depth + 1) }
  return random.chance(0.5) ? random.pick(SCALARS) : random.pick(NAMES)
}

class DefinitionsWorld implements World {
  private readonly folder = mkdtempSync(join(tmpdir(), 'leveret-fuzz-'))
  private readonly composed = composeBroker(new SystemTurn())

  async feed(input: Input): Promise<void> {
    const { broker, log } = this.composed
    const path = join(this.folder, 'definitions.json')
    writeFileSync(path, Buffer.concat([...input]))
    try {
      const file = new DefinitionsFile(path)
      void file.hasUsers
      await file.importInto(broker, false)
    } catch (error) {
      const isSentence = error instanceof UnusableDefinitions && error.message.includes(path)
      if (!isSentence || error.message.includes('\n')) throw error
    }
    const json = JSON.stringify(exportDefinitions(broker))
    // What a broker says of itself must be good for another, of the same kind at least.
    await importDefinitions(composeBroker(new SystemTurn()).broker, JSON.parse(json))
    const defects = log.at('error')
    if (defects.length > 0) throw new Error(defects[0])
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
