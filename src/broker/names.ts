/** Rules for names: the reserved prefix, and the names the broker makes itself. */
import { randomBytes } from 'node:crypto'
import { AccessRefused } from '../amqp/errors'

/** What RabbitMQ calls a node: there is one. */
export const NODE_NAME = 'leveret@localhost'

const RESERVED_PREFIX = 'amq.'

/** The pseudo-queue of direct reply-to; queues behind it have names that begin so. */
export const REPLY_TO = 'amq.rabbitmq.reply-to'

/** Whether it is such a queue: no policy and no limit counts it. Nobody can declare one. */
export function isReplyQueue(name: string): boolean {
  return name.startsWith(`${REPLY_TO}.`)
}

/** RabbitMQ: `amq.gen-` and 22 characters of base64url. */
export function generatedQueueName(): string {
  return `amq.gen-${randomBytes(16).toString('base64url')}`
}

export function generatedConsumerTag(): string {
  return `amq.ctag-${randomBytes(16).toString('base64url')}`
}

/**
 * amqp: queue.declare, exchange.declare, rule "reserved"
 * @throws AccessRefused
 */
export function refuseReservedName(kind: 'queue' | 'exchange', name: string): void {
  if (!name.startsWith(RESERVED_PREFIX)) return
  throw new AccessRefused(`${kind} name '${name}' contains reserved prefix 'amq.*'`)
}

/** It, or a queue behind it. */
export function isReplyQueueName(name: string): boolean {
  return name === REPLY_TO || isReplyQueue(name)
}

/** RabbitMQ takes line breaks out of names so that log lines stay lines. */
export function withoutLineBreaks(name: string): string {
  return name.replace(/[\r\n]/g, '')
}

/** `queue 'q' in vhost '/'`: how RabbitMQ's texts name a thing. */
export function describeResource(kind: 'queue' | 'exchange', name: string, vhost: string): string {
  return `${kind} '${name}' in vhost '${vhost}'`
}
