/** A data folder belongs to one broker at a time, however that ends, and does not grow for ever. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { Wire } from '../../conformance/support/wire'
import type { WireChannel } from '../../conformance/support/wire-channel'
import { killAll, Leveret, leveret } from '../cli/leveret'
import { eventually } from '../support/eventually'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'
import { numbered, publishAll } from './restarts'

jest.setTimeout(60_000)

const { createBroker } = require('../../dist') as typeof import('../../src/index')
const newFolder = pathsIn(temporaryFolder())
const wires: Wire[] = []

afterEach(async () => {
  await Promise.all(wires.splice(0).map(wire => wire.destroy()))
  killAll()
})

/** A broker in a process of its own. */
class Served {
  readonly process: Leveret

  constructor(dataDir: string, ...args: string[]) {
    this.process = new Leveret([
      'serve',
      '--port',
      '0',
      '--data-dir',
      dataDir,
      '--log-level',
      'error',
      ...args,
    ])
  }

  async channel(): Promise<WireChannel> {
    const wire = await Wire.connect(await this.process.says(/amqp:\/\/\S+/))
    wires.push(wire)
    return await (await wire.open()).channel()
  }

  async listens(): Promise<this> {
    await this.process.says(/amqp:\/\/\S+/)
    return this
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.process.signal(signal)
    await this.process.exitCode
  }
}

function serve(dataDir: string, ...args: string[]): Promise<Served> {
  return new Served(dataDir, ...args).listens()
}

function holderOf(dataDir: string): string {
  return readFileSync(join(dataDir, 'leveret.pid'), 'utf8').trim()
}

async function refusal(dataDir: string): Promise<string> {
  const { code, output, errors } = await leveret(['serve', '--port', '0', '--data-dir', dataDir])
  expect([code, output]).toEqual([1, ''])
  expect(errors.trimEnd().split('\n')).toHaveLength(1)
  return errors
}

describe('a second broker on the same data folder', () => {
  it('is refused, and told which process has it', async () => {
    const dataDir = newFolder()
    const first = await serve(dataDir)
    const message = `leveret: ${join(dataDir, 'leveret.db')} is in use by process ${holderOf(dataDir)}\n`
    expect(await refusal(dataDir)).toBe(message)
    expect(await refusal(dataDir)).toBe(message)
    await first.channel()
  })

  it('is refused also when the first one only opened what was there', async () => {
    const dataDir = newFolder()
    await (await serve(dataDir)).end('SIGTERM')
    await serve(dataDir)
    expect(await refusal(dataDir)).toContain(`is in use by process ${holderOf(dataDir)}`)
  })

  it('is refused in the same process, too', async () => {
    const options = { port: 0, dataDir: newFolder(), logLevel: 'silent' } as const
    const first = await createBroker(options)
    await expect(createBroker(options)).rejects.toThrow(`is in use by process ${process.pid}`)
    await first.close()
    await (await createBroker(options)).close()
  })

  it('is taken once the first one has gone, also by SIGKILL, whatever it left behind', async () => {
    const dataDir = newFolder()
    const first = await serve(dataDir)
    const holder = holderOf(dataDir)
    await first.end('SIGKILL')
    expect(holderOf(dataDir)).toBe(holder)
    const second = await serve(dataDir)
    expect(holderOf(dataDir)).not.toBe(holder)
    await second.end('SIGTERM')
    expect(existsSync(join(dataDir, 'leveret.pid'))).toBe(false)
  })
})

describe('a data folder that cannot be used', () => {
  it('is refused when it is a file', async () => {
    const file = newFolder()
    writeFileSync(file, 'a file')
    expect(await refusal(file)).toBe(`leveret: ${file} cannot be the data folder: it is no folder\n`)
    expect(await refusal(join(file, 'below'))).toBe(
      `leveret: ${join(file, 'below')} cannot be the data folder: it is no folder\n`,
    )
    expect(readFileSync(file, 'utf8')).toBe('a file')
  })

  it('is refused when its database is another program’s, which stays as it was', async () => {
    const dataDir = newFolder()
    mkdirSync(dataDir)
    const file = join(dataDir, 'leveret.db')
    writeFileSync(file, 'dear diary')
    expect(await refusal(dataDir)).toBe(`leveret: ${file} is no SQLite database; it was left as it is\n`)
    expect(readFileSync(file, 'utf8')).toBe('dear diary')
    await expect(createBroker({ port: 0, dataDir })).rejects.toThrow('is no SQLite database')
  })

  it('is not damaged by another program’s files in it', async () => {
    const dataDir = newFolder()
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'diary'), 'dear diary')
    await (await serve(dataDir)).end('SIGTERM')
    expect(readFileSync(join(dataDir, 'diary'), 'utf8')).toBe('dear diary')
  })
})

describe('a data folder of a broker that does not come up', () => {
  async function used(): Promise<string> {
    const dataDir = newFolder()
    await (await serve(dataDir)).end('SIGTERM')
    return dataDir
  }

  it('is free again when the port was in use', async () => {
    const dataDir = await used()
    const other = await createBroker({ port: 0 })
    await expect(createBroker({ port: other.port, dataDir })).rejects.toThrow('EADDRINUSE')
    await other.close()
    await (await createBroker({ port: 0, dataDir })).close()
  })

  it('is free again when it holds what cannot be understood', async () => {
    const dataDir = await used()
    alter(dataDir, "INSERT INTO exchange VALUES ('/', 'e', 'x-unheard-of', 0, 0, x'00000000')")
    await expect(createBroker({ port: 0, dataDir })).rejects.toThrow("unknown exchange type 'x-unheard-of'")
    alter(dataDir, 'DELETE FROM exchange')
    await (await createBroker({ port: 0, dataDir })).close()
  })
})

