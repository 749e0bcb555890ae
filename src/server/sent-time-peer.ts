/**
 * The peer of a broker that tells consumers when their messages were sent: RabbitMQ's outgoing message interceptor. A peer
 * of its own, so that other brokers pay nothing for it. What lies in the queue stays as it is.
 */
import { Content } from '../amqp/content'
import type { WritableMethod } from '../amqp/frame-writer'
import { MethodId } from '../amqp/methods'
import { readHeaders } from '../amqp/properties'
import { withHeaders } from '../amqp/property-edit'
import type { FieldValue } from '../amqp/table'
import type { Clock } from '../clock'
import { OutboundPeer } from './outbound-peer'

const SENT_TIME = 'x-opt-rabbitmq-sent-time'

export class SentTimePeer extends OutboundPeer {
  constructor(
    private readonly clock: Clock,
    ...parts: ConstructorParameters<typeof OutboundPeer>
  ) {
    super(...parts)
  }

  override sendContent(channel: number, method: WritableMethod, content: Content): void {
    const isGet = method.id === MethodId.basicGetOk // the other one is basic.return
    super.sendContent(channel, method, isGet ? this.stamped(content) : content)
  }

  override deliver(
    channel: number,
    consumerTag: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    content: Content,
  ): void {
    super.deliver(channel, consumerTag, deliveryTag, redelivered, this.stamped(content))
  }

  private stamped(content: Content): Content {
    const { propertiesBytes, propertiesStart, propertiesEnd } = content
    const sentTime: FieldValue = { type: 'l', value: this.clock.now() }
    const headers = new Map(readHeaders(propertiesBytes, propertiesStart, propertiesEnd)).set(
      SENT_TIME,
      sentTime,
    )
    const stamped = Object.assign(new Content(), content)
    stamped.propertiesBytes = withHeaders(propertiesBytes, propertiesStart, propertiesEnd, headers)
    stamped.propertiesStart = 0
    stamped.propertiesEnd = stamped.propertiesBytes.length
    return stamped
  }
}
