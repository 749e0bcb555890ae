/** What a side must remember of a channel: whether it is open, what came, and which publishings wait for a confirm. */
import type { Arrival } from '../support/inbox'
import { DeliveryTags } from './delivery-tags'
import { type Confirmed, linesOf } from './heard'

export class ChannelState {
  isOpen = false
  /** Of channel.close by us: until it is answered nothing else is. */
  isClosing = false
  tags = new DeliveryTags()
  /** Everything that came, ever. */
  arrived = 0
  private isConfirming = false
  private published = 0
  private readonly unconfirmed = new Set<number>()
  private arrivals: Arrival[] = []
  private confirmed: Confirmed[] = []

  constructor(private readonly where: string) {}

  get awaitsConfirms(): boolean {
    return this.isOpen && this.unconfirmed.size > 0
  }

  /** A request was sent that may go without an answer. */
  sent(method: string, isWithoutAnswer: boolean): void {
    if (method === 'confirm.select' && isWithoutAnswer) this.isConfirming = true
    if (method === 'channel.close') this.isClosing = true
    if (method === 'basic.publish' && this.isConfirming) this.unconfirmed.add(++this.published)
  }

  heard(arrival: Arrival): void {
    this.arrived++
    if (arrival.name === 'basic.ack' || arrival.name === 'basic.nack') this.confirm(arrival)
    else this.arrivals.push(arrival)
    if (arrival.name === 'confirm.select-ok') this.isConfirming = true
    if (arrival.name === 'channel.open-ok') this.begin()
    if (arrival.name === 'channel.close' || arrival.name === 'channel.close-ok') this.end()
  }

  hasHeard(...names: readonly string[]): boolean {
    return this.arrivals.some(({ name }) => names.includes(name))
  }

  end(): void {
    this.isOpen = false
    this.isClosing = false
    this.isConfirming = false
    this.unconfirmed.clear()
  }

  /** What came since the last call. */
  takeLines(symbolOf: (consumerTag: string) => string): string[] {
    const lines = linesOf(this.where, this.arrivals, this.confirmed, this.tags, symbolOf)
    this.arrivals = []
    this.confirmed = []
    return lines
  }

  /** The first that the server answered, and which names something it chose. */
  get chosen(): { readonly queue?: string; readonly consumerTag?: string } {
    const answer = this.arrivals.find(
      ({ name }) => name === 'queue.declare-ok' || name === 'basic.consume-ok',
    )
    return (answer?.fields ?? {}) as { queue?: string; consumerTag?: string }
  }

  private begin(): void {
    this.isOpen = true
    this.published = 0
    this.tags = new DeliveryTags()
  }

  private confirm({ name, fields }: Extract<Arrival, { name: 'basic.ack' | 'basic.nack' }>): void {
    const { deliveryTag, multiple } = fields
    const tags = multiple
      ? [...this.unconfirmed].filter(tag => deliveryTag === 0 || tag <= deliveryTag)
      : [deliveryTag]
    // A tag that nobody waits for is kept: it is a difference.
    for (const tag of tags) this.unconfirmed.delete(tag)
    this.confirmed.push({ answer: name === 'basic.ack' ? 'ack' : 'nack', tags })
  }
}
