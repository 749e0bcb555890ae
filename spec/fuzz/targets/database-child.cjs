/**
 * A process that opens data folders with the built broker, one after the other, and says what came of it. It is expendable:
 * whatever kills or holds it up is what is looked for.
 */
const { mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { connect } = require('amqplib')
const root = join(__dirname, '..', '..', '..')
const { createBroker } = require(join(root, 'dist'))
const { lookIntoStore } = require(join(root, 'dist', 'store', 'look-into-store.js'))

process.on('disconnect', () => process.exit())

const OPTIONS = { port: 0, management: false, prometheus: false, logLevel: 'silent', durability: 'os' }
/** Whoever asks a thread that is gone hears nothing, which is no mistake. */
const PATIENCE_MS = 250

process.on('message', async ({ kind, folder }) => {
  if (kind === 'close') return // `made` waits for it
  try {
    process.send(kind === 'make' ? await made(folder) : await opened(folder))
  } catch (error) {
    process.send({ kind: 'defect', text: String(error?.stack ?? error) })
  }
})

for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, error => process.send({ kind: 'defect', text: `${event}: ${error?.stack ?? error}` }))
}

/** Some of everything that is kept. Told twice: while the log still holds it, and when all is closed. */
async function made(folder) {
  const definitions = join(folder, 'definitions.json')
  mkdirSync(folder, { recursive: true })
  writeFileSync(definitions, JSON.stringify(DEFINITIONS))
  const broker = await createBroker({ ...OPTIONS, dataDir: folder, definitions })
  const connection = await connect(broker.url)
  const channel = await connection.createConfirmChannel()
  for (let number = 0; number < 60; number++) {
    const options = {
      persistent: true,
      headers: { number, 'x-deduplication-header': `k${number}` },
      expiration: '3600000',
    }
    channel.publish('x', `a.${number}`, Buffer.alloc(number * 37, 'b'), options)
    if (number % 20 === 0) await channel.waitForConfirms()
  }
  await channel.waitForConfirms()
  for (const tag of [1, 3, 4]) {
    const got = await channel.get('q')
    if (tag !== 3) channel.ack(got)
  }
  await connection.close()
  process.send({ kind: 'open' })
  await new Promise(resolve => process.once('message', resolve))
  await broker.close()
  return { kind: 'made' }
}

const DEFINITIONS = {
  vhosts: [{ name: '/' }, { name: 'v' }],
  users: [
    { name: 'u', password_hash: '', tags: 'monitoring' },
    { name: 'guest', password: 'guest', tags: 'administrator' },
  ],
  permissions: [
    { user: 'guest', vhost: '/', configure: '.*', write: '.*', read: '.*' },
    { user: 'u', vhost: 'v', configure: '^a', write: '.*', read: '' },
  ],
  topic_permissions: [{ user: 'u', vhost: 'v', exchange: 'amq.topic', write: '^a', read: '.*' }],
  parameters: [{ vhost: '/', component: 'vhost-limits', name: 'limits', value: { 'max-queues': 1000 } }],
  global_parameters: [{ name: 'cluster_name', value: 'c' }],
  policies: [
    {
      vhost: '/',
      name: 'p',
      pattern: '^q',
      'apply-to': 'queues',
      priority: 1,
      definition: { 'max-length': 1000 },
    },
  ],
  exchanges: [
    {
      vhost: '/',
      name: 'x',
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: { 'alternate-exchange': 'amq.fanout' },
    },
    {
      vhost: '/',
      name: 'h',
      type: 'headers',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    },
    {
      vhost: '/',
      name: 'd',
      type: 'x-delayed-message',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: { 'x-delayed-type': 'direct' },
    },
  ],
  queues: [
    {
      vhost: '/',
      name: 'q',
      durable: true,
      auto_delete: false,
      arguments: { 'x-dead-letter-exchange': 'h' },
    },
    { vhost: '/', name: 'priority', durable: true, auto_delete: false, arguments: { 'x-max-priority': 3 } },
    {
      vhost: '/',
      name: 'quorum',
      durable: true,
      auto_delete: false,
      arguments: { 'x-queue-type': 'quorum' },
    },
  ],
  bindings: [
    ...['q', 'priority', 'quorum'].map(destination => ({
      source: 'x',
      vhost: '/',
      destination,
      destination_type: 'queue',
      routing_key: 'a.#',
      arguments: {},
    })),
    {
      source: 'h',
      vhost: '/',
      destination: 'q',
      destination_type: 'queue',
      routing_key: '',
      arguments: { 'x-match': 'any', a: 1 },
    },
    {
      source: 'x',
      vhost: '/',
      destination: 'h',
      destination_type: 'exchange',
      routing_key: '#.b',
      arguments: {},
    },
  ],
}

async function opened(folder) {
  const looked = outcome(() =>
    lookIntoStore(folder, view => {
      for (const queue of view.outline.queues) view.firstEntries(queue, 10)
    }),
  )
  let broker
  try {
    broker = await createBroker({ ...OPTIONS, dataDir: folder })
  } catch (error) {
    return {
      kind: 'refused',
      name: error?.name,
      text: String(error?.message),
      stack: String(error?.stack),
      looked,
    }
  }
  await Promise.race([
    used(broker.url).catch(() => {}),
    new Promise(resolve => setTimeout(resolve, PATIENCE_MS)),
  ])
  await broker.close()
  return { kind: 'opened', looked }
}

function outcome(run) {
  try {
    run()
    return undefined
  } catch (error) {
    return { name: error?.name, text: String(error?.message), stack: String(error?.stack) }
  }
}

/** Takes what there is and adds some. */
async function used(url) {
  const connection = await connect(url)
  connection.on('error', () => {})
  try {
    for (const queue of ['q', 'priority', 'quorum']) await emptied(connection, queue).catch(() => {})
  } finally {
    await connection.close()
  }
}

async function emptied(connection, queue) {
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => {})
  await channel.checkQueue(queue)
  for (let count = 0; count < 100; count++) {
    const got = await channel.get(queue)
    if (got === false) break
    channel.ack(got)
  }
  channel.sendToQueue(queue, Buffer.from('more'), { persistent: true })
  await channel.waitForConfirms()
}
