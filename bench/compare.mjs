/**
 * `npm run bench -- compare`, or `node bench/compare.mjs` on what dist/ holds: Leveret beside other brokers on this
 * machine, under the same load, as Markdown tables.
 *
 * The sides take turns, round after round, so that what else the machine does hits all of them; the median of the rounds
 * counts. The load is `leveret bench` in a process of its own, on the same machine: absolute numbers are this machine's,
 * and the ratios are what can be compared.
 */
import { execFile } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dist, startLeveret, startRabbitMq } from './compare/brokers.mjs'
import { cases, measures } from './compare/cases.mjs'
import { createBrokerMs, idleBytes, leveretFootprint } from './compare/footprint.mjs'
import { elsewhere } from './compare/processes.mjs'
import { markdownTable, mebibytes, median, rate, ratio, time } from './compare/tables.mjs'

/** Linux' magic number of the file system. */
const TMPFS = 0x0102_1994

const usage = `npm run bench -- compare [options]

  --rabbitmq             start this machine's rabbitmq-server and compare with it
  --with [name=]<url>    compare with the broker at amqp://…; may be given more than once
  --durable              a second Leveret, which keeps its data on disk
  --rounds <n>           runs of every case and side, of which the median counts (default 3)
  --seconds <n>          length of a run (default 5)
  --only <text>          only cases with the text in their title; given twice, with both
  --load-only            without start-up times and idle memory
  --help                 this

Without npm it is node bench/compare.mjs, which runs what dist/ holds.`

try {
  const options = readOptions()
  if (options.help) console.log(usage)
  else await compare(options)
} catch (cause) {
  console.error(`compare: ${cause.message}`)
  process.exit(1) // which ends the brokers that were started
}

async function compare(options) {
  const chosen = cases.filter(({ title }) => options.only.every(text => title.includes(text)))
  if (chosen.length === 0) throw new Error(`no case has ${options.only.join(' and ')} in its title`)
  if (!existsSync(join(dist, 'main.js'))) throw new Error('there is no dist/: npm run build')
  const others = await Promise.all(options.with.map(elsewhere))
  console.log(`${machine()}; medians of ${options.rounds} × ${options.seconds} s`)
  if (statfsSync(tmpdir()).type === TMPFS)
    console.log(
      `\n${tmpdir()} is in memory, where no fsync costs anything: set TMPDIR to a folder on a disk.`,
    )

  const rabbitMq = options.rabbitmq ? [await startRabbitMq()] : []
  const footprint = options['load-only'] ? [] : await measureFootprint(rabbitMq)
  const leverets = [await startLeveret(), ...(options.durable ? [await startLeveret({ durable: true })] : [])]
  const sides = [...leverets, ...rabbitMq, ...others]
  const results = await measureLoad(sides, chosen, options)
  printLoad(sides, results)
  if (footprint.length > 0) console.log(`\n${footprint.join('\n')}`)
  for (const side of sides) await side.stop()
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      rabbitmq: { type: 'boolean', default: false },
      with: { type: 'string', multiple: true, default: [] },
      durable: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      only: { type: 'string', multiple: true, default: [] },
      'load-only': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const rounds = Number(values.rounds)
  const seconds = Number(values.seconds)
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds must be a whole number above 0')
  if (!(seconds > 0 && seconds <= 3600)) throw new Error('--seconds must be a number above 0, at most 3600')
  return { ...values, rounds, seconds }
}

/** The cases, each with the runs of every side. */
async function measureLoad(sides, chosen, { rounds, seconds }) {
  const results = chosen.map(one => ({ ...one, runs: sides.map(() => []) }))
  for (const side of sides) await load(side, ['--size', '16'], Math.min(seconds, 1)) // compiled and warm
  for (let round = 0; round < rounds; round++) {
    for (const { title, flags, runs } of results) {
      progress(`round ${round + 1} of ${rounds}: ${title}`)
      for (const index of inTurn(sides, round)) runs[index].push(await load(sides[index], flags, seconds))
    }
  }
  progress('')
  return results
}

