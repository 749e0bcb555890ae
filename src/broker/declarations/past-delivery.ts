/**
 * The history of an exchange on its way to whom is bound now: at once, or over many turns where it is long, or the one bound
 * leads to thousands of queues. What is published meanwhile may come between.
 */
import type { Destination } from '../../exchanges/destination'
import type { PastMessage } from '../../exchanges/exchange'
import type { Queue } from '../../queues/queue'
import { type TurnWork, WORK_PER_TURN } from '../../turn'
import { copyingWork } from '../routed'
import type { Routing, Vhost } from '../vhost'

export class PastDelivery implements TurnWork {
  private delivered = 0

  constructor(
    private readonly vhost: Vhost,
    private readonly destination: Destination,
    /** The oldest first. */
    private readonly history: readonly PastMessage[],
  ) {}

  runTurn(): void {
    const { vhost, history } = this
    for (let work = 0; this.delivered < history.length && work < WORK_PER_TURN; this.delivered++)
      work += this.deliver(history[this.delivered]!)
    if (this.delivered < history.length) vhost.around.turn.deliver(this)
  }

  /** Returns the work that it was, as `WORK_PER_TURN` has it. */
  private deliver({ message, routingKeys }: PastMessage): number {
    const { queues, work } = this.routing(message, routingKeys)
    for (const queue of queues) queue.enqueue(message)
    return work
  }

  private routing(
    message: PastMessage['message'],
    routingKeys: readonly string[],
  ): Pick<Routing, 'queues' | 'work'> {
    const { vhost, destination } = this
    if (destination.kind === 'exchange') {
      const exchange = vhost.exchanges.get(destination.name)
      return exchange === undefined ? NOWHERE : vhost.route(exchange, message, routingKeys)
    }
    const queue = vhost.queues.get(destination.name)
    if (queue === undefined) return NOWHERE
    const queues: readonly Queue[] = [queue]
    return { queues, work: copyingWork(queues) }
  }
}

const NOWHERE = { queues: [], work: 0 } as const
