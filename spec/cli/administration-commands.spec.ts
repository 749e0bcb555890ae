import amqplib from 'amqplib'
import { CommandedBroker } from './against-a-broker'
import { FakeApi } from './fake-api'
import { killAll, leveret } from './leveret'

let broker: CommandedBroker

beforeAll(async () => {
  broker = await CommandedBroker.open()
})

afterAll(() => broker.close())

afterEach(killAll)

/** Whether AMQP lets them in. */
async function mayConnect(user: string, password: string, vhost = ''): Promise<boolean> {
  const { host, port } = broker.broker
  try {
    const connection = await amqplib.connect(`amqp://${user}:${password}@${host}:${port}/${vhost}`)
    await connection.close()
    return true
  } catch {
    return false
  }
}

async function tagsOf(name: string): Promise<unknown> {
  const users = await broker.json<{ name: string; tags: string[] }[]>(['list', 'users'])
  return users.find(user => user.name === name)?.tags
}

describe('leveret user and permission', () => {
  it('adds a user who can log in once it may, changes and deletes it', async () => {
    expect(await broker.says(['user', 'add', 'ada', '--tags', 'management,x'], 'secret\n')).toBe(
      'added user ada\n',
    )
    expect(await tagsOf('ada')).toEqual(['management', 'x'])
    expect(await broker.run(['user', 'add', 'ada', 'other'])).toMatchObject({
      code: 6,
      errors: 'leveret: user ada is there already\n',
    })
    expect(await mayConnect('ada', 'secret', '%2F')).toBe(false)
    await broker.says(['permission', 'set', 'ada', '', '^x', '.*'])
    expect(await broker.json(['list', 'permissions', '--filter', '^ada$'])).toEqual([
      { vhost: '/', user: 'ada', configure: '', write: '^x', read: '.*' },
    ])
    expect(await mayConnect('ada', 'secret', '%2F')).toBe(true)

    await broker.says(['user', 'set-tags', 'ada', 'monitoring'])
    expect(await mayConnect('ada', 'secret', '%2F')).toBe(true)
    await broker.says(['user', 'set-password', 'ada', 'new secret'])
    expect(await tagsOf('ada')).toEqual(['monitoring'])
    expect([
      await mayConnect('ada', 'secret', '%2F'),
      await mayConnect('ada', 'new%20secret', '%2F'),
    ]).toEqual([false, true])

    await broker.says(['permission', 'clear', 'ada'])
    expect(await mayConnect('ada', 'new%20secret', '%2F')).toBe(false)
    await broker.says(['user', 'delete', 'ada'])
    expect(await broker.run(['user', 'delete', 'ada'])).toMatchObject({ code: 5 })
  })

  it('takes a hash instead of a password', async () => {
    const hash = (await leveret(['hash-password', '--algorithm', 'sha512'], {}, 'pass word\n')).output.trim()
    expect(hash).toHaveLength(Math.ceil((4 + 64) / 3) * 4)
    const algorithm = ['--hashing-algorithm', 'rabbit_password_hashing_sha512']
    await broker.says(['user', 'add', 'hashed', '--password-hash', hash, ...algorithm])
    await broker.says(['permission', 'set', 'hashed', '', '', ''])
    expect(await mayConnect('hashed', 'pass%20word', '%2F')).toBe(true)
    await broker.says(['user', 'delete', 'hashed'])
  })

  it('sets and clears topic permissions', async () => {
    await broker.says(['user', 'add', 'topical', 'x'])
    await broker.says(['permission', 'set', 'topical', '', '', ''])
    await broker.says(['permission', 'set-topic', 'topical', 'amq.topic', '^a', '^b'])
    expect(await broker.json(['list', 'topic-permissions'])).toEqual([
      { vhost: '/', user: 'topical', exchange: 'amq.topic', write: '^a', read: '^b' },
    ])
    await broker.says(['permission', 'clear-topic', 'topical'])
    expect(await broker.json(['list', 'topic-permissions'])).toEqual([])
    await broker.says(['user', 'delete', 'topical'])
  })

  it('obeys the tags of who is asking', async () => {
    await broker.says(['user', 'add', 'watcher', 'pw', '--tags', 'monitoring'])
    const asWatcher = ['--user', 'watcher', '--password', 'pw']
    expect(await broker.run(['list', 'queues', ...asWatcher])).toMatchObject({ code: 0 })
    expect(await broker.run(['user', 'delete', 'guest', ...asWatcher])).toMatchObject({ code: 4 })
    expect(await broker.run(['user', 'add', 'mine', 'x', ...asWatcher])).toMatchObject({ code: 4 })
    await broker.says(['user', 'delete', 'watcher'])
  })
})

