/** Publishes that go nowhere, as if nothing were bound: returned to who wants to know (mandatory), dropped otherwise. */
import type { Session } from '../../channel/session'
import type { Message } from '../../message'
import type { Queue } from '../../queues/queue'
import { propertiesOf, SeenMessage } from '../seeing/seen-message'
import { Fault, type FaultOptions } from './fault'
import type { FaultyConnection } from './victims'

/** A publish that is on its way to its queues. */
export class FaultyPublish extends SeenMessage {
  /** Whether its publisher wants it back if it goes nowhere. */
  readonly mandatory: boolean

  constructor(
    message: Message,
    readonly connection: FaultyConnection,
  ) {
    const { exchange, routingKey, bodyBytes, bodyStart, bodyEnd, addressBytes, addressEnd } = message
    super(exchange, routingKey, propertiesOf(message), Buffer.from(bodyBytes.subarray(bodyStart, bodyEnd)))
    // amqp: basic.publish, behind the routing key: the bits mandatory and immediate
    this.mandatory = ((addressBytes[addressEnd] ?? 0) & 1) === 1
  }
}

/** Where struck publishes go: no client is to blame for that. */
export const NOWHERE: readonly Queue[] = []

export class ReturnFaults {
  private faults: Fault<FaultyPublish>[] = []

  add(options: FaultOptions<FaultyPublish>): Fault<FaultyPublish> {
    const fault = new Fault(options, () => {
      this.faults = this.faults.filter(other => other !== fault)
    })
    this.faults.push(fault)
    return fault
  }

  /** Its publishes go through here from now on. */
  watch({ routes }: Session, describe: () => FaultyConnection): void {
    const queues = routes.queues.bind(routes)
    routes.queues = (route, message, hasCcOrBcc) => {
      const routed = queues(route, message, hasCcOrBcc)
      if (this.faults.length === 0) return routed
      const publish = new FaultyPublish(message, describe())
      return this.faults.some(fault => fault.strikes(publish)) ? NOWHERE : routed
    }
  }
}
