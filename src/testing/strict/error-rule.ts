/** A client was refused what it asked for, which cost its channel or connection. */
import { ConnectionClose } from '../../amqp/methods'
import type { Rule, StrictEye } from './rule'
import { unknownTagIn } from './settling-rules'

export function errorRule(eye: StrictEye): Rule {
  return {
    refused(close, by) {
      if (unknownTagIn(close) !== undefined && eye.minds('acknowledgements')) return
      const what = close instanceof ConnectionClose ? 'connection' : 'channel'
      eye.note('errors', by, `lost its ${what}: ${close.replyCode} ${close.replyText}`, {})
    },
  }
}
