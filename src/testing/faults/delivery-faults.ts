/**
 * Deliveries that are right, and yet not what consumers hope for. All of it is what a broker does when a connection is lost:
 * a message whose acknowledgement did not arrive comes again, and one that comes back was overtaken meanwhile.
 */
import type { Clock } from '../../clock'
import { Message } from '../../message'
import type { Queue } from '../../queues/queue'
import { propertiesOf, SeenMessage } from '../seeing/seen-message'
import { type Duration, milliseconds } from '../time/duration'
import { Fault, type FaultOptions } from './fault'
import { Overtaking } from './overtaking'

export class FaultyDelivery extends SeenMessage {
  constructor(
    readonly vhost: string,
    readonly queue: string,
    message: Message,
  ) {
    const { exchange, routingKey, bodyBytes, bodyStart, bodyEnd } = message
    super(exchange, routingKey, propertiesOf(message), Buffer.from(bodyBytes.subarray(bodyStart, bodyEnd)))
  }
}

export interface ReorderOptions extends FaultOptions<FaultyDelivery> {
  /** How long a message that nothing follows is out, in the broker's time. Default 1 s. */
  readonly atMost?: Duration
}

type DeliveryFault = Fault<FaultyDelivery>

interface Reordering {
  readonly fault: DeliveryFault
  readonly ms: number
}

export class DeliveryFaults {
  private lostAcks: DeliveryFault[] = []
  private reorderings: Reordering[] = []
  private readonly holding = new Set<Overtaking>()

  constructor(private readonly clock: Clock) {}

  loseAcks(options: FaultOptions<FaultyDelivery>): DeliveryFault {
    const fault: DeliveryFault = new Fault(options, () => {
      this.lostAcks = this.lostAcks.filter(other => other !== fault)
    })
    this.lostAcks.push(fault)
    return fault
  }

  /** @throws RangeError for what is no length of time */
  reorder({ atMost = '1s', ...options }: ReorderOptions): DeliveryFault {
    const ms = milliseconds(atMost)
    const fault: DeliveryFault = new Fault(options, () => {
      this.reorderings = this.reorderings.filter(other => other.fault !== fault)
      if (this.reorderings.length > 0) return
      for (const overtaking of [...this.holding]) overtaking.release()
    })
    this.reorderings.push({ fault, ms })
    return fault
  }

  /** Another broker: the queues of the last one are gone. */
  begin(): void {
    this.holding.clear()
  }

  /** Its deliveries go through here from now on. */
  watch(queue: Queue, vhost: string): void {
    const message = new Message()
    const delivery = (position: number): FaultyDelivery => {
      queue.view(position, message)
      message.readAddress()
      const seen = new FaultyDelivery(vhost, queue.name, message)
      message.letGo()
      return seen
    }
    const strikes = (faults: readonly DeliveryFault[], position: number): DeliveryFault | undefined => {
      // Who comes again may come through: nothing goes round for ever.
      if (faults.length === 0 || queue.isRedelivered(position)) return undefined
      const seen = delivery(position)
      return faults.find(fault => fault.strikes(seen))
    }
    this.watchAcks(queue, position => strikes(this.lostAcks, position) !== undefined)
    const isOn = (): boolean => this.reorderings.length > 0
    const holdFor = (position: number): number | undefined => {
      const faults = this.reorderings.map(({ fault }) => fault)
      const struck = strikes(faults, position)
      return this.reorderings.find(({ fault }) => fault === struck)?.ms
    }
    void new Overtaking(queue, this.clock, isOn, holdFor, this.holding)
  }

  private watchAcks(queue: Queue, isLost: (position: number) => boolean): void {
    const settle = queue.settle.bind(queue)
    let acks = 0
    queue.settle = position => {
      // An acknowledgement is counted before it comes here; what needed none is not.
      const isAck = queue.tally.ack !== acks
      acks = queue.tally.ack
      return isAck && !queue.deleted && isLost(position) ? queue.requeue(position) : settle(position)
    }
  }
}
