import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'
import { killAll, Leveret, leveret } from './leveret'

jest.setTimeout(30_000)

const { createBroker } = require('../../dist') as typeof import('../../src/index')
const newFolder = pathsIn(temporaryFolder())
afterEach(killAll)

/** Fills a new data folder through a broker that is then stopped. */
async function filled(
  fill: (channel: ConfirmChannel, connection: ChannelModel) => Promise<unknown>,
): Promise<string> {
  const dataDir = newFolder()
  const broker = await createBroker({ port: 0, dataDir, durability: 'os', logLevel: 'silent' })
  const connection = await connect(broker.url)
  const channel = await connection.createConfirmChannel()
  await fill(channel, connection)
  await channel.waitForConfirms()
  await channel.close() // amqplib would let connection.close overtake the acknowledgements
  await connection.close()
  await broker.close()
  return dataDir
}

function contentOf(dataDir: string): Record<string, string> {
  const names = readdirSync(dataDir)
  return Object.fromEntries(names.map(name => [name, readFileSync(join(dataDir, name), 'base64')]))
}

async function inspect(...args: string[]): Promise<string> {
  const { code, output, errors } = await leveret(['inspect', ...args])
  expect([code, errors]).toEqual([0, ''])
  return output
}

async function json<Answer>(...args: string[]): Promise<Answer> {
  const output = await inspect(...args, '--json')
  expect(output.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(output) as Answer
}

describe('leveret inspect', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await filled(async channel => {
      await channel.assertExchange('logs', 'topic', { alternateExchange: 'rest' })
      await channel.assertExchange('rest', 'fanout', { autoDelete: true, internal: true })
      await channel.assertExchange('passing', 'fanout', { durable: false })
      await channel.assertQueue('jobs', {
        arguments: { 'x-max-length': 100_000, 'x-when': { deep: [1, 'two'] } },
      })
      await channel.assertQueue('two words\u001b[2J')
      await channel.assertQueue('passing', { durable: false })
      await channel.bindQueue('jobs', 'logs', 'a.#', { note: 'mine' })
      await channel.bindExchange('logs', 'amq.topic', '#')
      for (let number = 0; number < 1500; number++) {
        channel.publish('logs', 'a.b', Buffer.from(`message ${number}`), { persistent: number !== 7 })
      }
      await channel.waitForConfirms()
      for (let count = 0; count < 10; count++) {
        const got = await channel.get('jobs')
        if (got !== false && [0, 1, 5].includes(count)) channel.ack(got)
      }
    })
  })

  it('shows exchanges, queues and bindings in tables', async () => {
    const lines = (await inspect(dataDir)).split('\n')
    expect(lines[0]).toMatch(
      new RegExp(`^${dataDir}: schema \\d+, [\\d,]+ pages of \\d+ bytes, \\d+ % of them free$`),
    )
    expect(lines[1]).toMatch(/^ {2}leveret.db {2}[\d.]+ KiB$/)
    const rows = lines.map(line => line.trim().split(/ {2,}/))
    expect(rows).toContainEqual(['2 exchanges'])
    expect(rows).toContainEqual(['vhost', 'name', 'type', 'auto-delete', 'arguments'])
    expect(rows).toContainEqual(['/', 'logs', 'topic', '{"alternate-exchange":"rest"}'])
    expect(rows).toContainEqual(['/', 'rest', 'fanout (internal)', 'yes'])
    expect(rows).toContainEqual(['2 queues'])
    expect(rows).toContainEqual(['vhost', 'name', 'messages', 'size', 'head', 'delivered', 'arguments'])
    const args = '{"x-max-length":100000,"x-when":{"deep":[1,"two"]}}'
    expect(rows).toContainEqual([
      '/',
      'jobs',
      '1,496',
      expect.stringMatching(/^[\d.]+ KiB$/),
      '2',
      '10',
      args,
    ])
    expect(rows).toContainEqual(['/', '"two words\\u001b[2J"', '0', '0 B', '0', '0'])
    expect(rows).toContainEqual(['2 bindings'])
    expect(rows).toContainEqual(['/', 'logs', 'queue jobs', 'a.#', '{"note":"mine"}'])
    expect(rows).toContainEqual(['/', 'amq.topic', 'exchange logs', '#'])
    expect(rows).toContainEqual(['1 virtual host'])
    expect(rows).toContainEqual(['1 user'])
    expect(rows).toContainEqual(['guest', 'administrator', 'rabbit_password_hashing_sha256'])
    expect(rows).toContainEqual(['1 permission'])
    expect(rows).toContainEqual(['/', 'guest', '.*', '.*', '.*'])
  })

  it('says the same in one line of JSON', async () => {
    const found = await json<Record<string, unknown>>(dataDir)
    expect(found).toEqual({
      dataDir,
      schemaVersion: expect.any(Number),
      files: { 'leveret.db': expect.any(Number) },
      pages: { bytes: expect.any(Number), count: expect.any(Number), free: expect.any(Number) },
      exchanges: [
        {
          vhost: '/',
          name: 'logs',
          type: 'topic',
          autoDelete: false,
          internal: false,
          arguments: { 'alternate-exchange': 'rest' },
        },
        { vhost: '/', name: 'rest', type: 'fanout', autoDelete: true, internal: true, arguments: {} },
      ],
      queues: [
        {
          vhost: '/',
          name: 'jobs',
          autoDelete: false,
          arguments: { 'x-max-length': 100_000, 'x-when': { deep: [1, 'two'] } },
          messages: 1496,
          bytes: expect.any(Number),
          runs: expect.any(Number),
          head: 2,
          delivered: 10,
        },
        expect.objectContaining({ name: 'two words\u001b[2J', messages: 0, bytes: 0, runs: 0 }),
      ],
      bindings: [
        expect.objectContaining({ source: 'amq.topic', destinationKind: 'exchange', destination: 'logs' }),
        {
          vhost: '/',
          source: 'logs',
          destinationKind: 'queue',
          destination: 'jobs',
          routingKey: 'a.#',
          arguments: { note: 'mine' },
        },
      ],
      policies: [],
      limits: [],
      vhosts: [{ name: '/', description: '', tags: [], defaultQueueType: null, isProtected: false }],
      users: [
        {
          name: 'guest',
          tags: ['administrator'],
          hasPassword: true,
          hashingAlgorithm: 'rabbit_password_hashing_sha256',
        },
      ],
      permissions: [{ user: 'guest', vhost: '/', configure: '.*', write: '.*', read: '.*' }],
      topicPermissions: [],
      parameters: [
        {
          vhost: null,
          component: 'global',
          name: 'internal_cluster_id',
          value: expect.stringMatching(/^rabbitmq-cluster-id-/),
        },
      ],
    })
  })

  it('changes nothing and leaves nothing behind', async () => {
    const before = contentOf(dataDir)
    await inspect(dataDir)
    await inspect(dataDir, '--messages', 'jobs')
    expect(contentOf(dataDir)).toEqual(before)
  })

  it('shows what is left at the front of a queue, and no more than it is asked for', async () => {
    const messages = await json<{ position: number; redelivered: boolean; bodyStart: string }[]>(
      dataDir,
      '--messages',
      'jobs',
      '--limit',
      '8',
    )
    expect(messages.map(({ position }) => position)).toEqual([2, 3, 4, 6, 8, 9, 10, 11])
    expect(messages.map(({ redelivered }) => redelivered)).toEqual([
      ...Array<boolean>(6).fill(true),
      false,
      false,
    ])
    expect(messages.map(({ bodyStart }) => bodyStart)).toEqual(
      messages.map(({ position }) => `message ${position}`),
    )
    expect(await json(dataDir, '--messages', 'jobs', '--limit', '5000')).toHaveLength(1496)
    expect(await json(dataDir, '--messages', 'jobs')).toHaveLength(10)
  })

  it('says that a queue is empty', async () => {
    expect(await inspect(dataDir, '--messages', 'two words\u001b[2J')).toBe('no messages\n')
  })

  it.each([
    [['--messages', 'nothing'], "holds no queue 'nothing' in vhost '/'\n"],
    [['--messages', 'jobs', '--vhost', 'elsewhere'], "holds no queue 'jobs' in vhost 'elsewhere'\n"],
  ])('refuses %j', async (args, message) => {
    const { code, output, errors } = await leveret(['inspect', dataDir, ...args])
    expect([code, output, errors]).toEqual([1, '', `leveret: ${dataDir} ${message}`])
  })

  it.each(['0', '-1', 'many', '100001'])('refuses --limit %s', async limit => {
    const { code, errors } = await leveret(['inspect', dataDir, '--messages', 'jobs', '--limit', limit])
    expect(code).toBe(2)
    expect(errors).toContain('It must be a whole number from 1 to 100000.')
  })

  it('must be told which folder', async () => {
    const { code, errors } = await leveret(['inspect'])
    expect(code).toBe(2)
    expect(errors).toContain("error: missing required argument 'folder'")
  })
})

