/** Consumes a queue and settles in its own style; now and then it closes its channel and opens another. */
import type { Arrival } from '../../../conformance/support/inbox'
import type { Copy } from '../copy'
import type { Link, LinkChannel } from '../link'
import { idOf } from '../message'
import { Reader } from '../queue-ledger'
import type { Random } from '../random'
import { Gate, type Stage } from '../stage'
import { Ticker } from './ticker'

/**
 * each: acknowledges one by one. multiple: several at once. shuffled: in any order. picky: returns some, and rejects some
 * for good. keeper: keeps one of many for ever, so that the queue's head stays behind.
 */
export const STYLES = ['each', 'multiple', 'shuffled', 'picky', 'keeper'] as const
export type Style = (typeof STYLES)[number]

export interface ConsumerOptions {
  readonly name: string
  readonly queue: string
  readonly style: Style
}

interface Delivery {
  readonly tag: number
  readonly copy: Copy
}

export async function consumer(stage: Stage, random: Random, options: ConsumerOptions): Promise<void> {
  const link = await stage.open()
  const ticker = await Ticker.open(stage, link, options.name)
  const gate = new Gate(link)
  while (!stage.isOver) {
    const deliveriesMax = random.magnitude(20, 5000)
    const reading = await Reading.open(stage, random, link, ticker, options, gate)
    await Promise.race([
      gate.until(() => reading.seen >= deliveriesMax),
      stage.pause(random.magnitude(50, 2000)),
    ])
    if (!stage.isOver && random.chance(0.7)) await reading.close()
  }
  await ticker.done()
}

class Reading {
  seen = 0
  private readonly reader = new Reader()
  private readonly pending: Delivery[] = []
  private readonly patience: number
  private readonly greed: number
  private isClosing = false
  private untilTick = 0

  private constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly channel: LinkChannel,
    private readonly ticker: Ticker,
    private readonly options: ConsumerOptions,
    private readonly gate: Gate,
  ) {
    this.patience = random.between(2, 60)
    this.greed = random.pick([0.02, 0.002])
  }

  static async open(
    stage: Stage,
    random: Random,
    link: Link,
    ticker: Ticker,
    options: ConsumerOptions,
    gate: Gate,
  ): Promise<Reading> {
    const channel = await link.openChannel()
    const reading = new Reading(stage, random, channel, ticker, options, gate)
    channel.onUnasked = arrival => reading.take(arrival)
    const prefetchCount = options.style === 'keeper' ? 0 : random.pick([0, reading.patience, 100, 500])
    await channel.call('basic.qos', { prefetchCount })
    await channel.call('basic.consume', { queue: options.queue, consumerTag: options.name })
    return reading
  }

  /** What is out goes back to the queue. */
  async close(): Promise<void> {
    this.isClosing = true
    const queue = this.stage.ledger.queue(this.options.queue)
    for (const { copy } of this.pending.splice(0)) queue.returned(copy)
    await this.channel.call('channel.close')
  }

  private take(arrival: Arrival): void {
    if (arrival.name !== 'basic.deliver' || arrival.content === undefined) return
    const { deliveryTag: tag, redelivered } = arrival.fields
    const found = { id: idOf(arrival.content), body: arrival.content.body, redelivered }
    const { ledger } = this.stage
    const queue = ledger.queue(this.options.queue)
    if (this.isClosing) {
      queue.glimpsed(found) // it is on its way back, and somebody else may have it by now
      return
    }
    const copy = queue.delivered(found, ledger.life, this.reader)
    if (copy === undefined) return
    this.seen++
    this.pending.push({ tag, copy })
    if (!this.channel.link.isHushed) this.settleSome()
    this.gate.knock()
  }

  private settleSome(): void {
    const { style } = this.options
    if (style === 'each') this.acknowledge(this.pending.splice(0), false)
    else if (style === 'picky') this.pickyAbout(this.pending.pop()!)
    else if (style === 'keeper' && this.random.chance(this.greed)) return
    else if (style === 'keeper') this.acknowledge([this.pending.pop()!], false)
    else if (this.pending.length < this.patience) return
    else if (style === 'multiple')
      this.acknowledge(this.pending.splice(0, this.random.between(1, this.patience)), true)
    else this.acknowledge(this.random.shuffled(this.pending.splice(0)), false)
  }

  private acknowledge(deliveries: readonly Delivery[], multiple: boolean): void {
    if (multiple) this.channel.send('basic.ack', { deliveryTag: deliveries.at(-1)!.tag, multiple })
    for (const { tag, copy } of deliveries) {
      if (!multiple) this.channel.send('basic.ack', { deliveryTag: tag })
      this.settled(copy)
    }
  }

  private pickyAbout({ tag, copy }: Delivery): void {
    const mood = this.random.next()
    if (mood < 0.15) {
      this.channel.send('basic.nack', { deliveryTag: tag, requeue: true })
      this.stage.ledger.queue(this.options.queue).returned(copy)
    } else if (mood < 0.2) {
      this.channel.send('basic.reject', { deliveryTag: tag, requeue: false })
      this.settled(copy)
    } else this.acknowledge([{ tag, copy }], false)
  }

  private settled(copy: Copy): void {
    const { ledger } = this.stage
    ledger.queue(this.options.queue).settled(copy, ledger.life)
    this.ticker.settledOne(copy)
    if (this.untilTick-- > 0) return
    this.ticker.tick()
    this.untilTick = this.random.magnitude(1, 300)
  }
}
