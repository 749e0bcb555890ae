/** A broker from dist/ on a data folder of its own, in this process, that can be stopped and started again. */
import { mkdirSync } from 'node:fs'
import { Wire } from '../../conformance/support/wire'
import type { WireChannel } from '../../conformance/support/wire-channel'
import type { EmbeddedBroker } from '../../src/index'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const { createBroker } = require('../../dist') as typeof import('../../src/index')

export class RestartingBroker {
  dataDir = ''
  private broker: EmbeddedBroker | undefined
  private readonly wires: Wire[] = []

  get running(): EmbeddedBroker {
    if (this.broker === undefined) throw new Error('the broker was stopped')
    return this.broker
  }

  get url(): string {
    return this.running.url
  }

  async start(): Promise<void> {
    // fsync costs these specs time and shows them nothing: only a power cut would tell.
    this.broker = await createBroker({
      port: 0,
      dataDir: this.dataDir,
      durability: 'os',
      logLevel: 'silent',
      maxMessageSize: 64 * 1024 * 1024,
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.wires.splice(0).map(wire => wire.destroy()))
    await this.broker?.close()
    this.broker = undefined
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  async connect(): Promise<Wire> {
    const wire = await Wire.connect(this.url)
    this.wires.push(wire)
    return await wire.open()
  }

  /** A channel on a connection of its own. */
  async channel(): Promise<WireChannel> {
    return await (await this.connect()).channel()
  }

  /** A channel whose publishes are confirmed. */
  async confirmChannel(): Promise<WireChannel> {
    const channel = await this.channel()
    await channel.call('confirm.select')
    return channel
  }
}

/** A new folder and a broker on it for each example. */
export function restartingBroker(): RestartingBroker {
  const broker = new RestartingBroker()
  const newFolder = pathsIn(temporaryFolder())
  beforeEach(async () => {
    broker.dataDir = newFolder()
    mkdirSync(broker.dataDir)
    await broker.start()
  })
  afterEach(() => broker.stop())
  return broker
}

/** Publishes persistent messages to a queue and waits until all are confirmed. */
export async function publishAll(
  channel: WireChannel,
  queue: string,
  bodies: readonly (string | Buffer)[],
  deliveryMode = 2,
): Promise<void> {
  let confirmed = 0
  for (const body of bodies) channel.publish({ routingKey: queue }, body, { deliveryMode })
  while (confirmed < bodies.length) {
    const { deliveryTag, multiple } = await channel.expect('basic.ack')
    confirmed = multiple ? Number(deliveryTag) : confirmed + 1
  }
}

export function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index))
}
