/** A fanout exchange: every binding matches, so the ledger of destinations is all it needs. */
import type { Destination } from './destination'
import { Exchange } from './exchange'
import type { RoutedMessage } from './routed-message'
import { taken, type Verdict } from './verdict'

export class FanoutExchange extends Exchange {
  override readonly type = 'fanout'
  override readonly usesRoutingKey = false

  override match(_routingKey: string, _message: RoutedMessage, into: Set<Destination>): void {
    this.ledger.addDestinationsTo(into)
  }

  override why(): Verdict {
    return taken('a fanout exchange gives every message to all that are bound')
  }

  protected override bound(): void {}

  protected override unbound(): void {}
}
