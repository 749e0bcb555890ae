/** What is told about one channel and its consumers. Those of direct reply-to are no consumers of a queue to RabbitMQ. */
import type { FieldTable } from '../amqp/table'
import type { ChannelIdentity } from '../broker/events/events'
import { isReplyQueueName } from '../broker/names'
import type { ChannelConsumer } from './channel-consumer'
import type { Session } from './session'

export class ChannelEvents {
  private readonly channel: ChannelIdentity

  constructor(
    number: number,
    private readonly session: Session,
  ) {
    this.channel = {
      pid: session.pidOfChannel(number),
      name: `${session.connectionName} (${number})`,
      number,
      connectionPid: session.pidOfChannel(0),
      user: session.user.name,
      vhost: session.vhost.name,
    }
  }

  opened(): void {
    const { events, user } = this.session
    events.actingAs(user.name, () => events.emit({ kind: 'channel.created', channel: this.channel }))
  }

  closed(consumerCount: number): void {
    const { events, user } = this.session
    const closed = { kind: 'channel.closed', channel: this.channel, consumerCount } as const
    events.actingAs(user.name, () => events.emit(closed))
  }

  consumerCreated(consumer: ChannelConsumer, prefetchCount: number, args: FieldTable): void {
    const { tag, exclusive, noAck, queue } = consumer
    if (isReplyQueueName(queue.name)) return
    const { pid: channelPid, vhost } = this.channel
    const properties = { tag, channelPid, exclusive, noAck, prefetchCount, arguments: args }
    this.session.events.emit({ kind: 'consumer.created', vhost, queue: queue.name, ...properties })
  }

  consumerDeleted({ tag, queue }: ChannelConsumer): void {
    if (isReplyQueueName(queue.name)) return
    const { pid: channelPid, vhost } = this.channel
    this.session.events.emit({ kind: 'consumer.deleted', vhost, queue: queue.name, tag, channelPid })
  }
}
