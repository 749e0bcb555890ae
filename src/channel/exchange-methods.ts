/** exchange.*: permission, then the virtual host, then the reply. */
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
import { bind, unbind } from '../broker/bindings'
import {
  alternateExchangeOf,
  declareExchange,
  deleteExchange,
  refuseDefaultExchange,
} from '../broker/exchange-declarations'
import { withoutLineBreaks } from '../broker/names'
import type { Exchange } from '../exchanges/exchange'
import { checkExchangeType } from '../exchanges/types'
import type { Session } from './session'

export class ExchangeMethods {
  constructor(
    private readonly number: number,
    private readonly session: Session,
  ) {}

  declare(method: ExchangeDeclare): void {
    const { peer, vhost } = this.session
    const name = withoutLineBreaks(method.exchange)
    if (method.passive) {
      refuseDefaultExchange(name)
      vhost.requireExchange(name)
    } else this.declareActive(name, method)
    if (!method.noWait) peer.send(this.number, new ExchangeDeclareOk())
  }

  delete(method: ExchangeDelete): void {
    const { peer, access, user, vhost } = this.session
    const name = withoutLineBreaks(method.exchange)
    refuseDefaultExchange(name)
    access.requireConfigure(user.name, vhost.name, 'exchange', name)
    deleteExchange(vhost, name, method.ifUnused)
    if (!method.noWait) peer.send(this.number, new ExchangeDeleteOk())
  }

  bind(method: ExchangeBind): void {
    const { source, destination } = this.bindingEnds(method)
    bind(this.session.vhost, source, destination, method.routingKey, method.arguments)
    if (!method.noWait) this.session.peer.send(this.number, new ExchangeBindOk())
  }

  unbind(method: ExchangeUnbind): void {
    const { source, destination } = this.bindingEnds(method)
    unbind(this.session.vhost, source, destination, method.routingKey, method.arguments)
    if (!method.noWait) this.session.peer.send(this.number, new ExchangeUnbindOk())
  }

  private declareActive(name: string, method: ExchangeDeclare): void {
    const { access, user, vhost } = this.session
    checkExchangeType(method.type)
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

  private bindingEnds(method: ExchangeBind | ExchangeUnbind): { source: Exchange; destination: Exchange } {
    const { access, user, vhost } = this.session
    refuseDefaultExchange(method.destination)
    refuseDefaultExchange(method.source)
    access.requireWrite(user.name, vhost.name, 'exchange', method.destination)
    access.requireRead(user.name, vhost.name, 'exchange', method.source)
    const source = vhost.requireExchange(method.source)
    if (source.type === 'topic') {
      access.requireTopicRead(user.name, vhost.name, source.name, method.routingKey)
    }
    return { source, destination: vhost.requireExchange(method.destination) }
  }
}