describe('leveret inspect --messages', () => {
  it('shows address, properties and the first bytes of the body', async () => {
    const dataDir = await filled(async channel => {
      await channel.assertQueue('q')
      await channel.bindQueue('q', 'amq.direct', 'a key')
      channel.publish('amq.direct', 'a key', Buffer.from('grün'.repeat(50)), {
        persistent: true,
        messageId: 'm1',
        headers: { many: 2 ** 60, bytes: Buffer.of(1, 2) },
      })
      channel.sendToQueue('q', Buffer.of(0, 255, 1), { persistent: true })
      channel.sendToQueue('q', Buffer.of(), { persistent: true })
    })
    const [first, second, third, ...others] = (await inspect(dataDir, '--messages', 'q'))
      .trimEnd()
      .split(/\n(?=\d)/)
    expect(first?.split('\n')).toEqual([
      '0: exchange amq.direct, key "a key"',
      '  properties {"deliveryMode":2,"messageId":"m1","headers":{"many":"1152921504606846976","bytes":"AQI="}}',
      `  body 250 bytes: "${'grün'.repeat(12)}grü" …`,
    ])
    expect(second).toContain('1: exchange "", key q\n')
    expect(second).toContain('\n  body 3 bytes: hex 00ff01')
    expect(third).toContain('\n  body 0 bytes: ""')
    expect(others).toEqual([])
    expect(await json(dataDir, '--messages', 'q')).toMatchObject([
      { bodyBytes: 250, bodyEncoding: 'utf8' },
      { bodyBytes: 3, bodyStart: 'AP8B', bodyEncoding: 'base64', exchange: '', routingKey: 'q' },
      { bodyBytes: 0, bodyStart: '' },
    ])
  })
})

