// How long pages of ten thousand queues take while the broker is busy, and what that costs the load.
//
//     node bench/http-lists.mjs [seconds of load] [messages per second]
//
// Starts dist's broker, fills it, loads it with `leveret bench` and asks page after page; prints medians and maxima.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { saidAddresses } from './said-addresses.mjs'

const require = createRequire(import.meta.url)
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const [seconds = '20', rate = '100000'] = process.argv.slice(2)
const QUEUES = 10_000
const ROUNDS = 15

const pages = [
  'page=1&page_size=100',
  'page=50&page_size=100&sort=name',
  'page=1&page_size=100&sort=messages&sort_reverse=true',
  'page=1&page_size=100&sort=message_stats.publish_details.rate&sort_reverse=true',
  'page=1&page_size=100&name=77',
  'page=1&page_size=100&name=%5Eq-1.*7%24&use_regex=true',
  'page=1&page_size=500',
]

const server = spawn(
  process.execPath,
  [main, 'serve', '--port', '0', '--management-port', '0', '--prometheus-port', '0'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const { amqp, http } = await saidAddresses(server, { needsHttp: true })
try {
  await fill()
  await ask('alone', pages, ROUNDS)
  const [withoutPages] = [await load(() => new Promise(resolve => setTimeout(resolve, 1)))]
  const withPages = await load(async () => {
    await ask(`beside ${rate} msg/s`, pages, ROUNDS)
    await ask(`beside ${rate} msg/s, all of it`, ['', 'columns=name,messages'], 3)
  })
  console.log(`\nload without requests: ${withoutPages}\nload with requests:    ${withPages}`)
} finally {
  server.kill()
}

async function fill() {
  const connection = await require('amqplib').connect(amqp)
  const channel = await connection.createConfirmChannel()
  for (let i = 0; i < QUEUES; i += 200) {
    await Promise.all(
      Array.from({ length: 200 }, (_, j) =>
        channel.assertQueue(`q-${((i + j) * 7919) % 10_007}-${i + j}`, { durable: false }),
      ),
    )
  }
  await connection.close()
}

async function ask(title, queries, rounds) {
  console.log(`\n${title}`)
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`
  for (const query of queries) {
    const times = []
    let bytes = 0
    for (let round = 0; round < rounds; round++) {
      const begun = performance.now()
      const answer = await fetch(`${http}/api/queues?${query}`, { headers: { authorization } })
      bytes = (await answer.text()).length
      times.push(performance.now() - begun)
    }
    times.sort((a, b) => a - b)
    const [median, most] = [times[times.length >> 1], times[times.length - 1]]
    console.log(
      `  ${query.padEnd(80)} ${median.toFixed(1)} ms, at most ${most.toFixed(1)} ms, ${bytes} bytes`,
    )
  }
}

/** What `leveret bench` says of its rate and latency, while `meanwhile` runs. */
async function load(meanwhile) {
  const bench = spawn(process.execPath, [main, 'bench', '--url', amqp, '--rate', rate, '--duration', seconds])
  let said = ''
  bench.stdout.on('data', chunk => {
    said += chunk
  })
  const ended = new Promise(resolve => bench.once('close', resolve))
  await new Promise(resolve => setTimeout(resolve, 3000))
  await meanwhile()
  await ended
  return said
    .split('\n')
    .filter(line => /published|consumed|latency/.test(line))
    .map(line => line.trim().replace(/\s+/g, ' '))
    .join(', ')
}
