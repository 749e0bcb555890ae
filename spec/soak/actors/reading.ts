/** One consumer, or one who gets, on one channel: checks what comes with the books and settles it. */
import type { Arrival } from '../../../conformance/support/inbox'
import type { Link, LinkChannel } from '../../crash/link'
import { idOf } from '../../crash/message'
import type { Random } from '../../crash/random'
import { type Book, type Found, Reader } from '../books'
import type { Copy } from '../copy'
import { mourn } from '../mourn'
import type { Place, Style } from '../places'
import type { SoakStage } from '../soak-stage'

interface Delivery {
  readonly tag: number
  readonly copy: Copy
}

/** Nobody wants these: they go back until their delivery limit takes them. */
const POISON_EACH = 10

export class Reading {
  private readonly books: Reader
  private readonly book: Book
  private readonly patience: number
  private pending: Delivery[] = []
  private isLeaving = false
  private isGone = false

  private constructor(
    private readonly stage: SoakStage,
    private readonly random: Random,
    private readonly channel: LinkChannel,
    private readonly place: Place,
    private readonly style: Style,
  ) {
    this.books = new Reader(place.isOrdered)
    this.book = stage.ledger.book(place.book)
    this.patience = random.between(2, 40)
  }

  static async open(
    stage: SoakStage,
    random: Random,
    link: Link,
    place: Place,
    style: Style,
  ): Promise<Reading> {
    const channel = await link.openChannel()
    const reading = new Reading(stage, random, channel, place, style)
    channel.onUnasked = arrival => reading.take(arrival)
    if (style === 'dealing') await channel.call('tx.select')
    if (style === 'getting') return reading
    const prefetchCount = style === 'slow' ? random.between(1, 10) : random.pick([1, 20, 200, 0])
    await channel.call('basic.qos', { prefetchCount })
    await channel.call('basic.consume', { queue: place.queue, consumerTag: style })
    return reading
  }

  async getSome(most: number): Promise<void> {
    for (let count = 0; count < most && !this.isGone; count++) {
      const got = await this.channel.get(this.place.queue)
      if (got === undefined) return
      this.take(got)
    }
  }

  /** What waits for company to be settled with does so no longer. */
  async settleRest(): Promise<void> {
    const { channel, pending, style } = this
    if (channel.link.isHushed || this.isLeaving || pending.length === 0) return
    this.pending = []
    if (style === 'slow') for (const { tag, copy } of this.random.shuffled(pending)) this.ack(tag, [copy])
    else {
      channel.send('basic.ack', { deliveryTag: pending.at(-1)!.tag, multiple: true })
      this.settled(pending.map(({ copy }) => copy))
    }
    if (style !== 'dealing') return
    await channel.call('tx.commit')
    this.stage.ledger.figures.commits++
  }

  /** What is out goes back to the queue. */
  async close(): Promise<void> {
    this.isLeaving = true
    if (this.style !== 'getting' && this.random.chance(0.5))
      await this.channel.call('basic.cancel', { consumerTag: this.style })
    this.leave()
    await this.channel.call('channel.close')
  }

  /** Is cut off; what it had acknowledged before is known to have arrived. */
  async abandon(): Promise<void> {
    this.isLeaving = true
    await this.channel.call('basic.qos')
    this.leave()
    this.channel.link.destroy()
    this.stage.ledger.figures.cuts++
  }

  private leave(): void {
    this.isGone = true
    for (const { copy } of this.pending.splice(0)) this.book.returned(copy)
  }

  private take(arrival: Arrival): void {
    const { content, fields } = arrival
    if (content === undefined || !('redelivered' in fields)) {
      this.stage.ledger.complain(`${this.place.queue}: a consumer was told ${arrival.name}`)
      return
    }
    const { queue } = this.place
    const found: Found = { queue, id: idOf(content), body: content.body, redelivered: fields.redelivered }
    if (this.isGone) {
      this.book.glimpsed(found)
      return
    }
    const copy = this.book.delivered(found, this.books)
    if (copy === undefined) return
    mourn(this.stage.ledger.figures, copy, content)
    this.pending.push({ tag: fields.deliveryTag, copy })
    if (!this.channel.link.isHushed && !this.isLeaving) this.settleSome()
  }

  private settleSome(): void {
    const { pending, random, style } = this
    if ((style === 'slow' && this.stage.isBusy) || style === 'dealing' || pending.length === 0) return
    if (style === 'judging' || style === 'picky' || style === 'poisoned') this.decide(pending.pop()!)
    else if (style === 'each') {
      const { tag, copy } = pending.pop()!
      this.ack(tag, [copy])
    } else if (pending.length >= this.patience) {
      const chosen = style === 'multiple' ? pending.splice(0) : random.shuffled(pending.splice(0))
      if (style === 'multiple')
        this.ack(
          chosen.at(-1)!.tag,
          chosen.map(each => each.copy),
        ) // prettier-ignore
      else for (const { tag, copy } of chosen) this.ack(tag, [copy])
    }
  }

  private decide({ tag, copy }: Delivery): void {
    const { channel, random, style } = this
    const { figures } = this.stage.ledger
    const isReturned = style === 'picky' ? random.chance(0.15) : style === 'poisoned' && isPoison(copy)
    if (isReturned) {
      this.book.returned(copy)
      figures.requeued++
      channel.send('basic.nack', { deliveryTag: tag, requeue: true })
    } else if (style === 'judging' && random.chance(0.2)) {
      this.book.returned(copy) // to the queue of the dead, which the same book is about
      channel.send('basic.reject', { deliveryTag: tag, requeue: false })
    } else this.ack(tag, [copy])
  }

  private ack(tag: number, copies: readonly Copy[]): void {
    this.channel.send('basic.ack', { deliveryTag: tag, multiple: copies.length > 1 })
    this.settled(copies)
  }

  private settled(copies: readonly Copy[]): void {
    for (const copy of copies) this.book.settled(copy)
    this.stage.ledger.figures.acked += copies.length
  }
}

function isPoison({ id }: Copy): boolean {
  return id % POISON_EACH === 0
}
