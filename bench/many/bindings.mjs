// A million bindings: made, one more while they are there, used, and gone with their exchange or their queue.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuredBroker } from './broker.mjs'
import { printRow, time } from './row.mjs'
import {
  bind,
  declareExchange,
  declareQueue,
  deleteExchange,
  deleteQueue,
  id,
  publish,
  unbind,
  Wire,
} from './wire.mjs'

const QUEUES = 1000

export async function run(scaled) {
  await million('topic', scaled(1_000_000))
  await million('direct', scaled(1_000_000))
  await oneQueue(scaled(100_000))
  await durable(scaled(100_000))
  await headers(scaled(100_000))
  await wildcards(scaled(20_000))
}

async function million(type, count) {
  const broker = await MeasuredBroker.start()
  const wire = await arranged(broker, type)
  const bound = await broker.beside(() => wire.all(bindings(count), id.queueBindOk, count))
  bound.rss = await broker.settledRss()
  const bytes = Math.round(((bound.rss - bound.before) * 1024 * 1024) / count)
  printRow(`${count} bindings of a ${type} exchange to ${QUEUES} queues (${bytes} bytes each)`, bound)
  const used = await broker.beside(async () => {
    for (let i = 0; i < 1000; i++) {
      wire.write(publish('x', `key.${i}.of.many`, 16))
      await wire.ask(bind('queue-0', 'x', `later.${i}`), id.queueBindOk)
    }
  })
  printRow('… 1000 times a message, and one more binding', used)
  printRow(
    '… a queue of them deleted',
    await broker.beside(() => wire.ask(deleteQueue('queue-1'), id.queueDeleteOk)),
  )
  printRow(
    '… their exchange deleted',
    await broker.beside(() => wire.ask(deleteExchange('x'), id.exchangeDeleteOk)),
  )
  await wire.close()
  await broker.stop()
}

async function oneQueue(count) {
  const broker = await MeasuredBroker.start()
  const wire = await arranged(broker, 'direct', 1)
  const bound = await broker.beside(() => wire.all(bindings(count, 1), id.queueBindOk, count))
  printRow(`one queue bound ${count} times`, bound)
  const unbinding = await broker.beside(() => wire.all(unbindings(1000), id.queueUnbindOk, 1000))
  printRow('… 1000 of them unbound, one by one', unbinding)
  printRow('… and deleted', await broker.beside(() => wire.ask(deleteQueue('queue-0'), id.queueDeleteOk)))
  await wire.close()
  await broker.stop()
}

async function durable(count) {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-many-'))
  try {
    const broker = await MeasuredBroker.start({ dataDir })
    const wire = await arranged(broker, 'topic', QUEUES, true)
    printRow(
      `${count} durable bindings`,
      await broker.beside(() => wire.all(bindings(count), id.queueBindOk, count)),
    )
    await broker.stop()
    const again = await MeasuredBroker.start({ dataDir })
    const wireAgain = await Wire.open(again.address)
    const gone = await again.beside(() => wireAgain.ask(deleteExchange('x'), id.exchangeDeleteOk))
    printRow(`… after a restart (${time(again.startMs)}), their exchange deleted`, gone)
    await again.stop()
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

async function headers(count) {
  const broker = await MeasuredBroker.start()
  const wire = await arranged(broker, 'headers')
  const bound = await broker.beside(() => wire.all(conditions(count), id.queueBindOk, count))
  printRow(`${count} bindings of a headers exchange`, bound)
  const used = await broker.beside(async () => {
    for (let i = 0; i < 100; i++) wire.write(publish('x', '', 16))
    await wire.ask(declareQueue('queue-0'), id.queueDeclareOk)
  })
  printRow('… 100 messages through it at once', used)
  await broker.stop()
}

/** Patterns that a matcher by recursion would try for ever, and a key of 127 words. */
async function wildcards(count) {
  const broker = await MeasuredBroker.start()
  const wire = await arranged(broker, 'topic')
  const patterns = function* () {
    for (let i = 0; i < count; i++) yield bind(`queue-${i % QUEUES}`, 'x', `#.a.#.b${i}.#.a.#.a.#.a.*.#.a.#`)
  }
  printRow(
    `${count} patterns #.a.#.b1.#.a.#…`,
    await broker.beside(() => wire.all(patterns(), id.queueBindOk, count)),
  )
  const used = await broker.beside(async () => {
    for (let i = 0; i < 100; i++) wire.write(publish('x', `${'a.'.repeat(100)}b${i}${'.a'.repeat(24)}`, 16))
    await wire.ask(declareQueue('queue-0'), id.queueDeclareOk)
  })
  printRow('… 100 keys of 125 words at once', used)
  await broker.stop()
}

async function arranged(broker, type, queues = QUEUES, durably = false) {
  const wire = await Wire.open(broker.address)
  await wire.ask(declareExchange('x', type, { durable: durably }), id.exchangeDeclareOk)
  for (let i = 0; i < queues; i++)
    await wire.ask(declareQueue(`queue-${i}`, { durable: durably }), id.queueDeclareOk)
  return wire
}

function* bindings(count, queues = QUEUES) {
  for (let i = 0; i < count; i++) yield bind(`queue-${i % queues}`, 'x', `key.${i}.of.many`)
}

function* unbindings(count) {
  for (let i = 0; i < count; i++) yield unbind('queue-0', 'x', `key.${i}.of.many`)
}

function* conditions(count) {
  for (let i = 0; i < count; i++) {
    const value = Buffer.from(`number ${i}`)
    const size = Buffer.alloc(4)
    size.writeUInt32BE(value.length)
    const entry = Buffer.concat([Buffer.from('\x04kindS'), size, value])
    const table = Buffer.alloc(4)
    table.writeUInt32BE(entry.length)
    yield bind(`queue-${i % QUEUES}`, 'x', '', Buffer.concat([table, entry]))
  }
}
