/** One method of AMQP for one request, as the user who asks: RabbitMQ's `direct_request`, with its statuses and reasons. */
import type { WritableMethod } from '../amqp/frame-writer'
import type { User } from '../auth/users'
import type { Vhost } from '../broker/vhost'
import { DirectChannel, DirectChannelClosed } from './direct-channel'
import type { Management } from './management'
import { badRequest, notAuthorised, Problem } from './problems'

/** @throws Problem */
export async function directRequest(
  { settings }: Management,
  user: User,
  vhost: Vhost,
  method: WritableMethod,
): Promise<WritableMethod> {
  const channel = new DirectChannel(settings, vhost, user)
  try {
    return await channel.call(method)
  } catch (error) {
    throw error instanceof DirectChannelClosed ? refusalOf(error) : error
  } finally {
    channel.close()
  }
}

function refusalOf({ replyCode, replyText }: DirectChannelClosed): Problem {
  if (replyCode === 403 || replyCode === 530) return notAuthorised('Access refused.')
  const explanation = replyText.replace(/^[A-Z_]+ - /, '')
  return replyCode === 404 ? new Problem(404, 'not_found', explanation) : badRequest(explanation)
}
