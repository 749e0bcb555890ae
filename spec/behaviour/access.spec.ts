/** Users, permissions and virtual hosts as clients meet them: changed while they are connected, and across a restart. */
import { join } from 'node:path'
import { inspect } from 'node:util'
import BetterSqlite from 'better-sqlite3'
import { Wire } from '../../conformance/support/wire'
import type { WireChannel } from '../../conformance/support/wire-channel'
import { restartingBroker } from './restarts'

const broker = restartingBroker()
const everything = { configure: '.*', write: '.*', read: '.*' }
const wires: Wire[] = []
afterEach(() => Promise.all(wires.splice(0).map(wire => wire.destroy())))

async function wireAs(user: string, password: string): Promise<Wire> {
  const wire = await Wire.connect(broker.url.replace('guest:guest', `${user}:${password}`))
  wires.push(wire)
  return wire
}

async function channelAs(user: string, vhost = '/'): Promise<WireChannel> {
  const wire = await wireAs(user, `${user}'s`)
  await wire.open({ vhost })
  return await wire.channel()
}

/** How a login ends: 'let in', or with what it is refused. */
async function login(user: string, password: string, vhost = '/'): Promise<string> {
  const wire = await wireAs(user, password)
  try {
    await wire.open({ vhost })
    return 'let in'
  } catch (error) {
    return String(error)
  }
}

async function addUser(name: string, tags: string[] = []): Promise<void> {
  await broker.running.putUser(name, { password: `${name}'s`, tags })
  await broker.running.setPermissions(name, everything)
}

const closed = (text: string) => [320, `CONNECTION_FORCED - ${text}`, 'none'] as const