describe('a database that turns out to be damaged while it is used', () => {
  it('blocks publishers, and does not keep the broker from being stopped', async () => {
    const dataDir = newFolder()
    const first = await serve(dataDir)
    const before = await first.channel()
    await before.call('confirm.select')
    await before.call('queue.declare', { queue: 'q', durable: true })
    await publishAll(
      before,
      'q',
      numbered(20).map(number => number.padEnd(50_000)),
    )
    await first.end('SIGTERM')
    breakMessages(join(dataDir, 'leveret.db'))

    const broker = await serve(dataDir)
    const channel = await broker.channel()
    channel.publish({ routingKey: 'q' }, 'more', { deliveryMode: 2 })
    await channel.wire.expect('connection.blocked')
    await eventually(() =>
      expect(broker.process.errors).toContain('the disk thread failed: database disk image is malformed'),
    )
    await broker.end('SIGTERM')
    expect(await broker.process.exitCode).toBe(0)
  })
})

describe('a broker that was killed', () => {
  it('has all that it confirmed, as redelivered: nobody knows what was delivered', async () => {
    const dataDir = newFolder()
    const first = await serve(dataDir, '--durability', 'os')
    const before = await first.channel()
    await before.call('confirm.select')
    await before.call('queue.declare', { queue: 'q', durable: true })
    await publishAll(before, 'q', numbered(500))
    await first.end('SIGKILL')
    const channel = await (await serve(dataDir)).channel()
    for (const number of numbered(500)) {
      const got = await channel.get('q', true)
      expect([got?.body.toString(), got?.redelivered]).toEqual([number, true])
    }
  })

  it('has no exclusive queue, also when it was durable', async () => {
    const dataDir = newFolder()
    const first = await serve(dataDir, '--durability', 'os')
    const before = await first.channel()
    await before.call('queue.declare', { queue: 'q', durable: true, exclusive: true })
    await before.call('queue.bind', { queue: 'q', exchange: 'amq.fanout' })
    await first.end('SIGKILL')
    const channel = await (await serve(dataDir)).channel()
    channel.send('queue.declare', { queue: 'q', passive: true })
    await channel.expectClose(404, /no queue 'q'/, 'queue.declare')
  })
})

describe('the database file', () => {
  const body = Buffer.alloc(64 * 1024, 'b')

  /** A broker with a backlog in its queue q, and how many bytes its files have. */
  async function loaded(bodies: number) {
    const dataDir = newFolder()
    const broker = await serve(dataDir, '--durability', 'os')
    const channel = await broker.channel()
    await channel.call('confirm.select')
    await channel.call('queue.declare', { queue: 'q', durable: true })
    await publishAll(channel, 'q', Array<Buffer>(bodies).fill(body))
    const sizeOf = (name: string): number => statSync(join(dataDir, name)).size
    const bytes = (): number => sizeOf('leveret.db') + sizeOf('leveret.db-wal')
    await eventually(() => expect(bytes()).toBeGreaterThan(bodies * body.length))
    return { broker, channel, bytes, file: join(dataDir, 'leveret.db') }
  }

  it('shrinks again after a large backlog was settled', async () => {
    const { broker, channel, bytes, file } = await loaded(1600)
    await channel.call('queue.purge', { queue: 'q' })
    await eventually(() => expect(bytes()).toBeLessThan(4e6), { timeoutMs: 20_000 })
    await broker.end('SIGTERM')
    expect(statSync(file).size).toBeLessThan(4e6)
  })

  it('shrinks, too, while messages come and go, but for what these may soon need', async () => {
    const { channel, file } = await loaded(2000)
    await channel.call('queue.purge', { queue: 'q' })
    const shrunk = async (): Promise<void> => {
      channel.publish({ routingKey: 'q' }, 'another', { deliveryMode: 2 })
      await channel.expect('basic.ack')
      await channel.get('q', true)
      expect(statSync(file).size).toBeLessThan(75e6)
    }
    await eventually(shrunk, { timeoutMs: 30_000, intervalMs: 1 })
    expect(statSync(file).size).toBeGreaterThan(60e6)
  })
})

function alter(dataDir: string, sql: string): void {
  const database = new BetterSqlite(join(dataDir, 'leveret.db'))
  database.exec(sql)
  database.close()
}

/** The chains of pages that messages are in lead nowhere; whatever is read at boot is as it was. */
function breakMessages(file: string): void {
  const database = new BetterSqlite(file)
  const pages = database
    .prepare("SELECT pageno FROM dbstat WHERE name = 'run' AND pagetype = 'overflow'")
    .pluck()
    .all() as number[]
  database.close()
  expect(pages.length).toBeGreaterThan(1)
  const bytes = readFileSync(file)
  for (const page of pages) bytes.writeUInt32BE(0xffff_ffff, (page - 1) * 4096)
  writeFileSync(file, bytes)
}
