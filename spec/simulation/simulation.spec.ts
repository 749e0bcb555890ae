/** Whole brokers, clients and disks on seeds. `npm run simulate` goes on with more of them. */
import { planFor } from './plan/plan'
import { describeFailure } from './report'
import { type Outcome, simulate } from './run'
import { shrink } from './shrink'

const SEEDS = 50
const STEPS = 100

/** Seeds in which what has not happened yet may still do: what is in plans may change, and with it what their seeds meet. */
const FURTHER_SEEDS = 500

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
  'refused: configure queue',
  'refused: write exchange',
  'refused: read queue',
  'refused: write topic',
  'login refused',
  'user deleted while connected',
  'duplicate at an exchange',
] as const

// Two at a time would be in each other's way: a busy machine must not begin the next one early.
jest.setTimeout(600_000)

describe('a simulation', () => {
  const happened = new Map<string, number>()

  it(`finds nothing wrong with ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) await run(seed)
  })

  it('has everything happen that can', async () => {
    const missing = (): string[] => MUST_HAPPEN.filter(what => !happened.has(what))
    for (let seed = SEEDS + 1; missing().length > 0 && seed <= SEEDS + FURTHER_SEEDS; seed++) await run(seed)
    expect(missing()).toEqual([])
  })

  async function run(seed: number): Promise<void> {
    const plan = planFor(String(seed), STEPS)
    const outcome = await simulate(plan)
    for (const [what, times] of outcome.happened) happened.set(what, (happened.get(what) ?? 0) + times)
    if (outcome.violations.length === 0) return
    const shrunk = await shrink(plan, outcome)
    throw new Error(describeFailure(plan, outcome, shrunk, await simulate(shrunk)))
  }

  it('is the same byte for byte when its seed is the same, and another when it is not', async () => {
    const outcomeOf = (seed: string): Promise<Outcome> => simulate(planFor(seed))
    const first = await outcomeOf('77')
    expect(await outcomeOf('77')).toEqual(first)
    expect((await outcomeOf('78')).digest).not.toBe(first.digest)
  })
})
