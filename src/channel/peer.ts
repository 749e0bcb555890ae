/** All a channel may know of its connection: where its methods, deliveries and confirms go. */
import type { Content } from '../amqp/content'
import type { WritableMethod } from '../amqp/frame-writer'
import type { CommitTicket } from '../store/message-store'

export interface Peer {
  /** Too much waits to be read by the peer: no more deliveries until `Channel.resumeDeliveries`. */
  readonly congested: boolean
  send(channel: number, method: WritableMethod): void
  /** A method and its content: basic.return, basic.get-ok. */
  sendContent(channel: number, method: WritableMethod, content: Content): void
  /** basic.deliver; `consumerTag` is the tag as a shortstr. */
  deliver(
    channel: number,
    consumerTag: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    content: Content,
  ): void
  /** basic.ack or basic.nack, by method id. */
  confirm(channel: number, methodId: number, deliveryTag: number, multiple: boolean): void
  /** Something was published although store or alarms say that publishers should wait. */
  slowDown(): void
  /** What it asked for was work: others come first once it had its share of this turn. A unit is some ten microseconds. */
  worked(units: number): void
  /** Nothing further is read from this peer until `release`, as often as it was called. */
  hold(): void
  release(): void
  /**
   * Runs `reply` once the ticket is committed, at once when it is. Until then nothing further is read from this
   * peer, so replies keep their order.
   */
  whenCommitted(ticket: CommitTicket, reply: () => void): void
}
