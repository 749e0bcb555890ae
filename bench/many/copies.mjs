// One message for many: a fanout to 10,000 queues, 16 MiB through 100 queues, a single message of 128 MiB.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuredBroker } from './broker.mjs'
import { printRow } from './row.mjs'
import { bind, consume, declareExchange, declareQueue, id, method, publish, Wire } from './wire.mjs'

const MIB = 1024 * 1024

export async function run(scaled) {
  await fanout(scaled(10_000), false)
  await fanout(scaled(10_000), true)
  await large(100, 16 * MIB, false)
  await large(100, 16 * MIB, true)
  await single(128 * MIB)
}

async function fanout(count, durable) {
  await withBroker({ durable }, async broker => {
    const wire = await bound(broker, count, durable)
    const kind = durable ? 'persistent messages to as many durable queues' : 'messages in memory'
    for (const bytes of [1024, 64 * 1024]) {
      const messages = bytes > 1024 ? 1 : 10
      const told = await broker.beside(() =>
        sent(wire, messages, publish('x', '', bytes, { persistent: durable })),
      )
      printRow(`fanout to ${count} queues: ${messages} × ${bytes / 1024} KiB, ${kind}, confirmed`, told)
    }
    const purge = i => method(1, 0x32001e, [0, 2], `queue-${i}`, 0)
    printRow('… all purged', await broker.beside(() => wire.all(numbered(count, purge), 0x32001f, count)))
  })
}

async function large(count, bytes, durable) {
  const options = ['--max-message-size', String(bytes)]
  await withBroker({ durable, options }, async broker => {
    const wire = await bound(broker, count, durable)
    const kind = durable ? 'persistent, durable queues' : 'in memory'
    const image = publish('x', '', bytes, { persistent: durable })
    printRow(
      `${bytes / MIB} MiB through ${count} queues, ${kind}: published`,
      await broker.beside(() => sent(wire, 1, image)),
    )
    const taken = await broker.beside(async () => {
      await wire.all(
        numbered(count, i => consume(`queue-${i}`)),
        id.basicConsumeOk,
        count,
      )
      await wire.bodies(count * bytes)
    })
    taken.rss = await broker.settledRss()
    printRow('… and consumed from all of them by one connection', taken)
  })
}

async function single(bytes) {
  const options = ['--max-message-size', String(bytes)]
  await withBroker({ durable: false, options }, async broker => {
    const wire = await bound(broker, 1, false)
    printRow(
      `a message of ${bytes / MIB} MiB: published`,
      await broker.beside(() => sent(wire, 1, publish('x', '', bytes))),
    )
    const taken = await broker.beside(async () => {
      await wire.ask(consume('queue-0'), id.basicConsumeOk)
      await wire.bodies(bytes)
    })
    taken.rss = await broker.settledRss()
    printRow('… and consumed', taken)
  })
}

async function withBroker({ durable, options = [] }, work) {
  const dataDir = durable ? mkdtempSync(join(tmpdir(), 'leveret-many-')) : undefined
  const broker = await MeasuredBroker.start({ dataDir, options })
  try {
    await work(broker)
  } finally {
    await broker.stop()
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true })
  }
}

async function bound(broker, count, durable) {
  const wire = await Wire.open(broker.address)
  await wire.ask(declareExchange('x', 'fanout', { durable }), id.exchangeDeclareOk)
  await wire.all(
    numbered(count, i => declareQueue(`queue-${i}`, { durable })),
    id.queueDeclareOk,
    count,
  )
  await wire.all(
    numbered(count, i => bind(`queue-${i}`, 'x', '')),
    id.queueBindOk,
    count,
  )
  await wire.ask(method(1, id.confirmSelect, 0), id.confirmSelectOk)
  return wire
}

/** Publishes, and waits until all of it is confirmed. */
async function sent(wire, count, image) {
  for (let i = 0; i < count; i++) wire.write(image)
  wire.published = (wire.published ?? 0) + count
  await wire.confirmed(wire.published)
}

function* numbered(count, frameOf) {
  for (let i = 0; i < count; i++) yield frameOf(i)
}
