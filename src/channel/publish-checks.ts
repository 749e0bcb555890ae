/** What RabbitMQ checks of a message's properties before it takes it, and what it reads off them. */
import { erlangPair, erlangString } from '../amqp/erlang-text'
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

/** Reads how long the message may wait. @throws PreconditionFailed unless expiration is a whole number of milliseconds */
export function readExpiration(message: Message, at: number): void {
  const expiration = shortStringAt(message.propertiesBytes, at)
  const begin = `invalid expiration '${expiration}': `
  const problem = expirationProblem(expiration, begin.length)
  if (problem !== undefined) throw new PreconditionFailed(begin + problem)
  message.ttl = Number(expiration)
}

/** The Erlang term RabbitMQ names (string:to_integer, then the range), behind so many characters. */
function expirationProblem(expiration: string, column: number): string | undefined {
  const [, digits, leftover = ''] = /^([+-]?\d+)?(.*)$/s.exec(expiration) ?? []
  if (digits === undefined) return 'no_integer'
  if (leftover !== '') return erlangPair('leftover_string', erlangString(leftover), column)
  const value = BigInt(digits)
  if (value < 0n) return erlangPair('value_negative', `${value}`, column)
  return value > EXPIRATION_MAX ? erlangPair('value_too_large', `${value}`, column) : undefined
}

function propertiesOf(message: Message): ReturnType<typeof decodeProperties> {
  return decodeProperties(message.propertiesBytes, message.propertiesStart, message.propertiesEnd)
}
