// What 100 quiet connections notice of a busy one: their latency from publish to delivery, alone and beside a publisher that
// runs free.
//
//     node bench/fairness.mjs [--seconds 10] [--durable]
//
// Starts dist's broker and loads it with two runs of `leveret bench` at once. Each quiet publisher sends ten messages a
// second to a consumer of its own.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { saidAddresses } from './said-addresses.mjs'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    durable: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const QUIET = ['--publishers', '100', '--consumers', '100', '--queues', '100', '--rate', '1000']
const KEPT = values.durable ? ['--persistent', '--confirms', '1000'] : []

const cases = [
  ['nobody else', undefined],
  ['16 B, no acknowledgements', ['--size', '16']],
  ['1 KiB, no acknowledgements', ['--size', '1024']],
  ['16 B, ack every 50, prefetch 500', ['--size', '16', '--ack-every', '50', '--prefetch', '500']],
  ['1 KiB, ack every 50, prefetch 500', ['--size', '1024', '--ack-every', '50', '--prefetch', '500']],
  ['16 KiB, ack every 50, prefetch 500', ['--size', '16384', '--ack-every', '50', '--prefetch', '500']],
  [
    '100 of them, 16 B, ack every 50, prefetch 500',
    [
      ...['--publishers', '100', '--consumers', '100', '--queues', '100'],
      ...['--size', '16', '--ack-every', '50', '--prefetch', '500'],
    ],
  ],
]

console.log(
  '| the busy one | its messages per second | p50 of the quiet | p99 | highest |\n|---|---|---|---|---|',
)
for (const [name, busy] of cases) console.log(await measured(name, busy))

async function measured(name, busy) {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-fairness-'))
  const where = values.durable ? ['--data-dir', folder] : ['--in-memory']
  const flags = [
    'serve',
    ...where,
    '--port',
    '0',
    '--no-management',
    '--no-prometheus',
    '--log-level',
    'error',
  ]
  const server = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const { amqp: url } = await saidAddresses(server)
    const beside = busy && load(url, seconds + 4, [...busy, ...KEPT])
    // The quiet begin when the code of the busy one's path has been compiled.
    await new Promise(resolve => setTimeout(resolve, 3000))
    const quiet = await load(url, seconds, QUIET)
    const rate = beside === undefined ? '' : thousands((await beside).consumed_per_s)
    return `| ${name} | ${rate} | ${ms(quiet.lat_p50_us)} | ${ms(quiet.lat_p99_us)} | ${ms(quiet.lat_max_us)} |`
  } finally {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function load(url, duration, flags) {
  const args = [main, 'bench', '--url', url, '--duration', String(duration), '--json', ...flags]
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout)
}

function thousands(rate) {
  return `${Math.round(rate / 1000)} k`
}

function ms(microseconds) {
  return `${(microseconds / 1000).toFixed(1)} ms`
}
