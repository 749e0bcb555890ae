/** exchange.*: permission, then the virtual host, then the reply. */
import type { WritableMethod } from '../amqp/frame-writer'
import {
  type ExchangeBind,
  ExchangeBindOk,
  type ExchangeDeclare,
  ExchangeDeclareOk,
  type ExchangeDelete,
  ExchangeDeleteOk,
  type ExchangeUnbind,
  ExchangeUnbindOk,
} from '../amqp/methods'
import { bind, unbind } from '../broker/declarations/bindings'
import {
  alternateExchangeOf,
  declareExchange,
  deleteExchange,
  refuseDefaultExchange,
  requireExchangeType,
} from '../broker/declarations/exchange-declarations'
import { withoutLineBreaks } from '../broker/names'
import { permitPassiveDeclare } from './passive-declare'
import { heedBackPressure, type Session } from './session'

export class ExchangeMethods {
  constructor(
    private readonly number: number,
    private readonly session: Session,
  ) {}

  declare(method: ExchangeDeclare): void {
    const { vhost } = this.session
    const name = withoutLineBreaks(method.exchange)
    if (method.passive) {
      refuseDefaultExchange(name)
      permitPassiveDeclare(this.session, 'exchange', name)
      vhost.requireExchange(name)
    } else this.declareActive(name, method)
    if (!method.noWait) this.reply(new ExchangeDeclareOk())
  }

  delete(method: ExchangeDelete): void {
    const { access, user, vhost } = this.session
    const name = withoutLineBreaks(method.exchange)
    refuseDefaultExchange(name)
    access.requireConfigure(user.name, vhost.name, 'exchange', name)
    deleteExchange(vhost, name, method.ifUnused)
    if (!method.noWait) this.reply(new ExchangeDeleteOk())
  }

  bind(method: ExchangeBind): void {
    const { vhost } = this.session
    const names = this.permitBinding(method)
    const source = vhost.requireExchange(names.source)
    const destination = vhost.requireExchange(names.destination)
    if (bind(vhost, source, destination, method.routingKey, method.arguments)) heedBackPressure(this.session)
    if (!method.noWait) this.reply(new ExchangeBindOk())
  }

  /** RabbitMQ: unbinding what is not bound, or not there, is fine. */
  unbind(method: ExchangeUnbind): void {
    const { vhost } = this.session
    const names = this.permitBinding(method)
    const source = vhost.exchange(names.source)
    const destination = vhost.exchange(names.destination)
    if (source !== undefined && destination !== undefined) {
      unbind(vhost, source, destination, method.routingKey, method.arguments)
    }
    if (!method.noWait) this.reply(new ExchangeUnbindOk())
  }

  private declareActive(name: string, method: ExchangeDeclare): void {
    const { access, user, vhost } = this.session
    requireExchangeType(vhost, method.type)
    refuseDefaultExchange(name)
    access.requireConfigure(user.name, vhost.name, 'exchange', name)
    const request = {
      name,
      type: method.type,
      durable: method.durable,
      autoDelete: method.autoDelete,
      internal: method.internal,
      arguments: method.arguments,
    }
    const alternate = vhost.exchange(name) === undefined ? alternateExchangeOf(request) : undefined
    if (alternate !== undefined) {
      access.requireRead(user.name, vhost.name, 'exchange', name)
      access.requireWrite(user.name, vhost.name, 'exchange', alternate)
    }
    declareExchange(vhost, request)
  }

  private permitBinding(method: ExchangeBind | ExchangeUnbind): { source: string; destination: string } {
    const { access, user, vhost } = this.session
    const source = withoutLineBreaks(method.source)
    const destination = withoutLineBreaks(method.destination)
    refuseDefaultExchange(destination)
    refuseDefaultExchange(source)
    access.requireWrite(user.name, vhost.name, 'exchange', destination)
    access.requireRead(user.name, vhost.name, 'exchange', source)
    if (vhost.exchange(source)?.type === 'topic')
      access.requireTopicRead(user.name, vhost.name, source, method.routingKey)
    return { source, destination }
  }

  /** RabbitMQ, too, answers only when what is durable is kept. */
  private reply(method: WritableMethod): void {
    const { peer, vhost } = this.session
    peer.whenCommitted(vhost.log.ticket, () => peer.send(this.number, method))
  }
}
