/**
 * How many messages went which way, as RabbitMQ's message_stats count them. Plain numbers that only grow: whoever wants
 * to know comes and reads, and works rates out of two readings.
 */
export class MessageTally {
  /** Into a queue, through an exchange; or by a channel. */
  publish = 0
  /** To an exchange by channels, and from it to queues. */
  publishIn = 0
  publishOut = 0
  confirm = 0
  /** Published in confirm mode, whether confirmed or not. */
  toConfirm = 0
  returnUnroutable = 0
  dropUnroutable = 0
  /** To consumers that acknowledge, and to those that do not. */
  deliver = 0
  deliverNoAck = 0
  get = 0
  getNoAck = 0
  getEmpty = 0
  redeliver = 0
  ack = 0

  /** Everything that went out. */
  get deliverGet(): number {
    return this.deliver + this.deliverNoAck + this.get + this.getNoAck
  }

  clear(): void {
    this.publish = this.publishIn = this.publishOut = 0
    this.confirm = this.toConfirm = this.returnUnroutable = this.dropUnroutable = 0
    this.deliver = this.deliverNoAck = this.get = this.getNoAck = this.getEmpty = 0
    this.redeliver = this.ack = 0
  }

  add(other: Readonly<MessageTally>): void {
    this.publish += other.publish
    this.publishIn += other.publishIn
    this.publishOut += other.publishOut
    this.confirm += other.confirm
    this.toConfirm += other.toConfirm
    this.returnUnroutable += other.returnUnroutable
    this.dropUnroutable += other.dropUnroutable
    this.deliver += other.deliver
    this.deliverNoAck += other.deliverNoAck
    this.get += other.get
    this.getNoAck += other.getNoAck
    this.getEmpty += other.getEmpty
    this.redeliver += other.redeliver
    this.ack += other.ack
  }

  /** What a consumer was given. */
  addDelivered(consumer: DeliveryCounts): void {
    if (consumer.noAck) this.deliverNoAck += consumer.delivered
    else this.deliver += consumer.delivered
    this.redeliver += consumer.redelivered
  }
}

export interface DeliveryCounts {
  readonly noAck: boolean
  /** How many messages it was given, and how many of them were given to somebody before. */
  readonly delivered: number
  readonly redelivered: number
}
