// Who looks at many: the HTTP API, the samples that charts are made of and a scrape, with 100,000 queues and 2,000 connections.
import { MeasuredBroker } from './broker.mjs'
import { printRow } from './row.mjs'
import { declareQueue, id, inParallel, publish, Wire } from './wire.mjs'

const CONNECTIONS = 2000
const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`

const questions = [
  '/api/overview',
  '/api/queues?page=1&page_size=100',
  '/api/queues?page=1&page_size=100&sort=messages&sort_reverse=true',
  '/api/queues?page=1&page_size=100&name=77',
  '/api/queues?columns=name,messages',
  '/api/queues',
  '/api/connections?page=1&page_size=100',
  '/api/connections',
  '/api/channels',
  '/api/definitions',
  '/metrics',
  '/metrics/per-object',
]

export async function run(scaled) {
  const broker = await MeasuredBroker.start({ management: true })
  const wire = await Wire.open(broker.address)
  const queues = scaled(100_000)
  await wire.all(
    numbered(queues, i => declareQueue(`queue-${i}`)),
    id.queueDeclareOk,
    queues,
  )
  const wires = await inParallel(scaled(CONNECTIONS), 50, () => Wire.open(broker.address))
  printRow(
    `${queues} queues, ${wires.length} connections: nothing asked for five seconds`,
    await broker.beside(() => pause(5000)),
  )
  const publishing = async () => {
    for (let second = 0; second < 5; second++) {
      await wire.all(
        numbered(queues, i => publish('', `queue-${i}`, 16)),
        id.basicQosOk,
        0,
      )
      await pause(500)
    }
  }
  printRow('… a message for each queue, five times', await broker.beside(publishing))
  for (const question of questions) await ask(broker, question)
  await broker.stop()
}

async function ask(broker, path) {
  const told = await broker.beside(async () => {
    const answer = await fetch(broker.http + path, { headers: { authorization } })
    return [answer.status, (await answer.arrayBuffer()).byteLength]
  })
  const [status, bytes] = told.said
  printRow(`GET ${path}${status === 200 ? '' : `: ${status}`}, ${(bytes / 1024).toFixed(0)} KiB`, told)
}

function pause(ms) {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function* numbered(count, frameOf) {
  for (let i = 0; i < count; i++) yield frameOf(i)
}
