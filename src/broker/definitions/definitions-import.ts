/** Puts definitions into a broker: some of them in each turn, so that ten thousand queues hold up nobody. */
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../../store/message-store'
import type { TurnWork } from '../../turn'
import type { Broker } from '../broker'
import { INTERNAL_USER } from '../events/events'
import { kept } from '../kept'
import { DefinitionPlan } from './definition-plan'
import { refusalOf } from './definition-records'
import type { Definitions } from './definitions'

export { DefinitionsRefused } from './definition-records'

/** About 2 ms of a turn. */
const STEPS_PER_TURN = 100
const RECORDS_PER_TURN = 1000

export interface ImportOptions {
  /** Who does it; default: the broker itself. */
  readonly actor?: string
  /** Everything goes into this virtual host, which is there. */
  readonly vhost?: string
}

/**
 * Ends when all of it would outlive a crash. What is there already is left as it is, or replaced where that is how it is
 * changed (users, policies, …), so a second import changes nothing.
 * @throws DefinitionsRefused before anything is changed; the same later only where somebody else changed it meanwhile
 */
export async function importDefinitions(
  broker: Broker,
  definitions: Definitions,
  { actor = INTERNAL_USER, vhost }: ImportOptions = {},
): Promise<void> {
  const plan = new DefinitionPlan(broker, definitions, vhost)
  await new Promise<void>((resolve, reject) => {
    const ended = (error: unknown): void => (error === undefined ? resolve() : reject(error))
    new ImportRun(broker, plan, actor, ended).runTurn()
  })
  await kept(broker, NOTHING_TO_WAIT_FOR) // policies over thousands of queues hold for all of them
}

class ImportRun implements TurnWork {
  private done = 0
  private ticket: CommitTicket = NOTHING_TO_WAIT_FOR
  private readonly planning: Iterator<void>
  private isPlanned = false

  constructor(
    private readonly broker: Broker,
    private readonly plan: DefinitionPlan,
    private readonly actor: string,
    private readonly ended: (error: unknown) => void,
  ) {
    this.planning = plan.planning()
  }

  runTurn(): void {
    try {
      if (!this.isPlanned) this.planOn()
      if (this.isPlanned) this.broker.events.actingAs(this.actor, () => this.takeSteps())
    } catch (error) {
      this.ended(refusalOf(error))
      return
    }
    const { store, commits, turn } = this.broker
    if (!this.isPlanned || this.done < this.plan.steps.length) turn.answer(this)
    else if (store.committed >= this.ticket) this.ended(undefined)
    else commits.wake(this)
  }

  private planOn(): void {
    for (let records = 0; records < RECORDS_PER_TURN && !this.isPlanned; records++)
      this.isPlanned = this.planning.next().done === true
  }

  private takeSteps(): void {
    const { steps } = this.plan
    const until = Math.min(this.done + STEPS_PER_TURN, steps.length)
    for (; this.done < until; this.done++) {
      const step = steps[this.done]
      if (step !== undefined) this.ticket = Math.max(this.ticket, step())
    }
  }
}
