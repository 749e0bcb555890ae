/** `definitions`: the file a broker is started with, as RabbitMQ's `load_definitions`. */
import { writeFileSync } from 'node:fs'
import { connect } from 'amqplib'
import type { EmbeddedBroker } from '../../src/index'
import { Leveret } from '../cli/leveret'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const { createBroker } = require('../../dist') as typeof import('../../src/index')

const nextPath = pathsIn(temporaryFolder())

function fileOf(definitions: object | string): string {
  const path = nextPath()
  writeFileSync(path, typeof definitions === 'string' ? definitions : JSON.stringify(definitions))
  return path
}

const all = { configure: '.*', write: '.*', read: '.*' }

const definitions = {
  rabbit_version: '3.10.8',
  users: [{ name: 'app', password: 'secret', tags: '' }],
  vhosts: [{ name: 'v' }],
  permissions: [{ user: 'app', vhost: 'v', ...all }],
  queues: [{ name: 'orders', vhost: 'v', durable: true, auto_delete: false, arguments: {} }],
}

describe('a broker that is started with definitions', () => {
  const open: EmbeddedBroker[] = []

  async function start(options: object): Promise<EmbeddedBroker> {
    const broker = await createBroker({ port: 0, logLevel: 'silent', ...options })
    open.push(broker)
    return broker
  }

  afterEach(async () => {
    await Promise.all(open.splice(0).map(broker => broker.close()))
  })

  it('has what they say before anyone can connect', async () => {
    const broker = await start({ definitions: fileOf(definitions) })
    const connection = await connect(`amqp://app:secret@127.0.0.1:${broker.port}/v`)
    const channel = await connection.createChannel()
    expect(await channel.checkQueue('orders')).toMatchObject({ queue: 'orders', messageCount: 0 })
    await connection.close()
  })

  it('has no first user besides those of the file, and one where the file has none', async () => {
    const with_ = await start({ definitions: fileOf(definitions) })
    expect(with_.listUsers().map(({ name }) => name)).toEqual(['app'])
    const without = await start({ definitions: fileOf({ vhosts: [{ name: 'v' }] }) })
    expect(without.listUsers().map(({ name }) => name)).toEqual(['guest'])
  })

  it('has them again at the next start, unless told to skip a file that is the same', async () => {
    const dataDir = nextPath()
    const path = fileOf(definitions)
    const again = async (skipUnchangedDefinitions: boolean): Promise<string[]> => {
      const broker = await start({ dataDir, definitions: path, skipUnchangedDefinitions })
      const names = broker.listVhosts().map(({ name }) => name)
      await broker.deleteVhost('v')
      await broker.close()
      return names
    }
    expect(await again(false)).toContain('v')
    expect(await again(true)).toContain('v') // not yet known as imported
    expect(await again(true)).not.toContain('v')
    writeFileSync(path, JSON.stringify({ ...definitions, policies: [] }))
    expect(await again(true)).toContain('v')
  })

  const bad: readonly (readonly [what: string, file: () => string, message: RegExp])[] = [
    ['a file that is not there', nextPath, /^leveret: definitions \S+: cannot be read: ENOENT/],
    ['a file that is no JSON', () => fileOf('{'), /^leveret: definitions \S+: is no JSON: /],
    ['a file of something else', () => fileOf('[]'), /^leveret: definitions \S+: is no JSON object\n$/],
    [
      'a file that cannot be imported',
      () => fileOf({ users: [{ name: 'u' }] }),
      /^leveret: definitions \S+: cannot be imported: tags_not_present\n$/,
    ],
    [
      'a policy that RabbitMQ tells about in several lines',
      () => fileOf({ policies: [{ vhost: '/', name: 'p', pattern: 'a', definition: { nope: 1 } }] }),
      /cannot be imported: Validation failed \[\{<<"nope">>,1\}\] are not recognised policy settings \(\/\/p\)\n$/,
    ],
  ]

  for (const [what, file, message] of bad) {
    it(`does not start with ${what}: one line, exit code 1`, async () => {
      const leveret = new Leveret(['serve', '--port=0', '--in-memory', `--definitions=${file()}`])
      expect(await leveret.exitCode).toBe(1)
      expect(leveret.errors).toMatch(message)
      expect(leveret.errors.trimEnd()).not.toContain('\n')
    })
  }
})