describe('users and what they may do', () => {
  it('are there after a restart, just as they were', async () => {
    await addUser('ann', ['management', 'mine'])
    await broker.running.setPermissions('ann', { configure: '^a', write: '', read: 'b$' })
    await broker.running.setTopicPermissions('ann', 'amq.topic', { write: '^w', read: '^r' })
    await broker.running.putVhost('other', {
      description: 'the other',
      tags: ['x'],
      defaultQueueType: 'quorum',
      protectedFromDeletion: true,
    })
    await broker.running.setPermissions('guest', everything, 'other')
    await broker.running.setVhostLimits({ 'max-queues': 7 }, 'other')
    await broker.restart()
    expect(broker.running.listUsers()).toEqual([
      { name: 'guest', tags: ['administrator'] },
      { name: 'ann', tags: ['management', 'mine'] },
    ])
    expect(broker.running.permissions('ann')).toEqual({ configure: '^a', write: '', read: 'b$' })
    expect(broker.running.permissions('guest', 'other')).toEqual(everything)
    expect(broker.running.vhostLimits('other')).toEqual({ 'max-queues': 7 })
    expect(broker.running.listVhosts()).toEqual([
      expect.objectContaining({ name: '/' }),
      {
        name: 'other',
        description: 'the other',
        tags: ['x'],
        defaultQueueType: 'quorum',
        protectedFromDeletion: true,
      },
    ])
    expect(await login('ann', "ann's")).toBe('let in')
    expect(await login('guest', 'guest', 'other')).toBe('let in')
    const ann = await channelAs('ann')
    await expect(ann.call('queue.declare', { queue: 'nope' })).rejects.toThrow('configure access to queue')
  })

  it('stay gone after a restart, guest too', async () => {
    await addUser('ann')
    await broker.running.setTopicPermissions('guest', 'amq.topic', { write: '', read: '' })
    expect(await broker.running.deleteUser('guest')).toBe(true)
    expect(await broker.running.deleteUser('guest')).toBe(false)
    expect(await broker.running.clearPermissions('ann')).toBe(true)
    expect(await broker.running.clearPermissions('ann')).toBe(false)
    await broker.restart()
    expect(broker.running.listUsers().map(({ name }) => name)).toEqual(['ann'])
    expect(broker.running.permissions('ann')).toBeUndefined()
    expect(broker.running.permissions('guest')).toBeUndefined()
    expect(await login('ann', "ann's")).toContain(
      "530 NOT_ALLOWED - access to vhost '/' refused for user 'ann'",
    )
  })

  it('of a password that was changed know only the new one, after a restart too', async () => {
    await addUser('ann')
    await broker.running.putUser('ann', { password: 'new' })
    expect(await login('ann', "ann's")).toContain('403')
    await broker.restart()
    expect(await login('ann', 'new')).toBe('let in')
    await broker.running.putUser('ann', {})
    expect(await login('ann', 'new')).toContain('403')
    expect(await login('ann', '')).toContain('403')
  })

  it("log in with RabbitMQ's hashes", async () => {
    const hashes = [
      ['rabbit_password_hashing_sha256', 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR', 'test12'],
    ] as const
    for (const [hashingAlgorithm, passwordHash, password] of hashes) {
      await broker.running.putUser('ann', { passwordHash, hashingAlgorithm })
      await broker.running.setPermissions('ann', everything)
      expect(await login('ann', password)).toBe('let in')
    }
  })

  it('that may not be are refused, and change nothing', async () => {
    await addUser('ann', ['a'])
    const both = { password: 'x', passwordHash: '' }
    await expect(broker.running.putUser('ann', both)).rejects.toMatchObject({
      kind: 'both_password_and_password_hash_are_provided',
    })
    const secret = { passwordHash: 'my secret!' }
    const error: unknown = await broker.running.putUser('ann', secret).then(
      () => undefined,
      error => error,
    )
    expect(error).toMatchObject({ kind: 'not_base64' })
    expect(inspect(error)).not.toContain('my secret')
    await expect(broker.running.setPermissions('nobody', everything)).rejects.toMatchObject({
      kind: 'vhost_or_user_not_found',
    })
    await expect(broker.running.setPermissions('ann', everything, 'nowhere')).rejects.toMatchObject({
      kind: 'vhost_or_user_not_found',
    })
    await expect(broker.running.setPermissions('ann', { ...everything, read: '(' })).rejects.toThrow(
      "invalid pattern '('",
    )
    expect(broker.running.permissions('ann')).toEqual(everything)
    expect(broker.running.listUsers()).toContainEqual({ name: 'ann', tags: ['a'] })
    expect(await login('ann', "ann's")).toBe('let in')
  })
})

describe('a user who is deleted', () => {
  it("loses its connections at once, with RabbitMQ's text, and nobody else does", async () => {
    await addUser('ann')
    const bystander = await broker.channel()
    const ann = await channelAs('ann')
    await broker.running.deleteUser('ann')
    await ann.wire.expectClose(...closed("user 'ann' is deleted"))
    await bystander.call('queue.declare', { queue: 'q' })
  })

  it('between login and connection.open gets no further', async () => {
    await addUser('ann')
    const wire = await wireAs('ann', "ann's")
    await wire.login()
    await broker.running.deleteUser('ann')
    wire.tuneOk()
    wire.send('connection.open', { virtualHost: '/' })
    await wire.expectClose(530, "NOT_ALLOWED - access to vhost '/' refused for user 'ann'", 'connection.open')
  })
})

describe('a permission that changes', () => {
  it('is felt by the very next operation of a connection that is open', async () => {
    await addUser('ann')
    const ann = await channelAs('ann')
    await ann.call('queue.declare', { queue: 'q' })
    ann.publish({ routingKey: 'q' }, 'first')
    await ann.sync()
    await broker.running.setPermissions('ann', { ...everything, write: '^nothing$' })
    ann.publish({ routingKey: 'q' }, 'second')
    await expect(ann.sync()).rejects.toThrow(
      "403 ACCESS_REFUSED - write access to exchange 'amq.default' in vhost '/' refused for user 'ann'",
    )
    await broker.running.setPermissions('ann', everything)
    const again = await ann.wire.channel()
    again.publish({ routingKey: 'q' }, 'third')
    await again.sync()
    expect(await again.drain('q')).toEqual(['first', 'third'])
  })

  it('of a topic is, too', async () => {
    await addUser('ann')
    const ann = await channelAs('ann')
    ann.publish({ exchange: 'amq.topic', routingKey: 'a.b' }, 'first')
    await ann.sync()
    await broker.running.setTopicPermissions('ann', 'amq.topic', { write: '^b', read: '' })
    ann.publish({ exchange: 'amq.topic', routingKey: 'a.b' }, 'second')
    await expect(ann.sync()).rejects.toThrow("write access to topic 'a.b' in exchange topic 'amq.topic'")
  })
})

describe('a virtual host that is deleted', () => {
  it('takes its connections, queues and messages along, and comes back empty', async () => {
    await broker.running.putVhost('v')
    await broker.running.setPermissions('guest', everything, 'v')
    const bystander = await broker.channel()
    const wire = await (await wireAs('guest', 'guest')).open({ vhost: 'v' })
    const channel = await wire.channel()
    for (let i = 0; i < 300; i++) channel.send('queue.declare', { queue: `q${i}`, durable: true })
    for (let i = 0; i < 300; i++) await channel.expect('queue.declare-ok')
    await channel.call('exchange.declare', { exchange: 'x', type: 'topic', durable: true })
    await channel.call('queue.bind', { queue: 'q0', exchange: 'x', routingKey: '#' })
    await channel.call('confirm.select')
    channel.publish({ exchange: 'x' }, 'gone', { deliveryMode: 2 })
    await channel.confirmation()
    expect(await broker.running.deleteVhost('v')).toBe(true)
    await wire.expectClose(...closed("vhost 'v' is deleted"))
    expect(await login('guest', 'guest', 'v')).toContain('530 NOT_ALLOWED - vhost v not found')
    // While its queues still go: whoever wants the name gets an empty one.
    await broker.running.putVhost('v')
    expect(broker.running.permissions('guest', 'v')).toBeUndefined()
    await broker.running.setPermissions('guest', everything, 'v')
    const anew = await (await (await wireAs('guest', 'guest')).open({ vhost: 'v' })).channel()
    expect(await anew.call('queue.declare', { queue: 'q0', durable: true })).toMatchObject({
      messageCount: 0,
    })
    await expect(anew.call('exchange.declare', { exchange: 'x', passive: true })).rejects.toThrow('404')
    await bystander.call('queue.declare', { queue: 'q' })
    await broker.restart()
    const after = await (await (await wireAs('guest', 'guest')).open({ vhost: 'v' })).channel()
    expect(await after.call('queue.declare', { queue: 'q0', passive: true })).toMatchObject({
      messageCount: 0,
    })
    await expect(after.call('queue.declare', { queue: 'q1', passive: true })).rejects.toThrow('404')
  })

  it('stays gone after a restart, the first one too, and so does what was in it', async () => {
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: 'q', durable: true })
    await broker.running.putVhost('other')
    await broker.running.deleteVhost('/')
    await broker.restart()
    expect(broker.running.listVhosts().map(({ name }) => name)).toEqual(['other'])
    await broker.running.putVhost('/')
    await broker.running.setPermissions('guest', everything)
    const after = await broker.channel()
    await expect(after.call('queue.declare', { queue: 'q', passive: true })).rejects.toThrow('404')
  })

  it('is not, while it is protected', async () => {
    await broker.running.putVhost('v', { protectedFromDeletion: true })
    await expect(broker.running.deleteVhost('v')).rejects.toThrow(
      "Refusing to delete virtual host 'v' because it is protected from deletion",
    )
    await broker.running.putVhost('v', { protectedFromDeletion: false })
    expect(await broker.running.deleteVhost('v')).toBe(true)
    expect(await broker.running.deleteVhost('v')).toBe(false)
  })
})

