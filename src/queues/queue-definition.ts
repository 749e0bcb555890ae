/** What a queue is declared as. */
import type { FieldTable } from '../amqp/table'

export interface QueueDefinition {
  readonly id: number
  readonly name: string
  readonly durable: boolean
  readonly autoDelete: boolean
  /** The connection that alone may use it, as an opaque token; undefined: not exclusive. */
  readonly owner: object | undefined
  readonly arguments: FieldTable
}
