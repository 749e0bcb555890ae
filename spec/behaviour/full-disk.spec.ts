/** A file system that fills up, for real: a small tmpfs. Mounting one needs root; elsewhere this is skipped by name. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import type { EmbeddedBroker } from '../../src/index'
import { eventually } from '../support/eventually'

const { createBroker } = require('../../dist') as typeof import('../../src/index')

const folder = mkdtempSync(join(tmpdir(), 'leveret-full-disk-'))
const isMounted = mounts()
const described = isMounted ? describe : describe.skip

afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true, force: true })
})

function mounts(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

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
    while (this.blockedFor === undefined) {
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

described(`a disk that is full${isMounted ? '' : ' (skipped: no right to mount a small tmpfs)'}`, () => {
  let broker: EmbeddedBroker
  const connections: ChannelModel[] = []

  async function connection(): Promise<ChannelModel> {
    const opened = await connect(broker.url)
    opened.on('error', () => {})
    connections.push(opened)
    return opened
  }

  beforeAll(async () => {
    broker = await createBroker({ port: 0, dataDir: join(folder, 'data'), logLevel: 'silent' })
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

    execFileSync('mount', ['-o', 'remount,size=256m', folder])
    await eventually(() => expect(publisher.confirmed).toBe(publisher.sent), { timeoutMs: 10_000 })
    expect(publisher.wasUnblocked).toBe(true)
    await eventually(() => expect(received).toHaveLength(publisher.sent))
    expect(received).toEqual(received.map((_, index) => index))
  }, 30_000)

  it('does not keep the broker from stopping', async () => {
    const other = await createBroker({ port: 0, dataDir: join(folder, 'other'), logLevel: 'silent' })
    const publishing = await connect(other.url)
    publishing.on('error', () => {})
    const channel = await publishing.createConfirmChannel()
    await channel.assertQueue('full', { durable: true })
    execFileSync('mount', ['-o', 'remount,size=25m', folder])
    await new Publisher(publishing, channel).untilBlocked()
    await other.close()
    execFileSync('mount', ['-o', 'remount,size=256m', folder])
    const again = await createBroker({ port: 0, dataDir: join(folder, 'other'), logLevel: 'silent' })
    await again.close()
  }, 30_000)
})
