/**
 * A delayed message exchange, as in RabbitMQ's plugin: routes as the type named by `x-delayed-type` does, but a message with
 * a header `x-delay` waits that long first. This only says where it waits, in a queue that the broker opens together with
 * the exchange; when its time has come, the broker asks again, with the header negative.
 *
 * A message that would lead nowhere does not wait, so that a mandatory one is returned at once (the plugin never returns
 * any). With an alternate exchange every message leads somewhere.
 */
import { PreconditionFailed } from '../amqp/errors'
import type { FieldTable } from '../amqp/table'
import { delayIn } from './delay-header'
import type { Destination } from './destination'
import type { Exchange, ExchangeDeclaration } from './exchange'
import type { RoutedMessage } from './routed-message'
import { quoted } from './verdict'
import { WrappingExchange } from './wrapping'

export const DELAYED_TYPE = 'x-delayed-message'

export class DelayedExchange extends WrappingExchange {
  override readonly type = DELAYED_TYPE
  /** Where messages wait. */
  readonly delayQueue: Destination
  /** Scratch of one question, empty between two. */
  private readonly found = new Set<Destination>()

  /** `inner`: of the type that `delayedTypeIn` names. */
  constructor(declaration: ExchangeDeclaration, inner: Exchange) {
    super(declaration, inner)
    this.delayQueue = { kind: 'queue', name: `amq.delayed.${declaration.name}` }
  }

  override matchAll(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    if (delayIn(message.headers()) === 0) this.inner.matchAll(routingKeys, message, into)
    else if (this.leadsSomewhere(routingKeys, message)) into.add(this.delayQueue)
  }

  override remarks(message: RoutedMessage): readonly string[] {
    const delay = delayIn(message.headers())
    if (delay === 0) return super.remarks(message)
    const waits = `exchange ${quoted(this.name)} lets it wait for ${delay} ms first, then asks its bindings`
    return [waits, ...super.remarks(message)]
  }

  private leadsSomewhere(routingKeys: readonly string[], message: RoutedMessage): boolean {
    const { inner, found } = this
    if (this.alternateExchange !== undefined) return true
    // Only when its time has come is it a message to such an exchange.
    if (inner.isChangedByMessages) return this.bindingCount > 0
    try {
      inner.matchAll(routingKeys, message, found)
      return found.size > 0
    } finally {
      found.clear()
    }
  }
}

/** @throws PreconditionFailed unless the arguments name a type, which may be an unknown one */
export function delayedTypeIn(args: FieldTable): string {
  const type = args.get('x-delayed-type')
  if (type?.type !== 'S' && type?.type !== 'x') {
    // RabbitMQ's plugin, to the letter; clients of long standing match on it
    throw new PreconditionFailed("Invalid argument, 'x-delayed-type' must bean existing exchnage type")
  }
  const named = type.value.toString()
  if (named !== DELAYED_TYPE) return named
  throw new PreconditionFailed(`Invalid argument, '${DELAYED_TYPE}' can't be used for 'x-delayed-type'`)
}
