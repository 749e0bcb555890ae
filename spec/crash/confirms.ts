/** A channel in confirm mode as its publisher sees it: what was published and not answered, by sequence number. */
import type { Arrival } from '../../conformance/support/inbox'
import type { LinkChannel } from './link'
import { type Books, Gate, type Stage } from './stage'

export class Confirms<Published> {
  readonly gate: Gate
  private published = 0
  private readonly unanswered = new Map<number, Published>()

  constructor(
    private readonly stage: Stage<Books>,
    channel: LinkChannel,
    private readonly confirmed: (published: Published) => void,
  ) {
    this.gate = new Gate(channel.link)
  }

  get count(): number {
    return this.unanswered.size
  }

  add(published: Published): void {
    this.unanswered.set(++this.published, published)
  }

  /** Takes basic.ack; false for everything else. */
  take(arrival: Arrival): boolean {
    if (arrival.name === 'basic.nack') this.stage.ledger.complain('a publish was refused')
    if (arrival.name !== 'basic.ack') return false
    const { deliveryTag, multiple } = arrival.fields
    if (!this.unanswered.has(deliveryTag)) this.stage.ledger.complain(`${deliveryTag} was confirmed twice`)
    for (const [sequence, published] of this.unanswered) {
      if (sequence > deliveryTag) break
      if (sequence < deliveryTag && !multiple) continue
      this.unanswered.delete(sequence)
      this.confirmed(published)
    }
    this.stage.answered()
    this.gate.knock()
    return true
  }

  /** Returns when fewer than so many wait for their answer. @throws LinkLost */
  below(count: number): Promise<void> {
    return this.gate.until(() => this.unanswered.size < count)
  }
}
