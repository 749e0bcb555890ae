/** queue.*: permission, then the virtual host, then the reply. */
import { AccessRefused, NotFound } from '../amqp/errors'
import type { WritableMethod } from '../amqp/frame-writer'
import {
  type QueueBind,
  QueueBindOk,
  type QueueDeclare,
  QueueDeclareOk,
  type QueueDelete,
  QueueDeleteOk,
  type QueuePurge,
  QueuePurgeOk,
  type QueueUnbind,
  QueueUnbindOk,
} from '../amqp/methods'
import type { FieldTable } from '../amqp/table'
import { bind, unbind } from '../broker/declarations/bindings'
import { refuseDefaultExchange } from '../broker/declarations/exchange-declarations'
import {
  declareQueue,
  deleteQueue,
  requireUnlocked,
  requireVisible,
} from '../broker/declarations/queue-declarations'
import {
  describeResource,
  generatedQueueName,
  isReplyQueueName,
  refuseReservedName,
  withoutLineBreaks,
} from '../broker/names'
import { requireServerNaming } from '../queues/arguments'
import type { Queue } from '../queues/queue'
import { requireReplyQueue } from './direct-reply-to'
import { permitPassiveDeclare } from './passive-declare'
import { heedBackPressure, type Session } from './session'

interface BindingNames {
  readonly name: string
  readonly exchangeName: string
  readonly routingKey: string
}

export class QueueMethods {
  /** amqp: queue.*, field queue: empty means the queue this channel declared last. */
  private lastDeclared = ''

  constructor(
    private readonly number: number,
    private readonly session: Session,
  ) {}

  /**
   * As it is: RabbitMQ takes line breaks out of the names of some methods only.
   * @throws NotFound when the name is empty and nothing was declared
   */
  named(name: string): string {
    if (name !== '') return name
    // A message's text only: RabbitMQ looks up the queue declared last, and finds none.
    if (this.lastDeclared === '') throw new NotFound('no previously declared queue')
    return this.lastDeclared
  }

  declare(method: QueueDeclare): void {
    if (isReplyQueueName(method.queue)) {
      requireReplyQueue(this.session.vhost, method.queue)
      if (!method.noWait) this.reply(new QueueDeclareOk(method.queue, 0, 1))
      return
    }
    const queue = method.passive ? this.declarePassive(method) : this.declareActive(method)
    this.lastDeclared = queue.name
    if (method.noWait) return
    this.reply(new QueueDeclareOk(queue.name, queue.messageCount, queue.consumers.count))
  }

  delete(method: QueueDelete): void {
    const { session } = this
    const name = this.named(withoutLineBreaks(method.queue))
    session.access.requireConfigure(session.user.name, session.vhost.name, 'queue', name)
    const queue = session.vhost.queues.get(name)
    let count = 0
    if (queue !== undefined) {
      requireUnlocked(session.vhost, queue, session.owner)
      count = deleteQueue(session.vhost, queue, method)
    }
    // RabbitMQ: deleting what is not there is fine
    if (!method.noWait) this.reply(new QueueDeleteOk(count))
  }

  purge(method: QueuePurge): void {
    const { session } = this
    const name = this.named(method.queue)
    session.access.requireRead(session.user.name, session.vhost.name, 'queue', name)
    const queue = session.vhost.requireQueue(name)
    requireVisible(session.vhost, queue, session.owner)
    const count = queue.purge()
    if (method.noWait) return
    session.peer.whenCommitted(queue.backlog.purgeTicket, () =>
      session.peer.send(this.number, new QueuePurgeOk(count)),
    )
  }

  bind(method: QueueBind): void {
    const { vhost, owner } = this.session
    const { name, exchangeName, routingKey } = this.permitBinding(method)
    const exchange = vhost.requireExchange(exchangeName)
    const queue = this.boundTo(name)
    if (queue === undefined) throw new NotFound(`no ${describeResource('queue', name, vhost.name)}`)
    requireUnlocked(vhost, queue, owner)
    if (bind(vhost, exchange, queue, routingKey, method.arguments)) heedBackPressure(this.session)
    if (!method.noWait) this.reply(new QueueBindOk())
  }

