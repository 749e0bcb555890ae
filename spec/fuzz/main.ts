/** `npm run fuzz`: one target after the other, round after round, until the time is over or something is found. */

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Campaign, type Found, told } from './campaign'
import { coverageOf } from './coverage'
import { shown, type Target } from './target'
import { targets } from './targets'
import { Watchdog } from './watchdog'

const USAGE = `node scripts/fuzz.mjs [--target NAME]… [--minutes N] [--seed S] [--slow-seconds N]
targets: ${targets.map(({ name }) => name).join(', ')}`

/** Of a target, before the next has its turn. */
const TURN_SECONDS = 60
/** From here on one wants to see which input it was. */
const SHOWN_SLOW_MS = 500

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string', multiple: true },
      minutes: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(Date.now()) },
      'slow-seconds': { type: 'string', default: '30' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return void process.stdout.write(`${USAGE}\n`)
  const chosen = chosenTargets(values.target)
  const minutes = Number(values.minutes)
  const until = minutes > 0 ? Date.now() + minutes * 60_000 : Number.POSITIVE_INFINITY
  const slowFile = join(tmpdir(), `leveret-fuzz-slow-${process.pid}.txt`)
  const watchdog = new Watchdog(Number(values['slow-seconds']), slowFile)
  for (let round = 0; Date.now() < until; round++) {
    for (const target of chosen) {
      const seed = round === 0 ? values.seed : `${values.seed}-${round}`
      const found = await turnOf(target, seed, Math.min(until, Date.now() + TURN_SECONDS * 1000), watchdog)
      if (found === undefined) continue
      process.stdout.write(`${told(found)}\n`)
      process.exitCode = 1
      return await watchdog.stop()
    }
  }
  await watchdog.stop()
}

async function turnOf(
  target: Target,
  seed: string,
  until: number,
  watchdog: Watchdog,
): Promise<Found | undefined> {
  const coverage = coverageOf((globalThis as { __coverage__?: unknown }).__coverage__)
  const started = Date.now()
  const slow = { ms: 0, input: '' }
  let last = { at: started, input: '' }
  const campaign = new Campaign(target, {
    seed,
    ...(coverage === undefined ? {} : { coverage }),
    goesOn: () => Date.now() < until,
    feeding: input => {
      const now = Date.now()
      if (now - last.at > slow.ms && last.input !== '')
        Object.assign(slow, { ms: now - last.at, input: last.input })
      last = { at: now, input: shown(input).slice(0, 300) }
      watchdog.begins(target.name, input)
    },
  })
  const found = await campaign.run()
  const seconds = (Date.now() - started) / 1000
  const megabytes = (process.memoryUsage().heapUsed / 1e6).toFixed(0)
  const slowest = `the slowest ${slow.ms} ms${slow.ms > SHOWN_SLOW_MS ? ` ${slow.input}` : ''}`
  process.stdout.write(
    `${target.name.padEnd(14)} seed ${seed}: ${campaign.done} inputs in ${seconds.toFixed(0)} s, ${campaign.kept} kept, ${megabytes} MB, ${slowest}\n`,
  )
  return found
}

function chosenTargets(names: readonly string[] | undefined): readonly Target[] {
  if (names === undefined) return targets
  return names.map(name => {
    const target = targets.find(known => known.name === name)
    if (target === undefined) throw new Error(`no target ${name}\n${USAGE}`)
    return target
  })
}
