/** Everyone who works on a broker during one life of it. */
import { consumer } from './actors/consumer'
import { getter } from './actors/getter'
import { mover } from './actors/mover'
import type { Owner } from './actors/owner'
import { publisher } from './actors/publisher'
import { taker } from './actors/taker'
import type { Topologist } from './actors/topologist'
import { transactor } from './actors/transactor'
import { vandal } from './actors/vandal'
import { LinkLost } from './link'
import { ROUTES, TO_DOOMED, TO_MOVED } from './places'
import type { LoadPlan } from './plan'
import type { Random } from './random'
import type { Stage } from './stage'

export interface Residents {
  readonly owners: readonly Owner[]
  readonly topologist: Topologist
}

/** Settles when all of them are done: the stage is over and everything was answered, or the broker is gone. */
export async function perform(
  stage: Stage,
  random: Random,
  plan: LoadPlan,
  residents: Residents,
): Promise<void> {
  const { consumers, getters, hasTaker, publishers, transactors } = plan
  const performances = [
    ...residents.owners.map((owner, at) => owner.run(stage, random.fork(`owner ${at}`))),
    residents.topologist.run(stage, random.fork('topologist')),
    vandal(stage, random.fork('vandal')),
    mover(stage, random.fork('mover')),
    ...(hasTaker ? [taker(stage, random.fork('taker'))] : []),
    ...publishers.map((window, at) => {
      const name = `publisher ${at}`
      const routes = [...ROUTES, TO_DOOMED, TO_MOVED, TO_MOVED]
      return publisher(stage, random.fork(name), { name, window, routes, messages: plan.messages })
    }),
    ...consumers.map(({ queue, style }, at) => {
      const name = `consumer ${at}`
      return consumer(stage, random.fork(name), { name, queue, style })
    }),
    ...getters.map(queue => getter(stage, random.fork(`getter ${queue}`), `getter ${queue}`, queue)),
    ...Array.from({ length: transactors }, (_, at) => transactor(stage, random.fork(`tx ${at}`), String(at))),
  ]
  await Promise.all(performances.map(performance => performance.catch(error => failed(stage, error))))
}

function failed(stage: Stage, error: unknown): void {
  if (!(error instanceof LinkLost))
    stage.ledger.complain(error instanceof Error ? error.message : String(error))
}