describe('leveret inspect of policies and limits', () => {
  it('shows them in tables, and in JSON', async () => {
    const dataDir = newFolder()
    const broker = await createBroker({ port: 0, dataDir, durability: 'os', logLevel: 'silent' })
    await broker.setPolicy({ name: 'low', pattern: '^a b', definition: { 'max-length': 5 } })
    await broker.setPolicy({ name: 'high', pattern: '.*', definition: { expires: 9 }, priority: 7 })
    await broker.setOperatorPolicy({ name: 'op', pattern: '.*', definition: { 'max-length': 1 } })
    await broker.setVhostLimits({ 'max-queues': 5 })
    await broker.setUserLimits('guest', { 'max-channels': 7, 'max-connections': -1 })
    await broker.close()
    const rows = (await inspect(dataDir)).split('\n').map(line => line.trim().split(/ {2,}/))
    expect(rows).toContainEqual(['3 policies'])
    expect(rows).toContainEqual(['vhost', 'kind', 'name', 'pattern', 'apply-to', 'priority', 'definition'])
    expect(rows.filter(([, kind]) => kind === 'policy' || kind === 'operator-policy')).toEqual([
      ['/', 'operator-policy', 'op', '.*', 'all', '0', '{"max-length":1}'],
      ['/', 'policy', 'high', '.*', 'all', '7', '{"expires":9}'],
      ['/', 'policy', 'low', '"^a b"', 'all', '0', '{"max-length":5}'],
    ])
    expect(rows).toContainEqual(['2 limit sets'])
    expect(rows).toContainEqual(['user', 'guest', '{"max-channels":7,"max-connections":-1}'])
    expect(rows).toContainEqual(['vhost', '/', '{"max-queues":5}'])
    expect(await json(dataDir)).toMatchObject({
      policies: [{ name: 'op' }, { name: 'high' }, { name: 'low', definition: { 'max-length': 5 } }],
      limits: [{ scope: 'user' }, { scope: 'vhost', limits: { 'max-queues': 5 } }],
    })
  })
})

