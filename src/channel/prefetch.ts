/**
 * How many deliveries may be out. `basic.qos` without global sets the limit that *later* consumers of the channel
 * each get; with global it sets one limit that they share (RabbitMQ's reading of the two). basic.get never counts.
 */
export class Prefetch {
  /** For the consumers to come; 0: no limit. */
  perConsumer = 0
  /** Shared by the channel's consumers; 0: no limit. */
  shared = 0
  /** Deliveries to consumers that are out. */
  outstanding = 0

  get hasRoom(): boolean {
    return this.shared === 0 || this.outstanding < this.shared
  }
}
