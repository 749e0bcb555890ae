// 10,000 durable queues, each with 200 messages of 1 KiB that nobody takes: two gigabytes, and 400 MiB of memory allowed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuredBroker } from './broker.mjs'
import { printRow, time } from './row.mjs'
import { consume, declareQueue, id, method, publish, Wire } from './wire.mjs'

const MESSAGES = 200
const AT_A_TIME = 20
const BYTES = 1024
const options = ['--vm-memory-high-watermark', '400MiB']

export async function run(scaled) {
  const count = scaled(10_000)
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-many-'))
  try {
    await filled(dataDir, count)
    await startedAgain(dataDir, count)
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

async function filled(dataDir, count) {
  const broker = await MeasuredBroker.start({ dataDir, options })
  const wire = await Wire.open(broker.address)
  await wire.ask(method(1, id.confirmSelect, 0), id.confirmSelectOk)
  const declarations = names(count, name => declareQueue(name, { durable: true }))
  await wire.all(declarations, id.queueDeclareOk, count)
  const told = await broker.beside(() => wire.all(messages(count), 'confirmed', count * MESSAGES))
  told.rss = await broker.settledRss()
  printRow(`${MESSAGES} × 1 KiB for each of ${count} durable queues, 400 MiB allowed`, told)
  await wire.close()
  await broker.stop()
}

async function startedAgain(dataDir, count) {
  const broker = await MeasuredBroker.start({ dataDir, options })
  const wire = await Wire.open(broker.address)
  const started = time(broker.startMs)
  const first = await broker.beside(async () => {
    await wire.ask(consume(`queue-${count - 1}`), id.basicConsumeOk)
    await wire.bodies(MESSAGES * BYTES)
  })
  first.rss = await broker.settledRss()
  printRow(`… after a restart, which took ${started}: one of them consumed`, first)
  const all = await broker.beside(async () => {
    await wire.all(names(count - 1, consume), id.basicConsumeOk, count - 1)
    await wire.bodies(count * MESSAGES * BYTES)
  })
  all.rss = await broker.settledRss()
  printRow('… all of them consumed', all)
  await wire.close()
  await broker.stop()
}

function* messages(count) {
  for (let sent = 0; sent < MESSAGES; sent += AT_A_TIME)
    for (let i = 0; i < count; i++) {
      const image = publish('', `queue-${i}`, BYTES, { persistent: true })
      for (let n = 0; n < AT_A_TIME; n++) yield image
    }
}

function* names(count, frameOf) {
  for (let i = 0; i < count; i++) yield frameOf(`queue-${i}`)
}
