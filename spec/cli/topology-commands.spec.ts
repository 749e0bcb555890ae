import { spawn } from 'node:child_process'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { CommandedBroker } from './against-a-broker'
import { killAll } from './leveret'

let broker: CommandedBroker

beforeAll(async () => {
  broker = await CommandedBroker.open()
})

afterAll(() => broker.close())

afterEach(killAll)

interface Named {
  readonly name: string
  readonly arguments: object
  readonly durable: boolean
}

async function queues(): Promise<readonly Named[]> {
  return await broker.json<Named[]>(['list', 'queues', '--sort', 'name'])
}

describe('leveret declare and delete', () => {
  it('makes a queue as told, finds it the second time, and refuses another of its name', async () => {
    const declare = ['declare', 'queue', 'orders', '--type', 'quorum', '--argument', 'x-delivery-limit=5']
    expect(await broker.says(declare)).toBe('declared queue orders\n')
    expect(await broker.says(declare)).toBe('queue orders is there already\n')
    const refused = await broker.run(['declare', 'queue', 'orders', '--transient'])
    expect(refused.code).toBe(6)
    expect(refused.errors).toMatch(/^leveret: .*inequivalent arg .*for queue 'orders' in vhost '\/'/)
    expect(refused.errors.split('\n')).toHaveLength(2)
    expect(await queues()).toEqual([
      expect.objectContaining({
        name: 'orders',
        durable: true,
        arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 },
      }),
    ])
    expect(await broker.says(['delete', 'queue', 'orders'])).toBe('deleted queue orders\n')
    expect(await queues()).toEqual([])
  })

  it('says nothing with --quiet', async () => {
    expect(await broker.says(['declare', 'queue', 'still', '-q', '--transient', '--auto-delete'])).toBe('')
    expect(await broker.says(['delete', 'queue', 'still', '--quiet'])).toBe('')
  })

  it('deletes nothing that is not there, and nothing against its conditions', async () => {
    const missing = await broker.run(['delete', 'queue', 'nope'])
    expect(missing).toMatchObject({ code: 5, output: '', errors: 'leveret: Not Found: queues / nope\n' })
    await broker.says(['declare', 'queue', 'full'])
    await broker.says(['publish', '--queue', 'full', 'x'])
    const full = await broker.run(['delete', 'queue', 'full', '--if-empty'])
    expect(full).toMatchObject({
      code: 6,
      errors: expect.stringContaining("queue 'full' in vhost '/' not empty"),
    })
    expect(await broker.says(['purge', 'full'])).toBe('purged queue full\n')
    expect(await broker.says(['delete', 'queue', 'full', '--if-empty', '--if-unused'])).toBe(
      'deleted queue full\n',
    )
  })

  it('makes and deletes exchanges', async () => {
    await broker.says(['declare', 'exchange', 'inner', '--type', 'topic', '--internal', '--transient'])
    const [inner] = await broker.json<object[]>(['list', 'exchanges', '--filter', '^inner$'])
    expect(inner).toMatchObject({ name: 'inner', type: 'topic', internal: true, durable: false })
    await broker.says(['delete', 'exchange', 'inner'])
    expect(await broker.json(['list', 'exchanges', '--filter', '^inner$'])).toEqual([])
  })

  it('does not take a name for a path', async () => {
    const refused = await broker.run(['purge', '..'])
    expect(refused).toMatchObject({ code: 2, errors: "leveret: the name '..' cannot be part of a URL\n" })
    const names = ['a/b', 'ä?#%', '-dash']
    for (const name of names) await broker.says(['declare', 'queue', '--', name])
    expect((await queues()).map(queue => queue.name).sort()).toEqual([...names].sort())
    await broker.says(['delete', 'queue', '--', ...names])
  })
})

