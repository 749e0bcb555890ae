// Whether memory stays within its limit: 100 publishers that run free, each with a consumer that takes 50 messages a second.
//
//     node bench/backpressure.mjs [--minutes 5] [--limit 400MiB] [--size 1024] [--in-memory]
//
// Starts dist's broker and prints every ten seconds what it holds, what it uses by its own count and what the system
// gave it (RSS), how much of the time its publishers were blocked, and what goes through. At the end the publishers go, the
// consumers take what is left as fast as they can, and memory must have come back.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { saidAddresses } from './said-addresses.mjs'

const amqp = createRequire(import.meta.url)('amqplib')
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    limit: { type: 'string', default: '400MiB' },
    size: { type: 'string', default: '1024' },
    pairs: { type: 'string', default: '100' },
    'in-memory': { type: 'boolean', default: false },
  },
})
const PAIRS = Number(values.pairs)
const SLOW_MS = 20
const LOOK_EVERY_MS = 200
const LINE_EVERY_MS = 10_000
const MIB = 1024 * 1024

class Watch {
  began = Date.now()
  highest = 0
  looks = 0
  blocked = 0
  before = { at: Date.now(), publish: 0, ack: 0 }

  constructor(http) {
    this.http = http
  }

  async during(milliseconds) {
    while (Date.now() - this.began < milliseconds) await this.line()
  }

  async untilEmpty() {
    for (let held = 1; held > 0; ) held = await this.line()
    await this.line()
  }

  /** Returns how many messages are held. */
  async line() {
    const until = Date.now() + LINE_EVERY_MS
    while (Date.now() < until) {
      await this.look()
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
    }
    const [node, overview] = await Promise.all([this.node(), this.ask('/overview')])
    const { messages = 0 } = overview.queue_totals
    const { publish = 0, ack = 0 } = overview.message_stats
    const rate = (name, now) =>
      Math.round(((now - this.before[name]) * 1000) / (Date.now() - this.before.at)).toLocaleString('en')
    const cells = [
      `${Math.round((Date.now() - this.began) / 1000)} s`,
      messages.toLocaleString('en'),
      mib(node.mem_used),
      mib(rssOf(server.pid)),
      mib(this.highest),
      `${Math.round((100 * this.blocked) / this.looks)} %`,
      rate('publish', publish),
      rate('ack', ack),
    ]
    console.log(`| ${cells.join(' | ')} |`)
    this.before = { at: Date.now(), publish, ack }
    this.looks = this.blocked = 0
    return messages
  }

  async look() {
    this.highest = Math.max(this.highest, rssOf(server.pid))
    this.looks++
    if ((await this.node()).mem_alarm) this.blocked++
  }

  async node() {
    return (await this.ask('/nodes'))[0]
  }

  async ask(path) {
    const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` }
    return (await fetch(`${this.http}/api${path}`, { headers })).json()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'leveret-backpressure-'))
const where = values['in-memory'] ? ['--in-memory'] : ['--data-dir', folder]
const ports = ['--port', '0', '--management-port', '0', '--no-prometheus']
const flags = [
  'serve',
  ...where,
  ...ports,
  '--vm-memory-high-watermark',
  values.limit,
  '--log-level',
  'error',
]
const server = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
let consumer
let load
try {
  const urls = await saidAddresses(server, { needsHttp: true })
  consumer = await consumers(urls.amqp)
  load = publishers(urls.amqp)
  console.log(
    '| after | messages held | used | RSS | highest RSS | blocked | published/s | acknowledged/s |\n|---|---|---|---|---|---|---|---|',
  )
  const watch = new Watch(urls.http)
  await watch.during(Number(values.minutes) * 60_000)
  load.kill('SIGINT')
  consumer.hurry()
  await watch.untilEmpty()
} finally {
  load?.kill('SIGKILL')
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
  await consumer?.close()
}

async function consumers(url) {
  const opened = []
  let waitMs = SLOW_MS
  for (let i = 0; i < PAIRS; i++) {
    const connection = await amqp.connect(url)
    connection.on('error', () => {})
    const channel = await connection.createChannel()
    await channel.assertQueue(`slow-${i}`, { durable: false })
    await channel.prefetch(1)
    const take = delivery => {
      const acknowledge = () => channel.ack(delivery)
      if (waitMs === 0) acknowledge()
      else setTimeout(acknowledge, waitMs)
    }
    await channel.consume(`slow-${i}`, take)
    opened.push({ connection, channel })
  }
  return {
    hurry: () => {
      waitMs = 0
      for (const [i, { channel }] of opened.entries()) {
        channel.prefetch(500)
        channel.consume(`slow-${i}`, delivery => channel.ack(delivery))
      }
    },
    close: () => Promise.all(opened.map(({ connection }) => connection.close().catch(() => {}))),
  }
}

function publishers(url) {
  const counts = ['--publishers', `${PAIRS}`, '--consumers', '0', '--queues', `${PAIRS}`, '--queue', 'slow']
  const args = ['bench', '--url', url, ...counts, '--keep', '--size', values.size, '--duration', '86400']
  return spawn(process.execPath, [main, ...args], { stdio: 'ignore' })
}

function rssOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
}

function mib(bytes) {
  return `${Math.round(bytes / MIB)} MiB`
}
