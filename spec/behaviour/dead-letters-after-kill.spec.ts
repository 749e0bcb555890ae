/**
 * A broker that is killed while messages die in all ways at once: afterwards each of them is in the queue it died in or
 * in the target, never in neither and never in both. Seeded: what differs from run to run is only the moment.
 */
import { mkdirSync } from 'node:fs'
import { type ChannelModel, connect } from 'amqplib'
import { BrokerProcess } from '../crash/broker-process'
import { Random } from '../crash/random'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

jest.setTimeout(120_000)

const newFolder = pathsIn(temporaryFolder())
const SOURCES = {
  rejecting: {},
  ageing: { messageTtl: 5 },
  exact: { arguments: { 'x-ttl-mode': 'exact' }, messageTtl: 5 },
  short: { maxLength: 3 },
  ranked: { maxPriority: 5 },
} as const
const sources = Object.keys(SOURCES) as (keyof typeof SOURCES)[]
const TARGET = 'target'
const MESSAGES = 3000

async function started(dataDir: string, complaints: string[]) {
  const options = { durability: 'os', environment: {} } as const
  const process = new BrokerProcess(dataDir, options, what => complaints.push(what))
  const connection = await connect((await process.url()) as string)
  // It is killed: that connections end is no news.
  connection.on('error', () => {})
  return { process, connection }
}

/** Publishes numbered messages to all sources, rejects what can be got, until it is killed. Returns how many were confirmed. */
async function dieUntilKilled(
  connection: ChannelModel,
  random: Random,
  kill: () => Promise<unknown>,
): Promise<number[]> {
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => {})
  await channel.assertQueue(TARGET)
  for (const queue of sources) {
    await channel.assertQueue(queue, {
      ...SOURCES[queue],
      deadLetterExchange: '',
      deadLetterRoutingKey: TARGET,
    })
  }
  const rejecting = await connection.createChannel()
  rejecting.on('error', () => {})
  for (const queue of ['rejecting', 'ranked'] as const)
    await rejecting.consume(queue, message => {
      if (message !== null && random.chance(0.7)) rejecting.nack(message, false, random.chance(0.2))
    })
  const confirmed: number[] = []
  const killAt = random.between(100, MESSAGES)
  const killed = new Promise<void>(resolve => {
    const onConfirmed = (id: number) => (error: unknown) => {
      if (error !== null) return
      confirmed.push(id)
      if (confirmed.length === killAt) void kill().then(() => resolve())
    }
    for (let id = 0; id < MESSAGES; id++) {
      const properties = { persistent: true, priority: id % 6 }
      channel.sendToQueue(sources[id % sources.length]!, Buffer.from(`${id}`), properties, onConfirmed(id))
    }
  })
  await killed
  return confirmed
}

/** How often each message is anywhere. */
async function countedIn(connection: ChannelModel): Promise<Map<string, string[]>> {
  const places = new Map<string, string[]>()
  const channel = await connection.createChannel()
  for (const queue of [...sources, TARGET]) {
    for (let got = await channel.get(queue); got !== false; got = await channel.get(queue)) {
      const body = got.content.toString()
      places.set(body, [...(places.get(body) ?? []), queue])
    }
  }
  return places
}

describe('a broker that is killed while messages die', () => {
  it.each(['1', '2', '3', '4'])('has each of them in one place afterwards (seed %s)', async seed => {
    const random = new Random(seed)
    const dataDir = newFolder()
    mkdirSync(dataDir)
    const complaints: string[] = []
    const first = await started(dataDir, complaints)
    const confirmed = await dieUntilKilled(first.connection, random, () => first.process.kill())
    const second = await started(dataDir, complaints)
    const places = await countedIn(second.connection)
    const missing = confirmed.filter(id => !places.has(`${id}`))
    const twice = [...places].filter(([, queues]) => queues.length > 1)
    expect([missing, twice, complaints]).toEqual([[], [], []])
    expect([...places.values()].filter(([queue]) => queue === TARGET).length).toBeGreaterThan(10)
    await second.connection.close()
    await second.process.stop()
  })
})
