/**
 * The exchange without a name: every queue is bound to it under its own name. These bindings are not kept; the queue is
 * looked up when a message comes, so what is remembered of its routes goes stale when a queue comes or goes.
 */
import { AccessRefused } from '../amqp/errors'
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange } from './exchange'
import type { RoutedMessage } from './routed-message'
import { quoted, taken, type Verdict } from './verdict'

export type QueueLookup = (name: string) => Destination | undefined

export class DefaultExchange extends Exchange {
  override readonly type = 'direct'
  private readonly queue: QueueLookup

  constructor(queue: QueueLookup) {
    super({ name: '', durable: true, autoDelete: false, internal: false, arguments: new Map() })
    this.queue = queue
  }

  override bind(): never {
    throw new AccessRefused('operation not permitted on the default exchange')
  }

  override unbind(): never {
    throw new AccessRefused('operation not permitted on the default exchange')
  }

  override match(routingKey: string, _message: RoutedMessage, into: Set<Destination>): void {
    const queue = this.queue(routingKey)
    if (queue !== undefined) into.add(queue)
  }

  override why({ routingKey }: Binding): Verdict {
    return taken(`every queue is bound to the default exchange under its name: ${quoted(routingKey)}`)
  }

  protected override bound(): void {}

  protected override unbound(): void {}
}
