/** What the model needs to read of the broker's tables and messages, read by hand. */
import type { FieldTable } from '../../../src/amqp/table'
import type { Message } from '../../../src/message'

export type Plain = Readonly<Record<string, unknown>>

/** Texts, whole numbers and booleans; other types are not used by the plan. */
export function plainTable(table: FieldTable | undefined): Plain {
  const plain: Record<string, unknown> = {}
  for (const [key, field] of table ?? []) {
    if (field.type === 'S') plain[key] = field.value.toString()
    else if ('value' in field)
      plain[key] = typeof field.value === 'bigint' ? Number(field.value) : field.value
  }
  return plain
}

/** The number of octets that an identity takes, in a body or as the message-id. */
export const ID_BYTES = 8

/** The body begins with it; who has no body has it as message-id. */
export function identityOf(message: Message): string {
  const { bodyBytes, bodyStart, bodyEnd } = message
  if (bodyEnd - bodyStart < ID_BYTES) return message.property('messageId')?.toString() ?? 'nobody'
  return bodyBytes.toString('latin1', bodyStart, bodyStart + ID_BYTES)
}

export interface Address {
  readonly exchange: string
  readonly routingKey: string
}

/** Two short strings, one after the other. */
export function addressOf({ addressBytes, addressStart }: Message): Address {
  const exchangeBytes = addressBytes[addressStart] ?? 0
  const key = addressStart + 1 + exchangeBytes
  const keyBytes = addressBytes[key] ?? 0
  return {
    exchange: addressBytes.toString('utf8', addressStart + 1, key),
    routingKey: addressBytes.toString('utf8', key + 1, key + 1 + keyBytes),
  }
}
