/** What RabbitMQ checks of a message's properties before it takes it, and what it reads off them. */
import { PreconditionFailed } from '../amqp/errors'
import { decodeProperties, shortStringAt } from '../amqp/properties'
import type { User } from '../auth/users'
import type { Message } from '../message'

const EXPIRATION_MAX = 315_360_000_000n

/** @throws PreconditionFailed unless user-id names who is logged in, or they have the tag `impersonator` */
export function checkUserId(message: Message, user: User): void {
  const userId = propertiesOf(message).userId
  if (userId === undefined || userId === user.name || user.tags.has('impersonator')) return
  throw new PreconditionFailed(
    `user_id property set to '${userId}' but authenticated user was '${user.name}'`,
  )
}

/**
 * Reads how long the message may wait, at `bytes[at]`.
 * @throws PreconditionFailed unless expiration is a whole number of milliseconds
 */
export function readExpiration(message: Message, bytes: Buffer, at: number): void {
  const expiration = shortStringAt(bytes, at)
  const problem = expirationProblem(expiration)
  if (problem !== undefined) throw new PreconditionFailed(`invalid expiration '${expiration}': ${problem}`)
  message.ttl = Number(expiration)
}

/** The Erlang term RabbitMQ names (string:to_integer, then the range). */
function expirationProblem(expiration: string): string | undefined {
  const [, digits, leftover = ''] = /^([+-]?\d+)?(.*)$/s.exec(expiration) ?? []
  if (digits === undefined) return 'no_integer'
  if (leftover !== '') return `{leftover_string,"${leftover}"}`
  const value = BigInt(digits)
  if (value < 0n) return `{value_negative,${value}}`
  return value > EXPIRATION_MAX ? `{value_too_large,${value}}` : undefined
}

function propertiesOf(message: Message): ReturnType<typeof decodeProperties> {
  return decodeProperties(message.propertiesBytes, message.propertiesStart, message.propertiesEnd)
}
