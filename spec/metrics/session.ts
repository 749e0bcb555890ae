/**
 * One session with a broker in which every counter moves. What RabbitMQ 3.10.8 counts of just this session is what
 * `message-stats.spec.ts` expects.
 */
import { dirname, join } from 'node:path'
import type { Channel, ChannelModel, ConfirmChannel, GetMessage, Message } from 'amqplib'
import { eventually } from '../support/eventually'

// amqplib has no tx; its channels can be asked for any method.
const defs = require(join(dirname(require.resolve('amqplib')), 'lib', 'defs.js')) as Record<string, number>

interface RawChannel {
  _rpc(method: number, fields: object, reply: number, done: (error: Error | null) => void): void
}

export interface Session {
  /** In the order they were opened; the seventh is closed. */
  readonly channels: readonly Channel[]
}

const body = (bytes: number): Buffer => Buffer.alloc(bytes, 'm')

export async function runSession(connection: ChannelModel): Promise<Session> {
  const publisher = await connection.createConfirmChannel()
  publisher.on('return', () => {})
  await declare(publisher)
  publish(publisher)
  await publisher.waitForConfirms().catch(() => {}) // two are refused
  const getting = await connection.createChannel()
  await get(getting)
  const consuming = await connection.createChannel()
  await consumeAndAcknowledge(consuming)
  const automatic = await connection.createChannel()
  await consumeAutomatically(automatic)
  const transacting = await connection.createChannel()
  await transact(transacting)
  const requesting = await connection.createChannel()
  await request(requesting)
  await publisher.deleteQueue('short')
  const gone = await connection.createChannel()
  gone.sendToQueue('q3', body(10))
  await gone.close()
  return { channels: [publisher, getting, consuming, automatic, transacting, requesting] }
}

async function declare(channel: Channel): Promise<void> {
  await channel.assertExchange('x', 'fanout')
  await channel.assertExchange('lonely', 'direct')
  await channel.assertExchange('dlx', 'fanout')
  await channel.assertExchange('e2e', 'topic')
  await channel.assertExchange('h', 'headers')
  await channel.assertQueue('q1', { deadLetterExchange: 'dlx' })
  for (const queue of ['q2', 'q3', 'dlq', 'hdr']) await channel.assertQueue(queue)
  await channel.assertQueue('full', { maxLength: 1, arguments: { 'x-overflow': 'reject-publish' } })
  await channel.assertQueue('short', { messageTtl: 0 })
  await channel.assertQueue('drop', { maxLength: 1 })
  await channel.assertQueue('q3')
  await channel.checkQueue('q3')
  await channel.bindQueue('hdr', 'h', '', { 'x-match': 'all', a: '1' })
  await channel.bindQueue('q1', 'x', '')
  await channel.bindQueue('q2', 'x', '')
  await channel.bindQueue('dlq', 'dlx', '')
  await channel.bindExchange('x', 'e2e', '#')
}

function publish(channel: ConfirmChannel): void {
  repeat(5, () => channel.sendToQueue('q1', body(10)))
  repeat(2, () => channel.publish('lonely', 'k', body(200), { mandatory: true }))
  repeat(3, () => channel.publish('lonely', 'k', body(10)))
  repeat(4, () => channel.publish('x', '', body(2000), { persistent: true }))
  repeat(2, () => channel.publish('e2e', 'k', body(10)))
  repeat(3, () => channel.sendToQueue('full', body(10)))
  repeat(2, () => channel.sendToQueue('short', body(10)))
  repeat(3, () => channel.sendToQueue('drop', body(10)))
  repeat(2, () => channel.publish('h', '', body(10), { headers: { a: '1' } }))
  channel.publish('', 'q3', body(10), { CC: ['q2', 'hdr'] })
}

async function get(channel: Channel): Promise<void> {
  channel.ack(await got(channel, 'q1'))
  channel.nack(await got(channel, 'q1'), false, true)
  channel.reject(await got(channel, 'q1'), false)
  await got(channel, 'q1', true)
  await got(channel, 'q3', true)
  await channel.get('q3')
  await channel.get('q3', { noAck: true })
}

async function consumeAndAcknowledge(channel: Channel): Promise<void> {
  const came: Message[] = []
  const arrived = (count: number) => eventually(() => expect(came.length).toBe(count))
  await channel.prefetch(100)
  await channel.consume('q1', message => came.push(message!), { consumerTag: 'manual' })
  await arrived(8)
  channel.ack(came[0]!)
  channel.ack(came[3]!, true)
  channel.nack(came[4]!, false, true)
  await arrived(9)
  channel.reject(came[5]!, false)
  channel.reject(came[6]!, true)
  await arrived(10)
}

async function consumeAutomatically(channel: Channel): Promise<void> {
  let came = 0
  await channel.consume('q2', () => came++, { noAck: true, consumerTag: 'automatic' })
  await eventually(() => expect(came).toBe(7))
}

async function transact(channel: Channel): Promise<void> {
  const ask = (name: string) =>
    new Promise<void>((resolve, reject) =>
      (channel as unknown as RawChannel)._rpc(defs[name]!, {}, defs[`${name}Ok`]!, error =>
        error === null ? resolve() : reject(error),
      ),
    )
  await ask('TxSelect')
  channel.sendToQueue('q3', body(10))
  channel.sendToQueue('q3', body(10))
  channel.sendToQueue('nowhere', body(10))
  await ask('TxCommit')
  channel.sendToQueue('q3', body(10))
  await ask('TxRollback')
  channel.ack(await got(channel, 'q3'))
  await ask('TxCommit')
  channel.ack(await got(channel, 'q3'))
  await ask('TxRollback')
}

async function request(channel: Channel): Promise<void> {
  let replies = 0
  await channel.consume('amq.rabbitmq.reply-to', () => replies++, { noAck: true })
  channel.publish('', 'hdr', body(1), { replyTo: 'amq.rabbitmq.reply-to' })
  for (let others = 0; others < 3; others++) await got(channel, 'hdr', true)
  const { replyTo } = (await got(channel, 'hdr', true)).properties
  channel.publish('', replyTo, body(1))
  await eventually(() => expect(replies).toBe(1))
}

async function got(channel: Channel, queue: string, noAck = false): Promise<GetMessage> {
  const message = await channel.get(queue, { noAck })
  if (message === false) throw new Error(`${queue} is empty`)
  return message
}

function repeat(times: number, run: () => void): void {
  for (let i = 0; i < times; i++) run()
}
