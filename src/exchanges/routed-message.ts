/**
 * All an exchange may know of a message: where it was published to, under which key, and its headers. Neither its
 * body nor its other properties: whoever routes by more than this asks for more here first.
 */
import type { FieldTable } from '../amqp/table'

export interface RoutedMessage {
  /** The exchange it was published to, which need not be the one now asked to route it. */
  readonly exchange: string
  readonly routingKey: string
  /** The headers property, decoded when asked for and possibly anew each time: ask once and keep the answer. */
  headers(): FieldTable | undefined
}