/** Forwards and backwards by turns: whoever comes second finds a warmer, or a more tired, machine. */
function inTurn(sides, round) {
  const indexes = sides.map((_, index) => index)
  return round % 2 === 0 ? indexes : indexes.reverse()
}

function load(side, flags, seconds) {
  const pid = side.pid === undefined ? [] : ['--pid', String(side.pid)]
  const args = [
    join(dist, 'main.js'),
    'bench',
    '--json',
    '--url',
    side.url,
    '--duration',
    String(seconds),
    ...pid,
  ]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...args, ...flags], (failure, output, complaints) => {
      if (failure === null) resolve(JSON.parse(output))
      else reject(new Error(`${side.name}: ${complaints.trim() || failure.message}`))
    })
  })
}

function printLoad(sides, results) {
  const pairs = sides
    .filter(({ isOurs }) => isOurs)
    .flatMap(ours => sides.filter(({ isOurs }) => !isOurs).map(theirs => [ours, theirs]))
  const names = sides.map(({ name }) => name)
  const ratios = pairs.map(([ours, theirs]) => `${ours.name} : ${theirs.name}`)
  const rows = results.map(row => {
    const consumed = new Map(sides.map((side, index) => [side, medianOf(row.runs[index], 'consumed_per_s')]))
    const times = pairs.map(([ours, theirs]) =>
      row.isKept && !ours.keeps ? undefined : ratio(consumed.get(ours), consumed.get(theirs)),
    )
    return [row.title, ...row.runs.map(rateCell), ...times]
  })
  console.log(`\n${markdownTable(['Messages per second, consumed', ...names, ...ratios], rows)}`)
  if (pairs.length > 0 && results.some(({ isKept }) => isKept))
    console.log(
      '\nLeveret in memory keeps nothing, so its persistent messages have no ratio; with --durable it has one.',
    )
  for (const { title, of } of measures) {
    const cells = results.map(row => [row.title, ...row.runs.map(runs => measureCell(runs, of))])
    if (cells.flatMap(row => row.slice(1)).some(cell => cell !== undefined))
      console.log(`\n${markdownTable([title, ...names], cells)}`)
  }
}

/** What was published is told where it was more: there the consumer, or the broker, did not keep up. */
function rateCell(runs) {
  const consumed = medianOf(runs, 'consumed_per_s')
  const published = medianOf(runs, 'published_per_s')
  return published > consumed * 1.05 ? `${rate(consumed)} of ${rate(published)}` : rate(consumed)
}

function medianOf(runs, key) {
  return median(runs.map(run => run[key]))
}

function measureCell(runs, of) {
  const found = median(runs.map(of).filter(value => value !== undefined))
  return found === undefined ? undefined : time(found)
}

/** Lines of Markdown. Before the load, for memory that was used once is seldom given back. */
async function measureFootprint(rabbitMq) {
  progress('start-up times and idle memory')
  const columns = [{ name: 'Leveret, in memory', ...(await leveretFootprint()) }]
  for (const side of rabbitMq) columns.push({ ...side, ...(await idleBytes(side)) })
  const { first, later } = createBrokerMs()
  progress('')
  const rows = [
    ['Process start to first accepted connection', ...columns.map(({ startMs }) => time(startMs * 1000))],
    ['Memory after start', ...columns.map(({ before }) => mebibytes(before))],
    ['Memory with 1,000 idle connections', ...columns.map(side => mebibytes(side.with))],
    ['`createBroker()`, first in its process', time(first * 1000)],
    ['`createBroker()`, after that', time(later * 1000)],
  ]
  return [markdownTable(['Before the first message', ...columns.map(({ name }) => name)], rows)]
}

function machine() {
  const [cpu] = cpus()
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpu.model.trim()}, ${gibibytes} GiB, ${process.platform} ${release()}, Node ${process.version}`
}

/** On a terminal one line that is written over; otherwise nothing. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
