/**
 * What a peer must hear when it made a mistake. The class fixes the reply code and what is closed: a soft error
 * closes the channel, a hard one the connection (AMQP 0-9-1, section 1.2 "constants"). Thrown anywhere in the
 * domain; caught in two places only, the channel and the connection, which add class-id and method-id.
 * Docs: docs/reference/errors.md lists every class; a spec compares the two.
 */
import { erlangOctets } from './erlang-text'
import { ReplyCode, replyCodeName } from './reply-codes'

export type Closes = 'channel' | 'connection'

/** RabbitMQ cuts reply texts at 255 characters, ending with three dots. */
const REPLY_TEXT_MAX = 255

export abstract class AmqpError extends Error {
  abstract readonly replyCode: number
  abstract readonly closes: Closes
  /** `class-id << 16 | method-id` of the method at fault, added where the error is caught; 0: none. */
  methodId = 0

  /** `NAME - text`, at most 255 bytes: what goes into `reply-text`. */
  get replyText(): string {
    return cutReplyText(`${replyCodeName(this.replyCode)} - ${this.message}`)
  }

  override get name(): string {
    return this.constructor.name
  }
}

export function cutReplyText(text: string): string {
  if (Buffer.byteLength(text) <= REPLY_TEXT_MAX) return text
  let cut = text.slice(0, REPLY_TEXT_MAX - 3)
  while (Buffer.byteLength(cut) > REPLY_TEXT_MAX - 3) cut = cut.slice(0, -1)
  return `${cut}...`
}

abstract class ChannelException extends AmqpError {
  readonly closes = 'channel'
}

abstract class ConnectionException extends AmqpError {
  readonly closes = 'connection'
}

export class ContentTooLarge extends ChannelException {
  readonly replyCode = ReplyCode.contentTooLarge
}
export class NoRoute extends ChannelException {
  readonly replyCode = ReplyCode.noRoute
}
export class NoConsumers extends ChannelException {
  readonly replyCode = ReplyCode.noConsumers
}
export class AccessRefused extends ChannelException {
  readonly replyCode = ReplyCode.accessRefused
}
export class NotFound extends ChannelException {
  readonly replyCode = ReplyCode.notFound
}
export class ResourceLocked extends ChannelException {
  readonly replyCode = ReplyCode.resourceLocked
}
export class PreconditionFailed extends ChannelException {
  readonly replyCode = ReplyCode.preconditionFailed
}

export class ConnectionForced extends ConnectionException {
  readonly replyCode = ReplyCode.connectionForced
}
export class InvalidPath extends ConnectionException {
  readonly replyCode = ReplyCode.invalidPath
}
export class FrameError extends ConnectionException {
  readonly replyCode = ReplyCode.frameError
}
/**
 * Bytes that end too early, or a length or type in them that lies. What reads a whole method answers instead with
 * RabbitMQ's text for the frame (see `undecodable`).
 */
export class Undecodable extends FrameError {}
export class AmqpSyntaxError extends ConnectionException {
  readonly replyCode = ReplyCode.syntaxError
}
export class CommandInvalid extends ConnectionException {
  readonly replyCode = ReplyCode.commandInvalid
}
/**
 * No such class and method. RabbitMQ's reader crashes and drops the connection without a close frame, so whoever
 * catches it may do the same; the code is the specification's for a method that is not understood.
 */
export class UnknownMethod extends ConnectionException {
  readonly replyCode = ReplyCode.commandInvalid

  constructor(methodId: number) {
    super(`unknown method ${methodId >>> 16}.${methodId & 0xffff}`)
    this.methodId = methodId
  }
}
export class ChannelError extends ConnectionException {
  readonly replyCode = ReplyCode.channelError
}
export class UnexpectedFrame extends ConnectionException {
  readonly replyCode = ReplyCode.unexpectedFrame
}
export class ResourceError extends ConnectionException {
  readonly replyCode = ReplyCode.resourceError
}
export class NotAllowed extends ConnectionException {
  readonly replyCode = ReplyCode.notAllowed
}
export class NotImplemented extends ConnectionException {
  readonly replyCode = ReplyCode.notImplemented
}
export class InternalError extends ConnectionException {
  readonly replyCode = ReplyCode.internalError
}

/** More octets would not show within 255 characters of reply text. */
const SHOWN_OCTETS_MAX = 128

/**
 * What to throw for an error met while reading the method's arguments in `bytes[start, end)`: RabbitMQ prints them all,
 * `cannot decode <<0,0,200>>`, and names the method. Errors with a text of their own stay as they are.
 */
export function undecodable(
  error: unknown,
  methodId: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): unknown {
  if (!(error instanceof Undecodable)) return error
  const shown = new FrameError(`cannot decode ${erlangOctets(bytes.subarray(start, end), SHOWN_OCTETS_MAX)}`)
  shown.methodId = methodId
  return shown
}
