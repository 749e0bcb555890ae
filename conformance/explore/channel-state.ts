/** What a side must remember of a channel: whether it is open, what came, and which publishings wait for a confirm. */
import type { Arrival } from '../support/inbox'
import { DeliveryTags } from './delivery-tags'
import { type Confirmed, linesOf } from './heard'
import type { MethodStep } from './step'

export class ChannelState {
  isOpen = false
  /** Of channel.close by us: until it is answered nothing else is. */
  isClosing = false
  tags = new DeliveryTags()
  /** Everything that came, ever. */
  arrived = 0
  private isConfirming = false
  private getsWithoutAck = false
  private published = 0
  private readonly unconfirmed = new Set<number>()
  /** Delivered and not settled, by the symbols of their tags; of what settles itself as far as it can be told. */
  private unsettled: number[] = []
  private readonly withoutAck = new Set<string>()
  private arrivals: Arrival[] = []
  private confirmed: Confirmed[] = []

  constructor(private readonly where: string) {}

  get awaitsConfirms(): boolean {
    return this.isOpen && this.unconfirmed.size > 0
  }

  /** The symbol of a tag that can be settled, counted from 0 as often round as it takes. */
  unsettledAt(index: number): number | undefined {
    return this.unsettled[index % this.unsettled.length]
  }

  /** `symbol` is that of the delivery tag, if there is one. */
  sent({ method, fields }: MethodStep, symbol: number): void {
    if (method === 'confirm.select' && fields.nowait === true) this.isConfirming = true
    if (method === 'channel.close') this.isClosing = true
    if (method === 'basic.publish' && this.isConfirming) this.unconfirmed.add(++this.published)
    if (method === 'basic.get') this.getsWithoutAck = fields.noAck === true
    if (method === 'basic.consume' && fields.consumerTag !== undefined) {
      if (fields.noAck === true) this.withoutAck.add(fields.consumerTag)
      else this.withoutAck.delete(fields.consumerTag)
    }
    if (method === 'basic.recover' || method === 'basic.recover-async') this.unsettled = []
    if (method !== 'basic.ack' && method !== 'basic.nack' && method !== 'basic.reject') return
    const isMultiple = 'multiple' in fields && fields.multiple === true
    const isSettled = (each: number) => each === symbol || (isMultiple && (symbol === 0 || each < symbol))
    this.unsettled = this.unsettled.filter(each => !isSettled(each))
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
    this.unsettled = []
    this.withoutAck.clear()
  }

  /** What came since the last call. */
  takeLines(symbolOf: (consumerTag: string) => string): string[] {
    const lines = linesOf(this.where, this.arrivals, this.confirmed, this.tags, symbolOf)
    for (const { name, fields } of this.arrivals) {
      const isOut =
        name === 'basic.deliver'
          ? !this.withoutAck.has(fields.consumerTag)
          : name === 'basic.get-ok' && !this.getsWithoutAck
      if (isOut && 'deliveryTag' in fields) this.unsettled.push(this.tags.symbolOf(fields.deliveryTag))
    }
    this.unsettled.sort((a, b) => a - b)
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
