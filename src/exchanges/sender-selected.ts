/**
 * Sender-selected distribution: the headers CC and BCC name further routing keys of a message. Taking BCC out of the
 * message before anyone gets it is the publisher's part.
 */
import { PreconditionFailed } from '../amqp/errors'
import { type FieldTable, typeName } from '../amqp/table'

const NO_KEYS: readonly string[] = []

/**
 * The keys of CC, then those of BCC. Elements that are no long strings are passed over, as RabbitMQ does.
 * @throws PreconditionFailed if one of the headers is no array
 */
export function senderSelectedKeys(headers: FieldTable | undefined): readonly string[] {
  if (headers === undefined) return NO_KEYS
  const carbon = keysIn(headers, 'CC')
  const blind = keysIn(headers, 'BCC')
  if (blind.length === 0) return carbon
  return carbon.length === 0 ? blind : [...carbon, ...blind]
}

/** The keys in one of the two headers: dead-lettering records those of CC but keeps BCC to itself. */
export function keysIn(headers: FieldTable, header: 'CC' | 'BCC'): readonly string[] {
  const field = headers.get(header)
  if (field === undefined) return NO_KEYS
  if (field.type !== 'A') {
    throw new PreconditionFailed(
      `invalid message: {unacceptable_type_in_header,"${header}",${typeName(field)}}`,
    )
  }
  const keys: string[] = []
  for (const key of field.value) if (key.type === 'S') keys.push(key.value.toString())
  return keys
}
