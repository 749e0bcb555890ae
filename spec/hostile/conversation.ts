/** A client that does a bit of everything and everything right, frame by frame. Nothing is left of it when it is over. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import type { MethodFields, MethodName } from '../../conformance/support/methods'
import { protocolHeader } from '../support/in-process-clients'

const headers = {
  text: 'one',
  nested: { list: [1, 2.5, true, null, 'two'], deeper: { number: 4_000_000_000_000 } },
}

/** The names are long so that no mistake in a single byte makes another client's name of them. */
const queue = 'queue of the conversation'
const exchange = 'exchange of the conversation'

export function conversation(): Buffer[] {
  return [...opening(), ...declaring(), ...consuming(), ...getting(), ...transacting(), ...closing()]
}

function method<M extends MethodName>(
  channel: number,
  name: M,
  fields: Partial<MethodFields[M]> = {},
): Buffer {
  return encodeMethod(channel, name, fields)
}

function publish(channel: number, to: Partial<MethodFields['basic.publish']>, body: string): Buffer[] {
  const half = body.length >> 1
  const properties = { contentType: 'text/plain', headers, deliveryMode: 2, messageId: 'm', timestamp: 1 }
  return [
    method(channel, 'basic.publish', to),
    encodeHeader(channel, body.length, properties),
    encodeFrame(3, channel, Buffer.from(body.slice(0, half))),
    encodeFrame(3, channel, Buffer.from(body.slice(half))),
  ]
}

function opening(): Buffer[] {
  return [
    protocolHeader,
    method(0, 'connection.start-ok', {
      clientProperties: { product: 'spec', capabilities: { consumer_cancel_notify: true } },
      mechanism: 'PLAIN',
      response: Buffer.from('\0guest\0guest'),
      locale: 'en_US',
    }),
    method(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 60 }),
    method(0, 'connection.open', { virtualHost: '/' }),
    method(1, 'channel.open'),
    method(2, 'channel.open'),
  ]
}

function declaring(): Buffer[] {
  return [
    method(1, 'exchange.declare', { exchange, type: 'topic', autoDelete: true, arguments: { x: 'y' } }),
    method(1, 'queue.declare', { queue, exclusive: true, arguments: { 'x-max-length': 1000 } }),
    method(1, 'queue.bind', { queue, exchange, routingKey: 'a.*.#' }),
    method(1, 'exchange.bind', {
      source: exchange,
      destination: 'amq.fanout',
      routingKey: 'b',
      arguments: headers,
    }),
    method(1, 'exchange.unbind', {
      source: exchange,
      destination: 'amq.fanout',
      routingKey: 'b',
      arguments: headers,
    }),
    encodeFrame(8, 0, Buffer.alloc(0)),
  ]
}

function consuming(): Buffer[] {
  return [
    method(1, 'confirm.select'),
    method(1, 'basic.qos', { prefetchCount: 10 }),
    method(1, 'basic.consume', { queue, consumerTag: 'tag', arguments: { 'x-priority': 3 } }),
    ...publish(1, { exchange, routingKey: 'a.b.c' }, 'to the consumer'),
    ...publish(1, { exchange, routingKey: 'nowhere', mandatory: true }, 'to nobody'),
    method(1, 'basic.ack', { deliveryTag: 1 }),
    method(1, 'basic.cancel', { consumerTag: 'tag' }),
  ]
}

function getting(): Buffer[] {
  return [
    ...publish(1, { routingKey: queue }, 'to be got'),
    ...publish(1, { routingKey: queue }, 'to be got as well'),
    method(1, 'basic.get', { queue }),
    method(1, 'basic.nack', { deliveryTag: 2, requeue: true }),
    method(1, 'basic.get', { queue, noAck: true }),
    method(1, 'basic.get', { queue }),
    method(1, 'basic.recover', { requeue: true }),
    method(1, 'queue.purge', { queue }),
  ]
}

function transacting(): Buffer[] {
  return [
    method(2, 'tx.select'),
    ...publish(2, { routingKey: queue }, 'to be committed'),
    method(2, 'tx.commit'),
    method(2, 'basic.get', { queue }),
    method(2, 'basic.reject', { deliveryTag: 1 }),
    method(2, 'tx.rollback'),
  ]
}

function closing(): Buffer[] {
  return [
    method(1, 'queue.unbind', { queue, exchange, routingKey: 'a.*.#' }),
    method(1, 'queue.delete', { queue }),
    method(2, 'channel.close', { replyCode: 200, replyText: 'bye' }),
    method(0, 'connection.close', { replyCode: 200, replyText: 'bye' }),
  ]
}