  /** RabbitMQ: unbinding what is not bound, or not there, is fine. */
  unbind(method: QueueUnbind): void {
    const { vhost, owner } = this.session
    const { name, exchangeName, routingKey } = this.permitBinding(method)
    const exchange = vhost.exchange(exchangeName)
    const queue = this.boundTo(name)
    if (exchange !== undefined && queue !== undefined) {
      // RabbitMQ asks whose the queue is only when there is something to unbind
      const permit = () => requireUnlocked(vhost, queue, owner)
      unbind(vhost, exchange, queue, routingKey, method.arguments, permit)
    }
    this.reply(new QueueUnbindOk())
  }

  private declarePassive(method: QueueDeclare): Queue {
    const { vhost, owner } = this.session
    // RabbitMQ: here, and only here, an empty name is a name
    const name = withoutLineBreaks(method.queue)
    permitPassiveDeclare(this.session, 'queue', name)
    const queue = vhost.requireQueue(name)
    requireVisible(vhost, queue, owner)
    queue.used()
    return queue
  }

  private declareActive(method: QueueDeclare): Queue {
    const { session } = this
    const given = withoutLineBreaks(method.queue)
    if (given !== '') refuseReservedName('queue', given)
    if (given === '') requireServerNaming(method.arguments)
    const name = given === '' ? generatedQueueName() : given
    session.access.requireConfigure(session.user.name, session.vhost.name, 'queue', name)
    this.requireDeadLetterPermission(name, method.arguments)
    const request = {
      name,
      // RabbitMQ: what goes with its connection is not durable
      durable: method.durable && !method.exclusive,
      autoDelete: method.autoDelete,
      owner: method.exclusive ? session.owner : undefined,
      arguments: method.arguments,
    }
    return declareQueue(session.vhost, request, session.owner)
  }

  /** RabbitMQ: whose messages may be dead-lettered there must be able to read the one and write the other. */
  private requireDeadLetterPermission(queue: string, args: FieldTable): void {
    const exchange = args.get('x-dead-letter-exchange')
    if (exchange?.type !== 'S') return
    const { access, user, vhost } = this.session
    access.requireRead(user.name, vhost.name, 'queue', queue)
    access.requireWrite(user.name, vhost.name, 'exchange', exchange.value.toString())
  }

  /** RabbitMQ: what waits for direct replies is no queue to bindings. */
  private boundTo(name: string): Queue | undefined {
    return isReplyQueueName(name) ? undefined : this.session.vhost.queues.get(name)
  }

  private permitBinding(method: QueueBind | QueueUnbind): BindingNames {
    const { access, compat, user, vhost } = this.session
    const given = withoutLineBreaks(method.queue)
    if (compat.replyQueueBinding === 'refused' && isReplyQueueName(given)) {
      throw new AccessRefused('cannot bind or unbind to a volatile (direct reply-to) queue')
    }
    const name = this.named(given)
    const exchangeName = withoutLineBreaks(method.exchange)
    // amqp: queue.bind, rule "default": an empty queue name with an empty key binds under the queue's name
    const routingKey = method.queue === '' && method.routingKey === '' ? name : method.routingKey
    refuseDefaultExchange(exchangeName)
    access.requireWrite(user.name, vhost.name, 'queue', name)
    access.requireRead(user.name, vhost.name, 'exchange', exchangeName)
    if (vhost.exchange(exchangeName)?.type === 'topic') {
      access.requireTopicRead(user.name, vhost.name, exchangeName, routingKey)
    }
    return { name, exchangeName, routingKey }
  }

  /** RabbitMQ, too, answers only when what is durable is kept. */
  private reply(method: WritableMethod): void {
    const { peer, vhost } = this.session
    peer.whenCommitted(vhost.log.ticket, () => peer.send(this.number, method))
  }
}