describe('leveret vhost, policy and limits', () => {
  it('adds and deletes a virtual host', async () => {
    expect(await broker.says(['vhost', 'add', 'shop', '--description', 'orders'])).toBe('added vhost shop\n')
    expect(
      await broker.json(['list', 'vhosts', '--filter', 'shop', '--columns', 'name,description']),
    ).toEqual([{ name: 'shop', description: 'orders' }])
    await broker.says(['vhost', 'delete', 'shop'])
    expect(await broker.run(['vhost', 'delete', 'shop'])).toMatchObject({ code: 5 })
  })

  it('sets policies that hold at once', async () => {
    await broker.says(['declare', 'queue', 'short'])
    await broker.says([
      'policy',
      'set',
      'p',
      '^short$',
      'max-length=1',
      '--apply-to',
      'queues',
      '--priority',
      '3',
    ])
    expect(await broker.json(['list', 'policies'])).toEqual([
      {
        vhost: '/',
        name: 'p',
        pattern: '^short$',
        'apply-to': 'queues',
        priority: 3,
        definition: { 'max-length': 1 },
      },
    ])
    await broker.says(['publish', '--queue', 'short', 'x', '--count', '5'])
    expect(await broker.json(['get', 'short', '--count', '9', '--ack-mode', 'ack'])).toHaveLength(1)
    await broker.says(['policy', 'set', 'ceiling', '.*', '{"max-length": 2}', '--operator'])
    expect(await broker.json<object[]>(['list', 'operator-policies'])).toHaveLength(1)
    await broker.says(['policy', 'clear', 'ceiling', '--operator'])
    await broker.says(['policy', 'clear', 'p'])
    expect(await broker.json(['list', 'policies'])).toEqual([])
    expect(await broker.run(['policy', 'set', 'p', '.*', 'max-lenght=1'])).toMatchObject({
      code: 1,
      output: '',
    })
  })

  it('sets limits that hold at once', async () => {
    await broker.says(['vhost', 'add', 'small'])
    await broker.says(['limits', 'set', 'max-queues', '1', '-p', 'small'])
    await broker.says(['user', 'add', 'limited', 'x'])
    await broker.says(['limits', 'set', 'max-channels', '4', '--of-user', 'limited'])
    expect(await broker.json(['list', 'limits'])).toEqual([
      { vhost: 'small', value: { 'max-queues': 1 } },
      { user: 'limited', value: { 'max-channels': 4 } },
    ])
    await broker.says(['declare', 'queue', 'one', '-p', 'small'])
    expect((await broker.run(['declare', 'queue', 'two', '-p', 'small'])).code).not.toBe(0)
    await broker.says(['limits', 'clear', 'max-queues', '-p', 'small'])
    await broker.says(['declare', 'queue', 'two', '-p', 'small'])
    await broker.says(['limits', 'clear', 'max-channels', '--of-user', 'limited'])
    expect(await broker.json(['list', 'limits'])).toEqual([])
    await broker.says(['user', 'delete', 'limited'])
    await broker.says(['vhost', 'delete', 'small'])
  })
})

describe('leveret status and top', () => {
  it('tell no port of a unix socket, which has none', async () => {
    const fake = await FakeApi.open()
    const listeners = [
      { protocol: 'amqp', ip_address: '127.0.0.1', port: 5672 },
      { protocol: 'amqp/unix', ip_address: '/run/l.sock', port: 0 },
    ]
    fake.answer = ({ path }) => ({ body: path.startsWith('/api/overview') ? { listeners } : [] })
    const { output } = await leveret(['status', '--url', fake.url])
    await fake.close()
    expect(output).toMatch(/^listener amqp +127\.0\.0\.1 port 5672\nlistener amqp\/unix +\/run\/l\.sock$/m)
  })

  it('tell what the broker is and does', async () => {
    await broker.says(['declare', 'queue', 'busy'])
    await broker.says(['publish', '--queue', 'busy', 'x', '--count', '3'])
    const text = await broker.says(['status'])
    expect(text).toMatch(/^product +Leveret \d/)
    expect(text).toMatch(/^messages ready +[1-9]/m)
    expect(text).toMatch(/^alarms +none$/m)
    const status = await broker.json<{ overview: object; nodes: object[] }>(['status'])
    expect(status.overview).toHaveProperty('leveret_version')
    expect(status.nodes).toHaveLength(1)

    const top = await broker.json<{ items: { name: string }[] }>(['top', '--once', '--filter', 'bus'])
    expect(top.items.map(({ name }) => name)).toEqual(['busy'])
    expect(await broker.says(['top', '--once', '--rows', '1'])).toMatch(/^queue +vhost +ready/)
    expect(await broker.run(['top'])).toMatchObject({
      code: 2,
      errors: 'leveret: there is no terminal here: use --once\n',
    })
  })
})
