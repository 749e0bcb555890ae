/** One simulation: a plan from beginning to end. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../crash/random'
import { Findings } from './findings'
import type { Plan } from './plan/plan'
import { startOver, take } from './steps/steps'
import { withSeededChance } from './world/chance'
import { checkCounters, checkRest } from './world/checks'
import type { Faults } from './world/faults'
import { World } from './world/world'

/** In memory where there is such a place: nothing is learnt here from how long a real disk takes to sync. */
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const ROUNDS_MAX = 1000

export interface Outcome {
  readonly violations: readonly string[]
  /** Of everything that went over the wires, in order. */
  readonly digest: string
  readonly happened: ReadonlyMap<string, number>
  /** Steps taken until the first violation. */
  readonly steps: number
}

export async function simulate(plan: Plan, faults: Faults = {}): Promise<Outcome> {
  const folder = mkdtempSync(join(FAST, 'leveret-simulation-'))
  try {
    const random = new Random(`simulation/${plan.seed}/run`)
    return await withSeededChance(random.fork('chance'), () =>
      run(plan, join(folder, 'leveret.db'), random, faults),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(plan: Plan, file: string, random: Random, faults: Faults): Promise<Outcome> {
  startOver()
  const findings = new Findings()
  const world = new World(file, random, findings, plan.compat, faults)
  const progress = { steps: 0 }
  try {
    await go(world, plan, progress)
  } catch (error) {
    findings.wrong(`something was thrown: ${error instanceof Error ? error.stack : String(error)}`)
  }
  world.end()
  const { violations, happened } = findings
  return { violations, happened, steps: progress.steps, digest: world.digest.digest('hex') }
}

async function go(world: World, plan: Plan, progress: { steps: number }): Promise<void> {
  const { findings } = world
  for (const step of plan.steps) {
    progress.steps++
    await moved(world)
    findings.saw(take(world, plan, step) ? step.op : `${step.op} (left out)`)
    for (let ticks = step.ticks; ticks > 0; ticks--) world.tick()
    checkCounters(world)
    if (step.op === 'settle') checkRest(world)
    if (findings.violations.length > 0) return
  }
  await end(world)
}

/** What moves messages goes on between two steps; nothing else waits for promises. */
async function moved({ vhost }: World): Promise<void> {
  if (vhost.transfers.size > 0) await new Promise(resolve => setImmediate(resolve))
}

/** All faults are mended, everything comes to rest; then the last crash. */
async function end(world: World): Promise<void> {
  world.disk.isFull = false
  world.setMemoryAlarm(false)
  for (const { link } of world.clients.values()) link.stalled.toServer = link.stalled.toClient = false
  world.settle()
  for (let rounds = 0; world.vhost.transfers.size > 0 && rounds < ROUNDS_MAX; rounds++) {
    await moved(world)
    world.settle()
  }
  world.findings.require(world.vhost.transfers.size === 0, () => 'a move does not come to an end')
  checkCounters(world)
  checkRest(world)
  if (world.findings.violations.length > 0) return
  world.crash()
  world.settle()
  checkCounters(world)
  checkRest(world)
}
