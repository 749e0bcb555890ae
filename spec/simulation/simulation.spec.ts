/** Whole brokers, clients and disks on seeds. `npm run simulate` goes on with more of them. */
import { planFor } from './plan/plan'
import { describeFailure } from './report'
import { type Outcome, simulate } from './run'
import { shrink } from './shrink'

const SEEDS = 50
const STEPS = 100

/** Each of these must happen somewhere, or the simulation shows nothing. */
const MUST_HAPPEN = [
  'crash',
  'cut',
  'stall',
  'settle',
  'redelivered',
  'refused',
  'died: expired',
  'died: maxlen',
  'died: rejected',
  'died: delivery_limit',
  'dead letter arrived',
  'duplicate',
  'released',
  'replaceVhost',
  'connection error 320',
  'moved',
  'moved not',
  'queue drained',
  'messages survived',
  'batch not written: the disk is full',
  'heard basic.deliver',
  'heard basic.get-ok',
  'heard basic.return',
  'heard basic.ack',
  'heard basic.nack',
  'heard basic.recover-ok',
  'heard basic.cancel',
  'heard tx.commit-ok',
  'heard tx.rollback-ok',
  'heard channel.close',
  'heard connection.close-ok',
  'policy.set',
] as const

// Two at a time would be in each other's way: a busy machine must not begin the next one early.
jest.setTimeout(600_000)

describe('a simulation', () => {
  const happened = new Map<string, number>()

  it(`finds nothing wrong with ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = planFor(String(seed), STEPS)
      const outcome = await simulate(plan)
      for (const [what, times] of outcome.happened) happened.set(what, (happened.get(what) ?? 0) + times)
      if (outcome.violations.length === 0) continue
      const shrunk = await shrink(plan, outcome)
      throw new Error(describeFailure(plan, outcome, shrunk, await simulate(shrunk)))
    }
  })

  it('has everything happen that can', async () => {
    expect(MUST_HAPPEN.filter(what => !happened.has(what))).toEqual([])
  })

  it('is the same byte for byte when its seed is the same, and another when it is not', async () => {
    const run = (seed: string): Promise<Outcome> => simulate(planFor(seed))
    const first = await run('77')
    expect(await run('77')).toEqual(first)
    expect((await run('78')).digest).not.toBe(first.digest)
  })
})
