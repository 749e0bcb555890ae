// 100,000 queues: declared, listed by nobody, deleted; durable ones over a restart.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuredBroker } from './broker.mjs'
import { printRow, time } from './row.mjs'
import { declareQueue, deleteQueue, id, Wire } from './wire.mjs'

export async function run(scaled) {
  await inMemory(scaled(100_000))
  await durable(scaled(100_000))
  await exclusive(scaled(10_000))
}

async function inMemory(count) {
  const broker = await MeasuredBroker.start()
  const wire = await Wire.open(broker.address)
  const made = await broker.beside(() =>
    wire.all(
      names(count, name => declareQueue(name)),
      id.queueDeclareOk,
      count,
    ),
  )
  made.rss = await broker.settledRss()
  printRow(`${count} queues declared, in memory (${perOne(made, count)})`, made)
  printRow(
    `… and deleted`,
    await broker.beside(() => wire.all(names(count, deleteQueue), id.queueDeleteOk, count)),
  )
  await wire.close()
  await broker.stop()
}

async function durable(count) {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-many-'))
  try {
    const broker = await MeasuredBroker.start({ dataDir })
    const wire = await Wire.open(broker.address)
    const declare = name => declareQueue(name, { durable: true })
    const made = await broker.beside(() => wire.all(names(count, declare), id.queueDeclareOk, count))
    made.rss = await broker.settledRss()
    printRow(`${count} durable queues declared (${perOne(made, count)})`, made)
    await broker.stop()
    const again = await MeasuredBroker.start({ dataDir })
    const said = await again.beside(async () => (await Wire.open(again.address)).close())
    printRow(`… after a restart, which took ${time(again.startMs)} until connections were accepted`, said)
    await again.stop()
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

async function exclusive(count) {
  const broker = await MeasuredBroker.start()
  const wire = await Wire.open(broker.address)
  const declare = name => declareQueue(name, { exclusive: true })
  await wire.all(names(count, declare), id.queueDeclareOk, count)
  printRow(`the connection of ${count} exclusive queues closes`, await broker.beside(() => wire.close()))
  await broker.stop()
}

function* names(count, frameOf) {
  for (let i = 0; i < count; i++) yield frameOf(`queue-${i}`)
}

function perOne({ before, rss }, count) {
  return `${(((rss - before) * 1024) / count).toFixed(1)} KiB each`
}
