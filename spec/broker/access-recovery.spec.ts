/** What a broker knows of users, virtual hosts and parameters when it is made anew on what another one left. */
import { Broker } from '../../src/broker/broker'
import { compatOf } from '../../src/broker/compat'
import type { AccessChange, StoredAccess } from '../../src/store/access-records'
import { OpenedStore } from '../store/sqlite/opened-store'
import { ManualClock } from '../support/manual-clock'
import { RecordingLogger } from '../support/recording-logger'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const newFile = pathsIn(temporaryFolder())
const everything = { configure: '.*', write: '.*', read: '.*' }

interface Started {
  readonly broker: Broker
  readonly log: RecordingLogger
  readonly opened: OpenedStore
  /** What was asked for is kept, and the process ends. */
  stop(): Promise<void>
}

const running: Started[] = []
afterEach(() => Promise.all(running.splice(0).map(({ opened }) => opened.end())))

function start(file: string, defaults = { user: 'guest', password: 'guest', vhost: '/' }): Started {
  const opened = new OpenedStore(file)
  const log = new RecordingLogger()
  const { turn, store } = opened
  const around = { clock: new ManualClock(), turn, store, compat: compatOf('4.2'), logger: log }
  const broker = new Broker(around, defaults, opened.definitions)
  broker.recover()
  const started = { broker, log, opened, stop: async () => void (await opened.commit()) }
  running.push(started)
  return started
}

async function restart({ opened, stop }: Started): Promise<Started> {
  await stop()
  await opened.end()
  running.splice(0)
  return start(opened.file)
}

const contents = ({ broker }: Started) => ({
  users: [...broker.users],
  permissions: [...broker.permissions],
  topicPermissions: [...broker.topicPermissions],
  vhosts: [...broker.vhosts.values()].map(({ name, metadata }) => [name, metadata]),
  parameters: broker.parameters.list(),
  globalParameters: broker.parameters.listGlobal(),
})

describe('a broker that starts', () => {
  it('for the first time has the first user, virtual host and permission', () => {
    const { broker } = start(newFile(), { user: 'me', password: 'mine', vhost: 'here' })
    expect([...broker.users].map(({ name, tags }) => [name, ...tags])).toEqual([['me', 'administrator']])
    expect([...broker.vhosts.keys()]).toEqual(['here'])
    expect([...broker.permissions]).toEqual([{ user: 'me', vhost: 'here', ...everything }])
  })

  it('again has what it had, and nothing else', async () => {
    const first = start(newFile())
    const { broker } = first
    broker.putVhost('v', { description: 'd', tags: 'a,b', default_queue_type: 'quorum' })
    broker.putVhost('gone')
    broker.deleteVhost('gone')
    broker.accounts.putUser('ann', { password: 'x', tags: ['t'], limits: { 'max-channels': 3 } })
    broker.accounts.putUser('ben', { tags: '' })
    broker.accounts.setPassword('ben', 'secret')
    broker.accounts.setTags('ben', ['one', 'two'])
    broker.accounts.clearPassword('ann')
    broker.accounts.setPermissions('ann', 'v', everything)
    broker.accounts.setPermissions('ben', 'v', everything)
    broker.accounts.clearPermissions('ben', 'v')
    broker.accounts.setTopicPermissions('ann', 'v', 'amq.topic', { write: 'w', read: 'r' })
    broker.accounts.setTopicPermissions('ann', 'v', '', { write: 'w', read: 'r' })
    broker.accounts.clearTopicPermissions('ann', 'v', '')
    broker.parameters.setGlobal('g', [1])
    broker.parameters.setGlobal('cleared', 1)
    broker.parameters.clearGlobal('cleared')
    broker.parameters.register('shovel', { check() {}, set() {}, clear() {} })
    broker.parameters.set('v', 'shovel', 's', { uri: 'amqp://' })
    broker.limits.set('vhost', 'v', { 'max-queues': 3 })
    const before = contents(first)
    const again = await restart(first)
    expect(contents(again)).toEqual(before)
    expect(again.broker.limits.get('user', 'ann')).toEqual({ 'max-channels': 3 })
    expect(again.broker.parameters.clusterId).toBe(broker.parameters.clusterId)
    const obeyed: unknown[] = []
    again.broker.parameters.register('shovel', {
      check() {},
      set: (...what) => obeyed.push(what),
      clear() {},
    })
    expect(obeyed).toEqual([['v', 's', { uri: 'amqp://' }]])
  })

  it('tells nobody of what it had', async () => {
    const again = await restart(start(newFile()))
    const heard: string[] = []
    again.broker.events.listen(({ kind }) => heard.push(kind))
    again.broker.recover()
    expect(heard).toEqual([])
  })

  it('has the first ones again when there is no user, permission and virtual host left, as RabbitMQ', async () => {
    const first = start(newFile())
    first.broker.accounts.deleteUser('guest')
    first.broker.deleteVhost('/')
    const again = await restart(first)
    expect([...again.broker.vhosts.keys()]).toEqual(['/'])
    expect(again.broker.users.find('guest')).toBeDefined()
  })

  it('leaves out a permission whose pattern it would refuse, says so, and starts', async () => {
    const first = start(newFile())
    const record = { vhost: '/', user: 'guest', configure: '(?<=a)', write: '', read: '' }
    first.opened.store.change({ kind: 'permission', record } satisfies AccessChange)
    const again = await restart(first)
    expect([...again.broker.permissions]).toEqual([])
    expect(again.log.at('warn')).toEqual([expect.stringContaining('a permission was left out')])
  })
})

describe('a ticket', () => {
  it('is that of a batch that holds the change', async () => {
    const first = start(newFile())
    await first.opened.commit()
    const { broker, opened } = first
    const changes: [keyof StoredAccess, () => number | undefined][] = [
      ['users', () => broker.accounts.putUser('ann', { tags: '' }).ticket],
      ['vhosts', () => broker.putVhost('v').ticket],
      ['permissions', () => broker.accounts.setPermissions('ann', 'v', everything)],
      [
        'topicPermissions',
        () => broker.accounts.setTopicPermissions('ann', 'v', 'x', { write: '', read: '' }),
      ],
      ['globalParameters', () => broker.parameters.setGlobal('g', 1)],
      ['users', () => broker.accounts.deleteUser('ann')],
      ['vhosts', () => broker.deleteVhost('v')],
    ]
    for (const [, change] of changes) {
      const ticket = change()
      expect(ticket).toBeGreaterThan(opened.store.committed)
      await opened.commit()
      expect(opened.store.committed).toBeGreaterThanOrEqual(ticket ?? Number.NaN)
    }
  })
})

describe('whoever makes a virtual host', () => {
  it('may do everything in it, if it is a user', () => {
    const { broker } = start(newFile())
    broker.accounts.putUser('ann', { tags: 'administrator' })
    broker.events.actingAs('ann', () => broker.putVhost('v'))
    broker.putVhost('w')
    expect(broker.permissions.find('ann', 'v')).toEqual(everything)
    broker.accounts.setPermissions('ann', 'v', { ...everything, read: '' })
    broker.events.actingAs('ann', () => broker.putVhost('v', { description: 'changed' }))
    expect(broker.permissions.find('ann', 'v')).toEqual({ ...everything, read: '' })
    expect([...broker.permissions].map(({ vhost }) => vhost)).toEqual(['/', 'v'])
  })
})
