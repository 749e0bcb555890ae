/** What a test broker keeps over a restart is what SQLite keeps: the same changes, in any order, leave the same. */
import fc from 'fast-check'
import type { DefinitionChange, StoredDefinitions } from '../../src/store/definition-store'
import type { MessageStore, StoredEntry } from '../../src/store/message-store'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store'
import { Kept } from '../../src/testing/kept/surviving-store'
import { InlineDisk } from '../support/inline-disk'
import { ManualClock } from '../support/manual-clock'
import { ManualTurn } from '../support/manual-turn'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const bytes = Buffer.from([1, 2])
const vhost = fc.constantFrom('/', 'shop')
const name = fc.constantFrom('a', 'b')
const text = fc.constantFrom('x', 'y')
const flag = fc.boolean()
const QUEUE_IDS = [1, 2, 3]
const id = fc.constantFrom(...QUEUE_IDS)
const owner = fc.constantFrom(
  { kind: 'exchange', vhost: '/', name: 'a' } as const,
  { kind: 'queue', id: 1 } as const,
)
const policyKind = fc.constantFrom('policy' as const, 'operator-policy' as const)
const scope = fc.constantFrom('vhost' as const, 'user' as const)

/** Of every kind there is. */
const changes: Readonly<Record<Exclude<DefinitionChange['kind'], 'queue'>, fc.Arbitrary<object>>> = {
  exchange: fc.record({
    record: fc.record({
      vhost,
      name,
      type: text,
      autoDelete: flag,
      internal: flag,
      arguments: fc.constant(bytes),
    }),
  }),
  'exchange-gone': fc.record({ vhost, name }),
  'queue-gone': fc.record({ id }),
  binding: fc.record({
    record: fc.record({
      vhost,
      identity: name,
      source: text,
      destinationKind: fc.constantFrom('queue', 'exchange'),
      destination: text,
      routingKey: text,
      arguments: fc.constant(bytes),
    }),
  }),
  'bindings-gone': fc.record({ vhost, identities: fc.array(name, { maxLength: 3 }) }),
  policy: fc.record({
    record: fc.record({
      vhost,
      kind: policyKind,
      name,
      pattern: text,
      applyTo: text,
      priority: fc.nat(3),
      definition: text,
    }),
  }),
  'policy-gone': fc.record({ vhost, policyKind, name }),
  limits: fc.record({ record: fc.record({ scope, name, limits: text }) }),
  'limits-gone': fc.record({ scope, name }),
  vhost: fc.record({
    record: fc.record({
      name: vhost,
      description: text,
      tags: text,
      defaultQueueType: fc.constantFrom(null, 'quorum'),
      isProtected: flag,
    }),
  }),
  'vhost-gone': fc.record({ name: vhost }),
  user: fc.record({ record: fc.record({ name, tags: text, passwordHash: text, hashingAlgorithm: text }) }),
  'user-gone': fc.record({ name }),
  permission: fc.record({
    record: fc.record({ vhost, user: name, configure: text, write: text, read: text }),
  }),
  'permission-gone': fc.record({ vhost, user: name }),
  'topic-permission': fc.record({
    record: fc.record({ vhost, user: name, exchange: text, write: text, read: text }),
  }),
  'topic-permission-gone': fc.record({ vhost, user: name, exchange: fc.option(text, { nil: undefined }) }),
  parameter: fc.record({ record: fc.record({ vhost, component: text, name, value: text }) }),
  'parameter-gone': fc.record({ vhost, component: text, name }),
  'global-parameter': fc.record({ record: fc.record({ name, value: text }) }),
  'global-parameter-gone': fc.record({ name }),
  key: fc.record({
    owner,
    record: fc.record({ key: name, expires: fc.nat(9), position: fc.nat(9) }),
  }),
  'key-gone': fc.record({ owner, key: name }),
  'delivery-count': fc.record({
    queueId: id,
    record: fc.record({ position: fc.nat(9), count: fc.nat(9) }),
  }),
  'delivery-count-gone': fc.record({ queueId: id, position: fc.nat(9) }),
}
const change = fc.oneof(
  ...Object.entries(changes).map(([kind, rest]) =>
    rest.map(fields => ({ kind, ...fields }) as DefinitionChange),
  ),
)

type Step = 'append' | 'settle' | 'settleFrom' | 'deliver' | 'commit'
const step = fc.record({
  what: fc.constantFrom<Step>('append', 'append', 'append', 'settle', 'deliver', 'settleFrom', 'commit'),
  queue: fc.nat(QUEUE_IDS.length - 1),
  which: fc.nat(20),
})

