/**
 * A process that starts brokers, uses them and stops them: `testing 20` for so many of `leveret/testing`, `durable 20` for
 * those with a data folder and the management; anything else is the path for a heap snapshot. Each is answered when done.
 */
const { mkdtempSync, rmSync } = require('node:fs')
const { get } = require('node:http')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { writeHeapSnapshot } = require('node:v8')
const { connect } = require('amqplib')
const { createBroker } = require('../../dist/index.js')
const { TestBroker } = require('../../dist/testing/index.js')

process.on('message', question => {
  const [, kind, times] = /^(testing|durable) (\d+)$/.exec(question) ?? []
  if (kind === undefined) process.send(writeHeapSnapshot(question))
  else repeat(kind === 'testing' ? testing : durable, Number(times))
})
process.once('disconnect', () => process.exit(0))

async function repeat(run, times) {
  for (let at = 0; at < times; at++) await run(at)
  await new Promise(resolve => setTimeout(resolve, 300)) // sockets that were closed are gone then
  process.send(
    process
      .getActiveResourcesInfo()
      .filter(name => name !== 'Timeout')
      .sort(),
  )
}

async function testing(at) {
  const broker = await TestBroker.start()
  const client = await use(broker.url)
  if (at % 2 === 0) await broker.reset()
  if (at % 3 > 0) await client.close()
  await broker.stop()
}

async function durable(at) {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-starts-'))
  const options = { port: 0, dataDir, management: true, managementPort: 0, logLevel: 'silent' }
  const broker = await createBroker(options)
  const client = await use(broker.url)
  await new Promise(resolve =>
    get(`${broker.managementUrl}/api/whoami`, { agent: false }, answer =>
      answer.resume().on('close', resolve),
    ),
  )
  if (at % 2 === 0) await client.close()
  await broker.close()
  rmSync(dataDir, { recursive: true })
}

/** Leaves a queue with a message, and a consumer. */
async function use(url) {
  const client = await connect(url)
  client.on('error', () => {})
  const channel = await client.createConfirmChannel()
  channel.on('error', () => {})
  await channel.assertQueue('used', { durable: true, arguments: { 'x-message-ttl': 60_000 } })
  await channel.bindQueue('used', 'amq.topic', '#')
  channel.publish('amq.topic', 'some', Buffer.from('some'), { persistent: true })
  await channel.waitForConfirms()
  await channel.consume('used', () => {})
  return client
}
