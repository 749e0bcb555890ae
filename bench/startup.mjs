/**
 * `npm run bench -- startup`, or `node bench/startup.mjs` on what dist/ holds: what a test suite waits for. From the start
 * of a process to the first connection and the first message, and what a broker for each test costs; as Markdown tables.
 * The sides take turns, every start is that of a fresh process, and medians count.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dist, startLeveret, startRabbitMq } from './compare/brokers.mjs'
import { markdownTable, median, rate, time } from './compare/tables.mjs'
import { oneMessage } from './startup/one-test.mjs'

const usage = `npm run bench -- startup [options]

  --rabbitmq     this machine's rabbitmq-server beside it
  --rounds <n>   starts of every side (default 5)
  --tests <n>    tests in a suite (default 100)
  --only <text>  only sides with the text in their name
  --help         this

Without npm it is node bench/startup.mjs, which runs what dist/ holds.`

try {
  const options = readOptions()
  if (options.help) console.log(usage)
  else await measure(options)
} catch (cause) {
  console.error(`startup: ${cause.message}`)
  process.exit(1) // which ends the brokers that were started
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      rabbitmq: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      tests: { type: 'string', default: '100' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  const [rounds, tests] = [Number(values.rounds), Number(values.tests)]
  for (const [name, number] of Object.entries({ rounds, tests }))
    if (!(Number.isInteger(number) && number > 0)) throw new Error(`--${name} must be a whole number above 0`)
  return { ...values, rounds, tests }
}

async function measure({ rabbitmq, rounds, tests, only }) {
  if (!existsSync(join(dist, 'testing'))) throw new Error('there is no dist/: npm run build')
  console.log(`${machine()}; medians of ${rounds} rounds\n`)
  const sides = [
    inProcess('TestBroker', 'tcp'),
    inProcess('TestBroker without a port', 'in-process'),
    server('leveret serve --in-memory', () => startLeveret()),
    server('leveret serve', () => startLeveret({ durable: true })),
    server('leveret serve --no-management --no-prometheus', () =>
      startLeveret({ durable: true, bare: true }),
    ),
    { name: 'leveret exec -- true, from start to end', start: async () => ({ accepting: execMs() }) },
    ...(rabbitmq ? [server('rabbitmq-server, without plugins', () => startRabbitMq())] : []),
  ]
  const inTurns = (all, run) =>
    takingTurns(
      all.filter(({ name }) => name.includes(only)),
      rounds,
      run,
    )
  printStarts(await inTurns(sides, side => side.start()))
  const suites = [
    suite('a TestBroker each', 'isolated', 'tcp', tests),
    suite('a TestBroker each, amqplib with noDelay', 'isolated', 'tcp', tests, 'noDelay'),
    suite('a TestBroker each, without a port', 'isolated', 'in-process', tests),
    suite('one TestBroker, reset after each', 'reset', 'tcp', tests),
    shared('one leveret serve for all, not isolated', () => startLeveret(), tests),
    ...(rabbitmq ? [shared('one rabbitmq-server for all, not isolated', () => startRabbitMq(), tests)] : []),
  ]
  printSuites(tests, await inTurns(suites, one => one.run()))
  const trips = [
    { name: 'TestBroker', run: () => child('trips', 'tcp') },
    { name: 'TestBroker without a port', run: () => child('trips', 'in-process') },
  ]
  printTrips(await inTurns(trips, one => one.run()))
}

/** Forwards and backwards by turns: whoever comes second finds a warmer, or a more tired, machine. */
async function takingTurns(sides, rounds, run) {
  const runs = new Map(sides.map(side => [side, []]))
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      progress(`round ${round + 1} of ${rounds}: ${side.name}`)
      runs.get(side).push(await run(side))
    }
  }
  progress('')
  return [...runs]
}

function inProcess(name, transport) {
  return { name, start: () => child('start', transport) }
}

function server(name, start) {
  return {
    name,
    async start() {
      const broker = await start()
      const begun = performance.now()
      await oneMessage(broker.url)
      const through = broker.startMs + performance.now() - begun
      await broker.stop()
      return { accepting: broker.startMs, through }
    },
  }
}

function execMs() {
  const begun = performance.now()
  execFileSync(process.execPath, [join(dist, 'main.js'), 'exec', '--', 'true'], { stdio: 'ignore' })
  return performance.now() - begun
}

function suite(name, what, transport, tests, ...more) {
  return { name, run: async () => ({ times: await child(what, transport, String(tests), ...more), own: 0 }) }
}

function shared(name, start, tests) {
  return {
    name,
    async run() {
      const broker = await start()
      const times = await child('shared', broker.url, String(tests))
      await broker.stop()
      return { times, own: broker.startMs }
    },
  }
}

function child(...args) {
  return new Promise((resolve, reject) => {
    const program = join(import.meta.dirname, 'startup/child.mjs')
    execFile(process.execPath, [program, ...args], (failure, output, complaints) => {
      if (failure === null) resolve(JSON.parse(output))
      else reject(new Error(`${args.join(' ')}: ${complaints.trim() || failure.message}`))
    })
  })
}

function printStarts(results) {
  if (results.length === 0) return
  const head = [
    'From the start of a process',
    'first connection',
    'first message through',
    'start alone',
    'another start',
  ]
  const rows = results.map(([{ name }, runs]) => [
    name,
    ...['accepting', 'through', 'first'].map(key => cell(runs.map(run => run[key]))),
    cell(runs.flatMap(run => run.warm ?? [])),
  ])
  console.log(`${markdownTable(head, rows)}\n`)
}

function printSuites(tests, results) {
  if (results.length === 0) return
  const head = [`${tests} tests`, 'all', 'a test', 'slowest test', 'the broker itself before them']
  const rows = results.map(([{ name }, runs]) => [
    name,
    cell(runs.map(({ times }) => times.reduce((sum, ms) => sum + ms, 0))),
    cell(runs.flatMap(({ times }) => times)),
    cell(runs.map(({ times }) => Math.max(...times))),
    cell(runs.map(({ own }) => own).filter(ms => ms > 0)),
  ])
  console.log(`${markdownTable(head, rows)}\n`)
}

function printTrips(results) {
  if (results.length === 0) return
  const head = [
    'Messages, by amqplib in the same process',
    'publish to consumer',
    'per second, as fast as it goes',
  ]
  const rows = results.map(([{ name }, runs]) => [
    name,
    cell(runs.flatMap(({ times }) => times)),
    rate(median(runs.map(({ perSecond }) => perSecond))),
  ])
  console.log(markdownTable(head, rows))
}

/** Milliseconds; those that a side does not have are left out. */
function cell(values) {
  const found = median(values.filter(value => value !== undefined))
  return found === undefined ? undefined : time(found * 1000)
}

function machine() {
  const [cpu] = cpus()
  return `${cpu?.model.trim()}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
