/** A session of RabbitMQ's own `rabbitmqadmin` (3.x, in Python): everything that it does to one virtual host. */
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'amqplib'
import { eventually } from '../support/eventually'
import { hasManagement, managementUrl, password, STATISTICS_MS, user, useVhost } from '../support/management'

const tool = process.env['RABBITMQADMIN'] || 'rabbitmqadmin'
const isHere = spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0

const describeSession = isHere && hasManagement ? describe : describe.skip

jest.setTimeout(3 * STATISTICS_MS)

describeSession('a session of rabbitmqadmin', () => {
  const vhost = useVhost()
  const { hostname, port } = new URL(managementUrl)
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rabbitmqadmin-'))
  })

  afterAll(() => rm(folder, { recursive: true }))

  /** What it says; fails with what it complains about. */
  function admin(...args: string[]): Promise<string> {
    const to = ['-H', hostname, '-P', port, '-u', user, '-p', password]
    return new Promise((resolve, reject) => {
      const own = args.includes('--no-vhost') ? [] : ['-V', vhost.name]
      const given = args.filter(argument => argument !== '--no-vhost')
      execFile(tool, [...to, ...own, ...given], (error, output, complaints) => {
        if (error === null) resolve(output.trim())
        else reject(new Error(`${output}${complaints}`.trim()))
      })
    })
  }

  async function listed(...args: string[]): Promise<Record<string, unknown>[]> {
    return JSON.parse(await admin('-f', 'raw_json', ...args)) as Record<string, unknown>[]
  }

  it('declares and lists', async () => {
    expect(await admin('declare', 'exchange', 'name=x', 'type=topic')).toBe('exchange declared')
    expect(await admin('declare', 'queue', 'name=q', 'durable=true', 'arguments={"x-max-length": 100}')).toBe(
      'queue declared',
    )
    expect(await admin('declare', 'queue', 'name=r', 'durable=false', 'auto_delete=true')).toBe(
      'queue declared',
    )
    expect(
      await admin('declare', 'binding', 'source=x', 'destination=q', 'routing_key=a.#', 'arguments={"n": 1}'),
    ).toBe('binding declared')
    expect(await listed('list', 'queues', 'name', 'durable', 'auto_delete', 'arguments')).toEqual([
      { name: 'q', durable: true, auto_delete: false, arguments: { 'x-max-length': 100 } },
      { name: 'r', durable: false, auto_delete: true, arguments: {} },
    ])
    const bindings = await listed('list', 'bindings', 'source', 'destination', 'routing_key', 'arguments')
    expect(bindings).toContainEqual({
      source: 'x',
      destination: 'q',
      routing_key: 'a.#',
      arguments: { n: 1 },
    })
  })

  it('sorts, and shows tables', async () => {
    expect(await listed('--sort', 'name', '--sort-reverse', 'list', 'queues', 'name')).toEqual([
      { name: 'r' },
      { name: 'q' },
    ])
    expect(await admin('-f', 'tsv', '-q', 'list', 'queues', 'name')).toBe('q\nr')
  })

  it('complains about what is there otherwise', async () => {
    await expect(admin('declare', 'queue', 'name=q', 'durable=false')).rejects.toThrow(
      /inequivalent arg 'durable' for queue 'q'/,
    )
  })

  it('publishes, gets and purges', async () => {
    expect(
      await admin(
        'publish',
        'exchange=x',
        'routing_key=a.b',
        'payload=hello',
        'properties={"content_type": "text/plain", "headers": {"n": 5}}',
      ),
    ).toBe('Message published')
    expect(await admin('publish', 'exchange=x', 'routing_key=b', 'payload=hello')).toBe(
      'Message published but NOT routed',
    )
    const got = await listed('get', 'queue=q', 'ackmode=ack_requeue_true')
    expect(got).toMatchObject([
      {
        payload: 'hello',
        payload_bytes: 5,
        exchange: 'x',
        routing_key: 'a.b',
        redelivered: false,
        message_count: 0,
        properties: { content_type: 'text/plain', headers: { n: 5 } },
      },
    ])
    expect(await listed('get', 'queue=q', 'ackmode=ack_requeue_false')).toMatchObject([{ redelivered: true }])
    await admin('publish', 'exchange=amq.default', 'routing_key=q', 'payload=again')
    expect(await admin('purge', 'queue', 'name=q')).toBe('queue purged')
    expect(await listed('get', 'queue=q')).toEqual([])
  })

  it('sets policies and operator policies', async () => {
    const terms = ['pattern=^q', 'definition={"max-length": 7}', 'apply-to=queues']
    expect(await admin('declare', 'policy', 'name=p', ...terms)).toBe('policy declared')
    const own = async () => (await listed('list', 'policies')).filter(it => it['vhost'] === vhost.name)
    expect(await own()).toMatchObject([
      { name: 'p', pattern: '^q', 'apply-to': 'queues', definition: { 'max-length': 7 } },
    ])
    await eventually(
      async () =>
        expect(await listed('list', 'queues', 'name', 'policy')).toContainEqual({ name: 'q', policy: 'p' }),
      STATISTICS_MS,
    )
    expect(await admin('declare', 'operator_policy', 'name=o', ...terms)).toBe('operator_policy declared')
    expect(await admin('delete', 'operator_policy', 'name=o')).toBe('operator_policy deleted')
    expect(await admin('delete', 'policy', 'name=p')).toBe('policy deleted')
    expect(await own()).toEqual([])
  })

  it('makes users and gives them permissions', async () => {
    const name = `${vhost.name}-user`
    expect(await admin('declare', 'user', `name=${name}`, 'password=secret', 'tags=management')).toBe(
      'user declared',
    )
    const permission = [`vhost=${vhost.name}`, `user=${name}`]
    expect(await admin('declare', 'permission', ...permission, 'configure=c', 'write=w', 'read=r')).toBe(
      'permission declared',
    )
    expect(await listed('--no-vhost', 'list', 'permissions')).toContainEqual({
      vhost: vhost.name,
      user: name,
      configure: 'c',
      write: 'w',
      read: 'r',
    })
    expect(await admin('delete', 'permission', ...permission)).toBe('permission deleted')
    expect(await admin('delete', 'user', `name=${name}`)).toBe('user deleted')
    expect((await listed('list', 'users', 'name')).map(it => it['name'])).not.toContain(name)
  })

  it('exports and imports definitions', async () => {
    const file = join(folder, 'definitions.json')
    await admin('export', file)
    const exported = JSON.parse(readFileSync(file, 'utf8'))
    expect(exported.queues).toContainEqual(
      expect.objectContaining({ name: 'q', durable: true, arguments: { 'x-max-length': 100 } }),
    )
    expect(await admin('delete', 'queue', 'name=q')).toBe('queue deleted')
    writeFileSync(file, JSON.stringify(exported))
    await admin('import', file)
    expect(await listed('list', 'queues', 'name')).toContainEqual({ name: 'q' })
    const bindings = await listed('list', 'bindings', 'source', 'destination', 'routing_key')
    expect(bindings).toContainEqual({ source: 'x', destination: 'q', routing_key: 'a.#' })
  })

  it('shows connections, and closes them', async () => {
    const connection = await connect(vhost.amqpUrl)
    const closed = new Promise<unknown>(resolve => connection.once('close', resolve))
    connection.on('error', () => {})
    await connection.createChannel()
    const own = await eventually(async () => {
      const all = await listed('--no-vhost', 'list', 'connections', 'name', 'vhost', 'channels', 'user')
      const found = all.find(it => it['vhost'] === vhost.name)
      expect(found).toMatchObject({ channels: 1, user })
      return found
    }, STATISTICS_MS)
    const channels = await listed('--no-vhost', 'list', 'channels', 'name')
    expect(channels).toContainEqual({ name: `${own?.['name']} (1)` })
    expect(await admin('close', 'connection', `name=${own?.['name']}`)).toBe('connection closed')
    expect(String(await closed)).toMatch(/CONNECTION_FORCED/)
  })

  it('shows the overview, nodes and virtual hosts', async () => {
    expect(await admin('show', 'overview')).toContain('rabbitmq_version')
    expect(await listed('list', 'nodes', 'name', 'running')).toContainEqual(
      expect.objectContaining({ running: true }),
    )
    expect(await listed('list', 'vhosts', 'name')).toContainEqual({ name: vhost.name })
    for (const list of ['consumers', 'parameters', 'operator_policies']) {
      expect(Array.isArray(await listed('list', list))).toBe(true)
    }
  })

  it('deletes', async () => {
    const [bound] = (await listed('list', 'bindings', 'source', 'properties_key')).filter(
      it => it['source'] === 'x',
    )
    expect(
      await admin(
        'delete',
        'binding',
        'source=x',
        'destination_type=queue',
        'destination=q',
        `properties_key=${bound?.['properties_key']}`,
      ),
    ).toBe('binding deleted')
    expect(await admin('delete', 'queue', 'name=q')).toBe('queue deleted')
    expect(await admin('delete', 'exchange', 'name=x')).toBe('exchange deleted')
    await expect(admin('delete', 'exchange', 'name=x')).rejects.toThrow(/Not found: .*\/x/)
  })
})
