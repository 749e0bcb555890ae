/**
 * Direct reply-to: a requester consumes the pseudo-queue `amq.rabbitmq.reply-to`, and its requests carry a name that
 * only whoever answers learns. Behind it is a queue of one consumer that nobody can use by name and that goes with it.
 *
 *     requester                          broker                              responder
 *     reply-to: amq.rabbitmq.reply-to ──► reply-to: amq.rabbitmq.reply-to.TOKEN ──►
 *                                    ◄── default exchange, key …reply-to.TOKEN ◄──
 */
import { NotFound, PreconditionFailed } from '../amqp/errors'
import { decodeProperties } from '../amqp/properties'
import { withReplyTo } from '../amqp/property-edit'
import { openReplyQueue, removeQueue } from '../broker/declarations/queue-declarations'
import { describeResource, REPLY_TO } from '../broker/names'
import type { Vhost } from '../broker/vhost'
import type { Message } from '../message'
import type { Queue } from '../queues/queue'

export class DirectReplyTo {
  private queue: Queue | undefined

  constructor(private readonly vhost: Vhost) {}

  /** Its consumer on the queue behind this channel's pseudo-queue. @throws PreconditionFailed, and what `make` throws */
  consume<Consumer>(noAck: boolean, make: (queue: Queue) => Consumer): Consumer {
    const queue = this.open(noAck)
    try {
      return make(queue)
    } catch (error) {
      // Nobody consumes it, so nobody's going would take it along.
      removeQueue(this.vhost, queue)
      throw error
    }
  }

  /**
   * Puts the real name into a request that says only `amq.rabbitmq.reply-to`. False: it says something else, and stays.
   * @throws PreconditionFailed
   */
  address(message: Message): boolean {
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    if (decodeProperties(propertiesBytes, propertiesStart, propertiesEnd).replyTo !== REPLY_TO) return false
    if (this.queue === undefined || this.queue.deleted) {
      throw new PreconditionFailed('fast reply consumer does not exist')
    }
    const properties = withReplyTo(propertiesBytes, propertiesStart, propertiesEnd, this.queue.name)
    message.setProperties(properties)
    return true
  }

  private open(noAck: boolean): Queue {
    if (!noAck) throw new PreconditionFailed('reply consumer cannot acknowledge')
    if (this.queue !== undefined && !this.queue.deleted)
      throw new PreconditionFailed('reply consumer already set')
    this.queue = openReplyQueue(this.vhost)
    return this.queue
  }
}

/** RabbitMQ: declaring such a name asks whether somebody still waits for replies. @throws NotFound */
export function requireReplyQueue(vhost: Vhost, name: string): void {
  if (name === REPLY_TO || vhost.queues.has(name)) return
  throw new NotFound(`no ${describeResource('queue', name, vhost.name)}`)
}