describe('leveret inspect of a folder that cannot be looked into', () => {
  async function refusal(dataDir: string): Promise<string> {
    const { code, output, errors } = await leveret(['inspect', dataDir])
    expect([code, output]).toEqual([1, ''])
    return errors
  }

  it('names the process that has it', async () => {
    const dataDir = newFolder()
    const broker = new Leveret(['serve', '--port', '0', '--data-dir', dataDir])
    await broker.says(/amqp:/)
    const holder = readFileSync(join(dataDir, 'leveret.pid'), 'utf8').trim()
    expect(await refusal(dataDir)).toBe(
      `leveret: ${join(dataDir, 'leveret.db')} is in use by process ${holder}\n`,
    )
    broker.signal('SIGTERM')
    expect(await broker.exitCode).toBe(0)
    expect(await inspect(dataDir)).toContain('0 queues')
  })

  it('says that there is none, or that it is no folder', async () => {
    const path = newFolder()
    expect(await refusal(path)).toBe(`leveret: ${path} cannot be the data folder: there is no such folder\n`)
    writeFileSync(path, '')
    expect(await refusal(path)).toBe(`leveret: ${path} cannot be the data folder: it is no folder\n`)
  })

  it('says that there is no database in it, and makes none', async () => {
    const path = newFolder()
    mkdirSync(path)
    expect(await refusal(path)).toBe(
      `leveret: ${path} holds no database of Leveret's: there is no leveret.db\n`,
    )
    expect(readdirSync(path)).toEqual([])
  })

  it('says that the database is not one', async () => {
    const path = newFolder()
    mkdirSync(path)
    writeFileSync(join(path, 'leveret.db'), 'dear diary')
    expect(await refusal(path)).toBe(
      `leveret: ${join(path, 'leveret.db')} is no SQLite database; it was left as it is\n`,
    )
  })
})

describe('leveret inspect after a crash', () => {
  it('shows what the log holds and leaves it to the next broker', async () => {
    const running = newFolder()
    const broker = await createBroker({ port: 0, dataDir: running, durability: 'os', logLevel: 'silent' })
    const connection = await connect(broker.url)
    const channel = await connection.createConfirmChannel()
    await channel.assertQueue('q')
    channel.sendToQueue('q', Buffer.from('kept'), { persistent: true })
    await channel.waitForConfirms()
    const dataDir = newFolder()
    cpSync(running, dataDir, { recursive: true }) // as a crash now would leave it
    await connection.close()
    await broker.close()

    const before = contentOf(dataDir)
    expect(Object.keys(before)).toContain('leveret.db-wal')
    expect(await json(dataDir, '--messages', 'q')).toMatchObject([{ bodyStart: 'kept' }])
    expect(contentOf(dataDir)).toEqual(before)
  })
})
