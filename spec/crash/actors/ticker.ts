/**
 * Acknowledgements are not answered; but a confirm of what was published behind them on the same connection says that
 * they are kept. Publishes such ticks.
 */
import { Confirms } from '../confirms'
import type { Copy } from '../copy'
import type { Publication } from '../ledger'
import type { Link, LinkChannel } from '../link'
import { bodyOf, propertiesOf } from '../message'
import { TICKS } from '../places'
import type { Stage } from '../stage'

interface Tick {
  readonly publication: Publication
  readonly settled: readonly Copy[]
}

const TICK_BYTES = 10

export class Ticker {
  private settled: Copy[] = []

  private constructor(
    private readonly stage: Stage,
    private readonly name: string,
    private readonly channel: LinkChannel,
    private readonly confirms: Confirms<Tick>,
  ) {}

  static async open(stage: Stage, link: Link, name: string): Promise<Ticker> {
    const channel = await link.openChannel(arrival => confirms.take(arrival))
    const confirms = new Confirms<Tick>(stage, channel, ({ publication, settled }) => {
      stage.ledger.confirmed(publication)
      stage.ledger.settledSafely(settled)
    })
    await channel.call('confirm.select')
    return new Ticker(stage, name, channel, confirms)
  }

  /** A settlement was sent on this connection. */
  settledOne(copy: Copy): void {
    this.settled.push(copy)
  }

  /** Asks whether what was settled so far is kept. */
  tick(): void {
    if (this.settled.length === 0) return
    const message = { persistent: true, bytes: TICK_BYTES }
    const publication = this.stage.ledger.publish(`tick ${this.name}`, [TICKS], message)
    this.channel.publish('', TICKS, bodyOf(publication.id, TICK_BYTES), propertiesOf(publication.id, true))
    this.confirms.add({ publication, settled: this.settled })
    this.settled = []
  }

  /** Returns when all of it is kept. @throws LinkLost */
  async done(): Promise<void> {
    this.tick()
    await this.confirms.below(1)
  }
}
