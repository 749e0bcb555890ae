/**
 * `--against amqp://…` is the oracle; `--management http://…` makes a virtual host of its own there, else that of the URL
 * is used, which should be empty. Each kind of difference is shrunk and shown once, and counted.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ManagementApi } from '../support/management-api'
import { parseUrl } from '../support/url'
import { type Difference, differenceIn, type Sides } from './compare'
import { programFor } from './generate'
import { shrink } from './shrink'
import { Side } from './side'
import { describeStep, type Program, type Step } from './step'

interface Broker {
  readonly url: string
  readonly managementUrl: string
  close(): Promise<void>
}

const dist = join(__dirname, '../../dist')
const REPEATS = 3

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: { type: 'string' },
      management: { type: 'string' },
      seed: { type: 'string' },
      programs: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      steps: { type: 'string', default: '60' },
      quorum: { type: 'string', default: '0.05' },
      policies: { type: 'string', default: '0.15' },
      compat: { type: 'string', default: '3.13' },
    },
  })
  if (values.against === undefined) throw new Error('say --against amqp://…, the RabbitMQ to compare with')
  const vhost = values.management === undefined ? undefined : `explorer-${process.pid}`
  const api = new ManagementApi(values.management ?? 'http://127.0.0.1:15672')
  const target = { ...parseUrl(values.against), ...(vhost !== undefined && { vhost }) }
  if (vhost !== undefined) {
    await api.send('PUT', `/vhosts/${vhost}`)
    await api.send('PUT', `/permissions/${vhost}/${target.user}`, {
      configure: '.*',
      write: '.*',
      read: '.*',
    })
  }
  const broker = await startOwn(values.compat, target.vhost)
  const sides = {
    oracle: await Side.open(target, vhost === undefined ? undefined : api),
    ours: await Side.open(
      { ...parseUrl(broker.url), vhost: target.vhost },
      new ManagementApi(managementOf(broker)),
    ),
  }
  const first = Number(values.seed ?? Date.now() % 1_000_000_000)
  const count = Number(values.programs ?? (values.seed === undefined ? Number.POSITIVE_INFINITY : 1))
  const often = {
    quorum: Number(values.quorum),
    policies: vhost === undefined ? 0 : Number(values.policies),
  }
  const exploring = new Exploring(sides, values.verbose)
  let isStopped = false
  process.once('SIGINT', () => {
    isStopped = true
  })
  for (let seed = first; seed < first + count && !isStopped; seed++)
    await exploring.run(programFor(String(seed), Number(values.steps), often))
  console.log(exploring.summary())
  await sides.oracle.close()
  await sides.ours.close()
  await broker.close()
  if (vhost !== undefined) await api.send('DELETE', `/vhosts/${vhost}`)
  process.exitCode = exploring.kinds.size === 0 ? 0 : 1
}

class Exploring {
  /** Of differences, how often each. */
  readonly kinds = new Map<string, number>()
  private readonly known = new Map<string, number>()
  private readonly started = Date.now()
  private programs = 0
  private undecided = 0

  constructor(
    private readonly sides: Sides,
    private readonly isVerbose: boolean,
  ) {}

  async run(program: Program): Promise<void> {
    this.programs++
    if (this.programs % 200 === 0) console.log(this.line())
    const found = await differenceIn(program, this.sides, {
      seen: name => this.known.set(name, (this.known.get(name) ?? 0) + 1),
      told: (step, oracle, ours) => {
        if (this.isVerbose) console.log([describeStep(step), ...sideBySide(oracle, ours)].join('\n'))
      },
    })
    if (found === undefined) return
    const times = this.kinds.get(found.kind) ?? 0
    if (times > 0) {
      this.kinds.set(found.kind, times + 1)
      return
    }
    await this.show(program, found)
  }

  summary(): string {
    const rows = (title: string, counts: ReadonlyMap<string, number>) =>
      [...counts].map(([name, times]) => `  ${title} ${String(times).padStart(6)}  ${name}`)
    return [...rows('known', this.known), ...rows('differs', this.kinds), this.line()].join('\n')
  }

  /** What cannot be repeated is chance on one of the sides: it is told, but is no difference. */
  private async show(program: Program, found: Difference): Promise<void> {
    const again = (steps: readonly Step[]) => differenceIn({ steps }, this.sides)
    const { steps, difference } = await shrink(program, found, again)
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const repeated = await again(steps)
      if (repeated?.oracle.join() === difference.oracle.join()) continue
      this.undecided++
      console.log(`\nseed ${program.seed}: not the same every time, ${found.kind}`)
      console.log(steps.map(describeStep).join('\n'))
      return
    }
    this.kinds.set(found.kind, 1)
    console.log(`\nseed ${program.seed}: ${found.kind}`)
    console.log(steps.map(describeStep).join('\n'))
    console.log(unlike(difference))
  }

  private line(): string {
    const seconds = (Date.now() - this.started) / 1000
    return `${this.programs} programs in ${seconds.toFixed(0)} s, ${this.kinds.size} kinds of difference, ${this.undecided} undecided`
  }
}

function sideBySide(oracle: readonly string[], ours: readonly string[]): string[] {
  if (oracle.join('\n') === ours.join('\n')) return oracle.map(line => `  both     ${line}`)
  return [...oracle.map(line => `  oracle   ${line}`), ...ours.map(line => `  leveret  ${line}`)]
}

/** Lines of the two sides, without those that are in both. */
function unlike({ oracle, ours }: Difference): string {
  const theirs = oracle.filter(line => !ours.includes(line)).map(line => `  oracle   ${line}`)
  const own = ours.filter(line => !oracle.includes(line)).map(line => `  leveret  ${line}`)
  return theirs.length + own.length === 0 ? '  another order' : [...theirs, ...own].join('\n')
}

function managementOf({ managementUrl }: Broker): string {
  return managementUrl.replace('//', '//guest:guest@')
}

async function startOwn(compat: string, vhost: string): Promise<Broker> {
  if (!existsSync(dist)) throw new Error('there is no dist/: build first')
  const { createBroker } = require(dist) as { createBroker(options: object): Promise<Broker> }
  return await createBroker({
    port: 0,
    logLevel: 'silent',
    management: true,
    managementPort: 0,
    prometheus: false,
    compat,
    defaultVhost: vhost,
  })
}
