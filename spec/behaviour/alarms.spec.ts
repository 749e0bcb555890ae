/**
 * Memory and disk alarms as clients and the HTTP API see them: on a machine that says what a spec wants it to say, and once on
 * the real one.
 */
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { SystemClock } from '../../src/clock'
import { resolveOptions } from '../../src/config/load'
import { compose, type RunningBroker } from '../../src/embed/composition'
import { openMemoryStore } from '../../src/store/open-store'
import { SystemTurn } from '../../src/turn'
import { eventually } from '../support/eventually'
import { FakeMachine } from '../support/fake-machine'
import { MIB } from '../support/held-bytes'
import { ManualClock } from '../support/manual-clock'
import { Program } from '../support/processes'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const path = pathsIn(temporaryFolder())

function freshFolder(): string {
  const folder = path()
  mkdirSync(folder)
  return folder
}

/** A connection that remembers what it was told of alarms. */
class Client {
  readonly told: string[] = []

  private constructor(
    readonly connection: ChannelModel,
    readonly channel: Channel,
  ) {
    connection.on('error', () => {})
    connection.on('blocked', (reason: string) => this.told.push(reason))
    connection.on('unblocked', () => this.told.push('unblocked'))
  }

  static async connect(url: string): Promise<Client> {
    const connection = await connect(url)
    return new Client(connection, await connection.createChannel())
  }
}

describe('a broker on a machine with little left', () => {
  const machine = new FakeMachine()
  let clock: ManualClock
  let running: RunningBroker
  let client: Client

  beforeEach(async () => {
    clock = new ManualClock()
    machine.used = 100_000_000
    machine.free = 1_010_000_000
    const turn = new SystemTurn()
    const options = resolveOptions({
      port: 0,
      management: true,
      managementPort: 0,
      prometheus: false,
      logLevel: 'silent',
      dataDir: tmpdir(),
      vmMemoryHighWatermark: 0.2,
      diskFreeLimit: '1GB',
    })
    // What is kept does not matter here; where it would be kept decides which disk is watched.
    running = await compose({
      clock,
      wireClock: new SystemClock(),
      turn,
      opened: openMemoryStore(turn),
      machine,
      options,
    })
    client = await Client.connect(`amqp://127.0.0.1:${running.listeners.all[0]?.port}`)
  })

  afterEach(async () => {
    await client.connection.close().catch(() => {})
    await running.close()
  })

  /** Long enough that memory and disk are looked at, twice where the first look only collects. */
  async function pass(): Promise<void> {
    clock.advance(2000)
    await new Promise(setImmediate)
  }

  async function asked(path: string): Promise<unknown> {
    const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` }
    return (await fetch(`${running.management.url}/api${path}`, { headers })).json()
  }

  it('lets publishers wait for memory, and go on', async () => {
    machine.used = 200_000_001
    await pass()
    client.channel.sendToQueue('nowhere', Buffer.from('m'))
    await eventually(() => expect(client.told).toEqual(['low on memory']))
    expect(await asked('/nodes')).toMatchObject([
      { mem_used: 200_000_001, mem_limit: 200_000_000, mem_alarm: true, disk_free_alarm: false },
    ])
    machine.used = 200_000_000
    await pass()
    await eventually(() => expect(client.told).toEqual(['low on memory', 'unblocked']))
    expect(await asked('/health/checks/alarms')).toEqual({ status: 'ok' })
  })

  it('lets them wait until neither memory nor disk is short', async () => {
    machine.used = 200_000_001
    machine.free = 0
    await pass()
    expect(running.broker.alarms.resources).toEqual(['disk', 'memory'])
    client.channel.sendToQueue('nowhere', Buffer.from('m'))
    await eventually(() => expect(client.told).toEqual(['low on disk & memory']))
    expect(await asked('/nodes')).toMatchObject([
      { disk_free: 0, disk_free_limit: 1_000_000_000, mem_alarm: true, disk_free_alarm: true },
    ])
    machine.used = 0
    await pass()
    expect(running.broker.alarms.resources).toEqual(['disk'])
    expect(client.told).toEqual(['low on disk & memory'])
  }, 20_000)

  it('lets those who consume go on', async () => {
    const { queue } = await client.channel.assertQueue('', { exclusive: true })
    client.channel.sendToQueue(queue, Buffer.from('m'))
    await client.channel.checkQueue(queue)
    machine.used = 200_000_001
    await pass()
    expect(running.broker.alarms.isRaised).toBe(true)
    const taken = await client.channel.get(queue)
    expect(taken === false ? undefined : taken.content.toString()).toBe('m')
    expect(client.told).toEqual([])
  })
})

describe('leveret serve with a low watermark', () => {
  const main = join(__dirname, '../../dist/main.js')
  const BODY = Buffer.alloc(64 * 1024)
  let program: Program
  let clients: Client[]

  async function serve(...flags: string[]): Promise<string> {
    const all = [
      'serve',
      '--port',
      '0',
      '--no-management',
      '--no-prometheus',
      '--log-level',
      'silent',
      ...flags,
    ]
    program = new Program(main, all, { cwd: freshFolder() })
    return /amqp:\S+/.exec(await program.line(/listens on/))![0]
  }

  async function client(url: string): Promise<Client> {
    const opened = await Client.connect(url)
    clients.push(opened)
    return opened
  }

  /** Returns how many were sent when it is blocked, or has sent `most`. */
  async function flood({ channel, told }: Client, most: number): Promise<number> {
    await channel.assertQueue('q')
    let sent = 0
    while (told.length === 0 && sent < most) {
      const isRoom = channel.sendToQueue('q', BODY)
      sent++
      if (!isRoom) await new Promise(resolve => setImmediate(resolve))
    }
    return sent
  }

  beforeEach(() => {
    clients = []
  })

  afterEach(async () => {
    await Promise.all(clients.map(({ connection }) => connection.close().catch(() => {})))
    await program.kill()
  })

  it('in memory: blocks the publisher, and lets it go on when consumers have made room', async () => {
    const url = await serve('--in-memory', '--vm-memory-high-watermark', '48MiB')
    const publisher = await client(url)
    const sent = await flood(publisher, 8000)
    expect(publisher.told).toEqual(['low on memory'])
    const consumer = await client(url)
    let received = 0
    await consumer.channel.consume('q', delivery => delivery !== null && received++, { noAck: true })
    await eventually(() => expect(publisher.told.at(-1)).toBe('unblocked'), { timeoutMs: 10_000 })
    await eventually(() => expect(received).toBe(sent), { timeoutMs: 10_000 })
  }, 30_000)

  it('with a data folder: moves to the disk what memory does not need, and blocks nobody', async () => {
    const url = await serve('--data-dir', 'data', '--vm-memory-high-watermark', '128MiB')
    const publisher = await client(url)
    const most = (160 * MIB) / BODY.length
    expect(await flood(publisher, most)).toBe(most)
    const arrived = async () => expect((await publisher.channel.checkQueue('q')).messageCount).toBe(most)
    await eventually(arrived, { timeoutMs: 20_000 })
    expect(publisher.told).toEqual([])
  }, 30_000)
})
