/**
 * What goes wrong, as RabbitMQ's HTTP API tells it: a status and `{"error","reason"}`. Resources throw a `Problem`, or let
 * through what the domain threw; this is the only place where either becomes an answer.
 */
import { AmqpError } from '../amqp/errors'
import { InvalidPattern } from '../auth/pattern'
import { DefinitionsRefused } from '../broker/definitions/definition-records'
import { SettingRefused } from '../broker/setting-refused'
import { ParameterRefused, ValidationFailed } from '../broker/validation'
import { DirectChannelClosed } from './direct-channel'

export class Problem extends Error {
  override readonly name: string = 'Problem'

  constructor(
    readonly status: number,
    readonly error: string,
    readonly reason: unknown,
  ) {
    super(typeof reason === 'string' ? reason : JSON.stringify(reason))
  }
}

/** Not to be told before so many milliseconds have passed: it slows down who guesses. */
export class LoginRefused extends Problem {
  constructor(readonly delayMs: number) {
    super(401, 'not_authorized', 'Not_Authorized')
  }
}

export interface ProblemBody {
  readonly error: string
  readonly reason: unknown
}

/** RabbitMQ: `resource_exists` said no. */
export function objectNotFound(): Problem {
  return new Problem(404, 'Object Not Found', 'Not Found')
}

export function badRequest(reason: unknown): Problem {
  return new Problem(400, 'bad_request', reason)
}

/** Known, but not allowed. RabbitMQ answers 401, not 403. */
export function notAuthorised(reason: string): Problem {
  return new Problem(401, 'not_authorised', reason)
}

/** RabbitMQ: the handler found out that there is none, not `resource_exists`. */
export function vhostNotFound(): Problem {
  return new Problem(404, 'not_found', 'vhost_not_found')
}

/** Undefined: a defect of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (error instanceof DirectChannelClosed) return ofReply(error.replyCode, error.replyText)
  if (error instanceof AmqpError) return ofReply(error.replyCode, error.replyText)
  if (error instanceof ValidationFailed || error instanceof ParameterRefused) return badRequest(error.message)
  if (error instanceof DefinitionsRefused) return badRequest(error.reason)
  if (error instanceof SettingRefused) return ofSetting(error)
  if (error instanceof InvalidPattern) return badRequest(['invalid_regexp', error.pattern, error.reason])
  return ofFramework(error)
}

/** RabbitMQ: `with_channel`: some reply codes have a status of their own, the others are a bad request. */
function ofReply(code: number, text: string): Problem {
  if (code === 404) return new Problem(404, 'not_found', text)
  if (code === 403) return notAuthorised(text)
  return badRequest(`${code} ${text}`)
}

function ofSetting({ kind, message, told }: SettingRefused): Problem {
  if (kind === 'protected_from_deletion') return new Problem(412, 'precondition_failed', message)
  return badRequest(told)
}

/** What the HTTP framework refused: a body that is too large, is no JSON or does not have the form that is asked for. */
function ofFramework(error: unknown): Problem | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  const { code, statusCode, message } = error as { code?: string; statusCode: unknown; message: string }
  if (typeof statusCode !== 'number' || statusCode >= 500) return undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return badRequest('Exceeded HTTP request body size limit')
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError) return badRequest('not_json')
  if (statusCode === 400) return badRequest(message)
  return new Problem(statusCode, 'bad_request', message)
}
