/** Payloads of a recording: what a client sent may have been no AMQP then, and is sent again as it was. */
import { AmqpError } from '../amqp/errors'

/** Undefined: it cannot be read. */
export function ifReadable<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof AmqpError) return undefined
    throw error
  }
}
