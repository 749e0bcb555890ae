// GENERATED from protocol.ts by generate.ts: do not edit, run `node dist/amqp/generate.js`.

/** Why a channel or connection is closed, or a message returned (AMQP 0-9-1, section 1.2 "constants"). */
export const ReplyCode = {
  success: 200,
  contentTooLarge: 311,
  noRoute: 312,
  noConsumers: 313,
  connectionForced: 320,
  invalidPath: 402,
  accessRefused: 403,
  notFound: 404,
  resourceLocked: 405,
  preconditionFailed: 406,
  frameError: 501,
  syntaxError: 502,
  commandInvalid: 503,
  channelError: 504,
  unexpectedFrame: 505,
  resourceError: 506,
  notAllowed: 530,
  notImplemented: 540,
  internalError: 541,
} as const

/** The name RabbitMQ puts before its reply texts (`NOT_FOUND`); a code that has none is printed as it is. */
export function replyCodeName(code: number): string {
  switch (code) {
    case 200:
      return 'SUCCESS'
    case 311:
      return 'CONTENT_TOO_LARGE'
    case 312:
      return 'NO_ROUTE'
    case 313:
      return 'NO_CONSUMERS'
    case 320:
      return 'CONNECTION_FORCED'
    case 402:
      return 'INVALID_PATH'
    case 403:
      return 'ACCESS_REFUSED'
    case 404:
      return 'NOT_FOUND'
    case 405:
      return 'RESOURCE_LOCKED'
    case 406:
      return 'PRECONDITION_FAILED'
    case 501:
      return 'FRAME_ERROR'
    case 502:
      return 'SYNTAX_ERROR'
    case 503:
      return 'COMMAND_INVALID'
    case 504:
      return 'CHANNEL_ERROR'
    case 505:
      return 'UNEXPECTED_FRAME'
    case 506:
      return 'RESOURCE_ERROR'
    case 530:
      return 'NOT_ALLOWED'
    case 540:
      return 'NOT_IMPLEMENTED'
    case 541:
      return 'INTERNAL_ERROR'
    default:
      return String(code)
  }
}