describe('leveret bind and unbind', () => {
  interface Binding {
    readonly source: string
    readonly routing_key: string
    readonly destination_type: string
  }

  async function bindings(): Promise<string[]> {
    const all = await broker.json<Binding[]>(['list', 'bindings'])
    return all
      .filter(({ source }) => source === 'events')
      .map(binding => `${binding.destination_type} ${binding.routing_key}`)
      .sort()
  }

  it('binds queues and exchanges, and removes just the binding that is meant', async () => {
    await broker.says(['declare', 'exchange', 'events', '--type', 'topic'])
    await broker.says(['declare', 'queue', 'orders'])
    await broker.says(['bind', 'events', 'orders', '--routing-key', 'order.*'])
    await broker.says(['bind', 'events', 'orders', '-k', 'a/b~%#'])
    await broker.says(['bind', 'events', 'orders', '-k', 'order.*', '--argument', 'n=1'])
    await broker.says(['bind', 'events', 'amq.fanout', '--to-exchange'])
    expect(await bindings()).toEqual(['exchange ', 'queue a/b~%#', 'queue order.*', 'queue order.*'])

    const missing = await broker.run(['unbind', 'events', 'orders', '-k', 'order.#'])
    expect(missing).toMatchObject({ code: 5, errors: 'leveret: no such binding from events to orders\n' })
    await broker.says(['unbind', 'events', 'orders', '-k', 'order.*'])
    await broker.says(['unbind', 'events', 'orders', '-k', 'a/b~%#'])
    expect(await bindings()).toEqual(['exchange ', 'queue order.*'])
    await broker.says(['unbind', 'events', 'amq.fanout', '--to-exchange'])
    expect(await broker.says(['unbind', 'events', 'orders', '--all'])).toBe('unbound events from orders\n')
    expect(await bindings()).toEqual([])
    await broker.says(['delete', 'queue', 'orders'])
  })
})

describe('leveret list', () => {
  it('reads all pages, sorted and filtered, as a table and as JSON', async () => {
    const connection = await amqplib.connect(broker.broker.url)
    const channel = await connection.createConfirmChannel()
    const names = Array.from({ length: 1203 }, (_, at) => `many-${String(at).padStart(4, '0')}`)
    for (const name of names) await channel.assertQueue(name)
    await channel.assertQueue('few')
    channel.sendToQueue('many-0007', Buffer.from('x'))
    await channel.waitForConfirms()
    await connection.close()

    expect(
      (await broker.json<Named[]>(['list', 'queues', '--filter', '^many-', '--sort', 'name'])).map(
        ({ name }) => name,
      ),
    ).toEqual(names)
    const table = (
      await broker.says(['list', 'queues', '--sort', 'messages', '--reverse', '--columns', 'name,messages'])
    ).split('\n')
    expect(table[0]).toMatch(/^name +messages$/)
    expect(table[1]).toMatch(/^many-0007 +1$/)
    expect(table).toHaveLength(1206)
    expect(await broker.json(['list', 'queues', '--filter', '-0007$', '--columns', 'name,messages'])).toEqual(
      [{ name: 'many-0007', messages: 1 }],
    )
  })

  it('ends quietly when whoever reads it has read enough', async () => {
    const main = join(__dirname, '../../dist/main.js')
    const line = `"${process.execPath}" "${main}" list queues --json | head -n 1; echo "$\{PIPESTATUS[0]}"`
    const shell = spawn('bash', ['-c', line], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...broker.environment },
    })
    let output = ''
    let errors = ''
    shell.stdout.on('data', text => {
      output += String(text)
    })
    shell.stderr.on('data', text => {
      errors += String(text)
    })
    await new Promise(resolve => shell.once('close', resolve))
    expect({ output, errors }).toEqual({ output: '[\n0\n', errors: '' })
  })

  it('shows a vhost that was asked for, and only that', async () => {
    await broker.says(['vhost', 'add', 'shop'])
    await broker.says(['declare', 'queue', 'there', '-p', 'shop'])
    expect(await broker.json<Named[]>(['list', 'queues', '-p', 'shop', '--columns', 'vhost,name'])).toEqual([
      { vhost: 'shop', name: 'there' },
    ])
    expect(await broker.run(['list', 'queues', '-p', 'nope'])).toMatchObject({ code: 5 })
    expect(await broker.run(['list', 'users', '-p', 'shop'])).toMatchObject({ code: 2 })
    await broker.says(['vhost', 'delete', 'shop'])
  })

  it.each([
    ['queues', 'vhost  name'],
    ['exchanges', 'vhost  name'],
    ['bindings', 'vhost  source'],
    ['users', 'name   tags'],
    ['vhosts', 'name  description'],
    ['permissions', 'vhost  user'],
    ['topic-permissions', 'vhost  user'],
    ['policies', 'vhost  name'],
    ['operator-policies', 'vhost  name'],
    ['parameters', 'vhost  component'],
    ['limits', 'vhost  user'],
  ])('lists %s', async (kind, head) => {
    expect((await broker.says(['list', kind])).replace(/ +/g, ' ')).toContain(head.replace(/ +/g, ' '))
    expect(Array.isArray(await broker.json(['list', kind]))).toBe(true)
  })
})
