/** A message that was published to a test broker, and what became of it. */
import type { Message } from '../../message'
import { Journey } from './journey'
import { propertiesOf, SeenMessage } from './seen-message'

export class PublishedMessage extends SeenMessage {
  readonly journey: Journey

  constructor(
    readonly vhost: string,
    message: Message,
  ) {
    const { exchange, routingKey, bodyBytes, bodyStart, bodyEnd } = message
    super(exchange, routingKey, propertiesOf(message), Buffer.from(bodyBytes.subarray(bodyStart, bodyEnd)))
    this.journey = new Journey(this)
  }
}
