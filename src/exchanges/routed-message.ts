/**
 * All an exchange may know of a message: where it was published to, under which key, its headers and other properties.
 * Nothing of it is decoded before it is asked for. Whoever keeps a message keeps a copy.
 */
import type { BasicProperties } from '../amqp/properties'
import type { FieldTable } from '../amqp/table'
import type { Message } from '../message'

export interface RoutedMessage {
  /** The exchange it was published to, which need not be the one now asked to route it. */
  readonly exchange: string
  readonly routingKey: string
  /** The headers property, decoded when asked for and possibly anew each time: ask once and keep the answer. */
  headers(): FieldTable | undefined
  /** A property's octets: a text without its length, a number as it came. Undefined when absent. A view, too. */
  property(name: keyof BasicProperties): Buffer | undefined
  ownedCopy(): Message
}
