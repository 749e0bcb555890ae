// Two gigabytes that nobody takes, and 400 MiB of memory allowed: 10,000 durable queues, each with 200 messages of 1 KiB; and
// half as much in 100 queues with ten priorities, each of which goes through its backlog once for each of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuredBroker } from './broker.mjs'
import { printRow, time } from './row.mjs'
import { consume, declareQueue, id, method, prioritized, publish, table, Wire } from './wire.mjs'

const AT_A_TIME = 20
const BYTES = 1024
const options = ['--vm-memory-high-watermark', '400MiB']
const PRIORITIES = 10

const plain = {
  what: 'durable queues',
  messages: 200,
  declared: name => declareQueue(name, { durable: true }),
  imagesOf: image => [image],
}

const withPriorities = {
  what: 'durable queues with ten priorities',
  messages: 10_000,
  declared: name => declareQueue(name, { durable: true, args: table({ 'x-max-priority': PRIORITIES }) }),
  imagesOf: image => Array.from({ length: PRIORITIES }, (_, priority) => prioritized(image, priority)),
}

export async function run(scaled) {
  await backlogs(plain, scaled(10_000))
  await backlogs(withPriorities, scaled(100))
}

async function backlogs(kind, count) {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-many-'))
  try {
    await filled(dataDir, kind, count)
    await startedAgain(dataDir, kind, count)
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

async function filled(dataDir, kind, count) {
  const broker = await MeasuredBroker.start({ dataDir, options })
  const wire = await Wire.open(broker.address)
  await wire.ask(method(1, id.confirmSelect, 0), id.confirmSelectOk)
  await wire.all(names(count, kind.declared), id.queueDeclareOk, count)
  const told = await broker.beside(() => wire.all(messages(kind, count), 'confirmed', count * kind.messages))
  told.rss = await broker.settledRss()
  printRow(`${kind.messages} × 1 KiB for each of ${count} ${kind.what}, 400 MiB allowed`, told)
  await wire.close()
  await broker.stop()
}

async function startedAgain(dataDir, kind, count) {
  const broker = await MeasuredBroker.start({ dataDir, options })
  const wire = await Wire.open(broker.address)
  const started = time(broker.startMs)
  const first = await broker.beside(async () => {
    await wire.ask(consume(`queue-${count - 1}`), id.basicConsumeOk)
    await wire.bodies(kind.messages * BYTES)
  })
  first.rss = await broker.settledRss()
  printRow(`… after a restart, which took ${started}: one of them consumed`, first)
  const all = await broker.beside(async () => {
    await wire.all(names(count - 1, consume), id.basicConsumeOk, count - 1)
    await wire.bodies(count * kind.messages * BYTES)
  })
  all.rss = await broker.settledRss()
  printRow('… all of them consumed', all)
  await wire.close()
  await broker.stop()
}

function* messages({ imagesOf, messages }, count) {
  for (let sent = 0; sent < messages; sent += AT_A_TIME)
    for (let i = 0; i < count; i++) {
      const images = imagesOf(publish('', `queue-${i}`, BYTES, { persistent: true }))
      for (let n = 0; n < AT_A_TIME; n++) yield images[n % images.length]
    }
}

function* names(count, frameOf) {
  for (let i = 0; i < count; i++) yield frameOf(`queue-${i}`)
}
