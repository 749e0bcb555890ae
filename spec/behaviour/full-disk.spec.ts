/** A file system that fills up, for real: a small tmpfs. Mounting one needs root; elsewhere this is skipped by name. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import type { EmbeddedBroker } from '../../src/index'
import { eventually } from '../support/eventually'

const { createBroker } = require('../../dist') as typeof import('../../src/index')

/** A file system of 24 MiB, gone with the spec; undefined: no right to mount one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-full-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
  mounted.push(folder)
  return folder
}

function makeRoomOn(folder: string): void {
  execFileSync('mount', ['-o', 'remount,size=256m', folder])
}

const mounted: string[] = []
const canMount = smallDisk() !== undefined
const described = canMount ? describe : describe.skip

afterAll(() => {
  for (const folder of mounted) {
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Publishes numbered messages as long as it is not blocked, 100 unconfirmed at most. */
class Publisher {
  sent = 0
  confirmed = 0
  blockedFor: string | undefined
  wasUnblocked = false

  constructor(
    connection: ChannelModel,
    private readonly channel: ConfirmChannel,
  ) {
    connection.on('blocked', (reason: string) => {
      this.blockedFor = reason
    })
    connection.on('unblocked', () => {
      this.wasUnblocked = true
    })
  }

  async untilBlocked(): Promise<void> {
    const giveUp = Date.now() + 20_000
    while (this.blockedFor === undefined) {
      expect(Date.now()).toBeLessThan(giveUp)
      while (this.sent - this.confirmed < 100) this.publish()
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  private publish(): void {
    const body = Buffer.alloc(16 * 1024)
    body.writeUInt32BE(this.sent++)
    this.channel.sendToQueue('full', body, { persistent: true }, error => {
      if (error === null) this.confirmed++
    })
  }
}

described(`a disk that is full${canMount ? '' : ' (skipped: no right to mount a small tmpfs)'}`, () => {
  let broker: EmbeddedBroker
  let disk: string
  const connections: ChannelModel[] = []

  async function connection(): Promise<ChannelModel> {
    const opened = await connect(broker.url)
    opened.on('error', () => {})
    connections.push(opened)
    return opened
  }

  beforeAll(async () => {
    disk = smallDisk()!
    broker = await createBroker({
      port: 0,
      dataDir: join(disk, 'data'),
      logLevel: 'silent',
      diskFreeLimit: 'off',
    })
  })

  afterAll(async () => {
    await Promise.all(connections.map(opened => opened.close().catch(() => {})))
    await broker.close()
  })

  it('blocks publishers, confirms nothing, lets consumers drain, and recovers by itself', async () => {
    const publishing = await connection()
    const channel = await publishing.createConfirmChannel()
    await channel.assertQueue('full', { durable: true })
    const publisher = new Publisher(publishing, channel)
    await publisher.untilBlocked()
    expect(publisher.blockedFor).toBe('low on disk')
    const confirmedWhenFull = publisher.confirmed

    const received: number[] = []
    const consuming = await (await connection()).createChannel()
    await consuming.prefetch(50)
    await consuming.consume('full', delivery => {
      if (delivery === null) return
      received.push(delivery.content.readUInt32BE())
      consuming.ack(delivery)
    })
    await eventually(() => expect(received.length).toBeGreaterThanOrEqual(confirmedWhenFull))
    expect(publisher.confirmed).toBe(confirmedWhenFull)

    makeRoomOn(disk)
    await eventually(() => expect(publisher.confirmed).toBe(publisher.sent), { timeoutMs: 10_000 })
    expect(publisher.wasUnblocked).toBe(true)
    await eventually(() => expect(received).toHaveLength(publisher.sent))
    expect(received).toEqual(received.map((_, index) => index))
  }, 30_000)

  it('does not keep the broker from stopping', async () => {
    const small = smallDisk()!
    const options = {
      port: 0,
      dataDir: join(small, 'data'),
      logLevel: 'silent',
      diskFreeLimit: 'off',
    } as const
    const other = await createBroker(options)
    const publishing = await connect(other.url)
    publishing.on('error', () => {})
    const channel = await publishing.createConfirmChannel()
    await channel.assertQueue('full', { durable: true })
    await new Publisher(publishing, channel).untilBlocked()
    await other.close()
    makeRoomOn(small)
    const again = await createBroker(options)
    await again.close()
  }, 30_000)
})
