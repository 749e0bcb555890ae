/** A fanout exchange: every binding matches, so the ledger of destinations is all it needs. */
import type { Destination } from './destination'
import { Exchange } from './exchange'
import type { RoutedMessage } from './routed-message'

export class FanoutExchange extends Exchange {
  override readonly type = 'fanout'
  override readonly usesRoutingKey = false

  override match(_routingKey: string, _message: RoutedMessage, into: Set<Destination>): void {
    this.ledger.addDestinationsTo(into)
  }

  protected override bound(): void {}

  protected override unbound(): void {}
}