describe('the default queue type of a virtual host', () => {
  it('is that of queues declared without one, where they may be of it', async () => {
    await broker.running.putVhost('/', { defaultQueueType: 'quorum' })
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: 'durable', durable: true })
    await channel.call('queue.declare', {
      queue: 'durable',
      durable: true,
      arguments: { 'x-queue-type': 'quorum' },
    })
    await channel.call('queue.declare', { queue: 'exclusive', durable: true, exclusive: true })
    await channel.call('queue.declare', {
      queue: 'exclusive',
      durable: true,
      exclusive: true,
      arguments: { 'x-queue-type': 'classic' },
    })
    await broker.running.putVhost('/', {})
    await expect(broker.running.putVhost('/', { defaultQueueType: 'nope' })).rejects.toMatchObject({
      kind: 'invalid_queue_type',
    })
    await channel.call('queue.declare', { queue: 'still quorum', durable: true })
    const classic = { queue: 'still quorum', durable: true, arguments: { 'x-queue-type': 'classic' } }
    await expect(channel.call('queue.declare', classic)).rejects.toThrow('406')
  })
})

describe('a data folder of before there were users', () => {
  it('gets the first user, and keeps what is in it', async () => {
    await broker.running.putVhost('old')
    await broker.running.setPermissions('guest', everything, 'old')
    const old = await (await (await wireAs('guest', 'guest')).open({ vhost: 'old' })).channel()
    await old.call('queue.declare', { queue: 'kept', durable: true })
    await broker.stop()
    const database = new BetterSqlite(join(broker.dataDir, 'leveret.db'))
    const newer = ['vhost', 'user', 'permission', 'topic_permission', 'parameter', 'global_parameter']
    for (const table of [...newer, 'record', 'share', 'delivery_count']) database.exec(`DROP TABLE ${table}`)
    database.pragma('user_version = 5')
    database.close()
    await broker.start()
    expect(broker.running.listUsers()).toEqual([{ name: 'guest', tags: ['administrator'] }])
    expect(broker.running.listVhosts().map(({ name }) => name)).toEqual(['/', 'old'])
    expect(broker.running.permissions('guest')).toEqual(everything)
    await broker.running.deleteUser('guest')
    await broker.running.putUser('ann', { password: "ann's" })
    await broker.running.setPermissions('ann', everything, 'old')
    await broker.restart()
    expect(broker.running.listUsers().map(({ name }) => name)).toEqual(['ann'])
    expect(broker.running.listVhosts().map(({ name }) => name)).toEqual(['/', 'old'])
    const ann = await channelAs('ann', 'old')
    await ann.call('queue.declare', { queue: 'kept', passive: true })
  })
})