/** A queue as both stores see it. */
class Entries {
  delivered = 0
  tail = 0
  readonly live: number[] = []

  get head(): number {
    return this.live[0] ?? this.tail
  }
}

function sorted<Row>(rows: readonly Row[]): string[] {
  return rows.map(row => JSON.stringify(row, Object.keys(row as object).sort())).sort()
}

/** Without how entries lie together. */
function comparable({ exchanges, queues, bindings, policies, limits, access }: StoredDefinitions) {
  return {
    exchanges: sorted(exchanges),
    queues: sorted(queues.map(({ runs, settled, deliveryCounts, ...queue }) => queue)),
    keys: [...exchanges, ...queues]
      .map(({ keys = [], vhost, name }) => `${vhost} ${name} ${JSON.stringify(keys)}`)
      .sort(),
    deliveryCounts: queues.map(({ id, deliveryCounts = [] }) => [
      id,
      deliveryCounts.map(({ position, count }) => `${position}: ${count}`).sort(),
    ]),
    bindings,
    policies: sorted(policies),
    limits: sorted(limits),
    vhosts: access.vhosts,
    users: access.users,
    rest: [access.permissions, access.topicPermissions, access.parameters, access.globalParameters].map(
      rows => sorted<object>(rows),
    ),
  }
}

describe('what a test broker keeps', () => {
  const nextFile = pathsIn(temporaryFolder())

  it('of definitions and messages is what a database keeps of them', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.oneof(change, change, step), { minLength: 100, maxLength: 200 }),
      async script => {
        const file = nextFile()
        const clock = new ManualClock()
        const turn = new ManualTurn()
        const disk = new InlineDisk(file, 'os', () => clock.now())
        const kept = new Kept()
        const stores: (MessageStore & { change(change: DefinitionChange): unknown })[] = [
          new SqliteStore(turn, disk),
          kept.open(turn, clock).store,
        ]
        const queues = QUEUE_IDS.map(() => new Entries())
        for (const store of stores)
          QUEUE_IDS.forEach((queueId, index) => {
            store.openQueue(queueId, queues[index] as Entries)
            const record = { id: queueId, vhost: 'of the queues', name: `${queueId}`, autoDelete: false }
            store.change({ kind: 'queue', record: { ...record, arguments: bytes } })
          })
        const commit = async (): Promise<void> => {
          turn.runAll()
          await new Promise<void>(resolve => queueMicrotask(resolve))
          turn.runAll()
        }
        for (const action of script) {
          if ('kind' in action) for (const store of stores) store.change(action)
          else if (action.what === 'commit') await commit()
          else play(stores, queues, action)
        }
        await commit()
        await disk.close()
        const reread = new InlineDisk(file, 'os')
        const stored = kept.open(turn, clock).opened.stored
        expect(comparable(stored)).toEqual(comparable(reread.definitions))
        for (const { id: queueId, head } of stored.queues) {
          const fromDisk = await new Promise<string[]>(resolve => {
            new SqliteStore(turn, reread).load(queueId, head, 1000, entries => resolve(entries.map(shown)))
          })
          expect(kept.entries.read(queueId, head, 1000).map(shown)).toEqual(fromDisk)
        }
        await reread.close()
      },
    )
    await fc.assert(property, { numRuns: 25 })
  })
})

function play(
  stores: readonly MessageStore[],
  queues: readonly Entries[],
  { what, queue, which }: StepOf,
): void {
  const entries = queues[queue] as Entries
  const queueId = queue + 1
  const position = what === 'append' ? entries.tail++ : entries.live[which % Math.max(entries.live.length, 1)]
  if (position === undefined) return
  if (what === 'append') entries.live.push(position)
  else if (what === 'settle') entries.live.splice(entries.live.indexOf(position), 1)
  else if (what === 'settleFrom') entries.live.splice(entries.live.indexOf(position))
  else entries.delivered = Math.max(entries.delivered, position + 1)
  for (const store of stores) {
    if (what === 'append') store.append(queueId, position, Buffer.from(`..${position}..`), 2, 4, 1, which % 4)
    else if (what === 'settle') store.settle(queueId, position)
    else if (what === 'settleFrom') store.settleFrom(queueId, position)
    else store.markDelivered(queueId)
  }
}

type StepOf = typeof step extends fc.Arbitrary<infer T> ? T : never

function shown({ position, record, start, end, propertiesBytes, marks, writtenAt }: StoredEntry): string {
  return JSON.stringify([position, record.toString('latin1', start, end), propertiesBytes, marks, writtenAt])
}
