// Much that is due at once, of which nobody asked for all: dead letters and a commit for thousands of queues, half a million
// messages that expire together.
import { MeasuredBroker } from './broker.mjs'
import { printRow } from './row.mjs'
import { bind, consume, declareExchange, declareQueue, id, method, publish, table, Wire } from './wire.mjs'

const MESSAGES = 500
const BYTES = 10
const TTL_MS = 4000

export async function run(scaled) {
  await deadLetters(scaled(2000))
  await commit(scaled(2000))
  await expiry(100, scaled(5000))
}

async function deadLetters(count) {
  await withBroker(async broker => {
    const wire = await bound(broker, count)
    const dying = table({ 'x-max-length': 0, 'x-dead-letter-exchange': 'x' })
    await wire.ask(declareQueue('source', { args: dying }), id.queueDeclareOk)
    await wire.ask(consume(`queue-${count - 1}`), id.basicConsumeOk)
    const told = await broker.beside(async () => {
      for (let i = 0; i < MESSAGES; i++) wire.write(publish('', 'source', BYTES))
      await wire.bodies(MESSAGES * BYTES)
    })
    printRow(`${MESSAGES} dead letters, each for ${count} queues`, told)
  })
}

async function commit(count) {
  await withBroker(async broker => {
    const wire = await bound(broker, count)
    await wire.ask(method(1, id.txSelect), id.txSelectOk)
    for (let i = 0; i < MESSAGES; i++) wire.write(publish('x', '', BYTES))
    await wire.ask(declareQueue('behind'), id.queueDeclareOk)
    const told = await broker.beside(() => wire.ask(method(1, id.txCommit), id.txCommitOk))
    printRow(`${MESSAGES} messages, each for ${count} queues, committed`, told)
  })
}

async function expiry(count, messages) {
  await withBroker(async broker => {
    const args = {
      'x-message-ttl': TTL_MS,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
    }
    const wire = await bound(broker, count, table(args))
    await wire.ask(declareQueue('dead'), id.queueDeclareOk)
    await wire.ask(consume('dead'), id.basicConsumeOk)
    await wire.ask(method(1, id.confirmSelect, 0), id.confirmSelectOk)
    for (let i = 0; i < messages; i++) wire.write(publish('x', '', BYTES))
    await wire.confirmed(messages)
    const told = await broker.beside(() => wire.bodies(count * messages * BYTES))
    printRow(`${messages} messages in each of ${count} queues expire within the same moment`, told)
  })
}

async function withBroker(work) {
  const broker = await MeasuredBroker.start()
  try {
    await work(broker)
  } finally {
    await broker.stop()
  }
}

/** With a fanout exchange that leads to so many queues. */
async function bound(broker, count, args = table({})) {
  const wire = await Wire.open(broker.address)
  await wire.ask(declareExchange('x', 'fanout'), id.exchangeDeclareOk)
  const names = Array.from({ length: count }, (_, i) => `queue-${i}`)
  await wire.all(
    names.map(name => declareQueue(name, { args })),
    id.queueDeclareOk,
    count,
  )
  await wire.all(
    names.map(name => bind(name, 'x', '')),
    id.queueBindOk,
    count,
  )
  return wire
}
