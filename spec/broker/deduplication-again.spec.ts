/** What an exchange without duplicates knows of messages that got nowhere: nothing, whichever way they came to it. */
import amqplib from 'amqplib'
import { eventually } from '../support/eventually'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'

const REFUSING = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }

let broker: ListeningBroker
let connection: amqplib.ChannelModel
let channel: amqplib.ConfirmChannel

beforeEach(async () => {
  broker = await listeningBroker({ heartbeat: 0 }) // the clock leaps
  connection = await amqplib.connect(broker.url)
  channel = await connection.createConfirmChannel()
  await channel.assertExchange('x', 'fanout', { arguments: { 'x-message-deduplication': true } })
  await channel.assertQueue('q', { arguments: REFUSING })
})

afterEach(async () => {
  await connection.close().catch(() => {})
  await broker.close()
})

async function publish(exchange: string, key: string, body: string): Promise<'acked' | 'nacked'> {
  channel.publish(exchange, 'k', Buffer.from(body), { headers: { 'x-deduplication-header': key } })
  return await channel.waitForConfirms().then(
    () => 'acked',
    () => 'nacked',
  )
}

async function bodies(queue = 'q'): Promise<string[]> {
  const found: string[] = []
  for (let got = await channel.get(queue); got !== false; got = await channel.get(queue)) {
    channel.ack(got)
    found.push(got.content.toString())
  }
  return found
}

it('is no duplicate after a nack when it came through another exchange', async () => {
  await channel.bindQueue('q', 'x', '')
  await channel.assertExchange('front', 'fanout')
  await channel.bindExchange('x', 'front', '')
  expect(await publish('front', 'a', '1')).toBe('acked')
  expect(await publish('front', 'b', '2')).toBe('nacked')
  expect(await bodies()).toEqual(['1'])
  expect(await publish('front', 'b', '2')).toBe('acked')
  expect(await bodies()).toEqual(['2'])
})

it('leaves alone what it repeats when the queue of the alternate exchange refuses it', async () => {
  await channel.assertExchange('y', 'fanout', {
    alternateExchange: 'others',
    arguments: { 'x-message-deduplication': true },
  })
  await channel.assertExchange('others', 'fanout')
  await channel.bindQueue('q', 'others', '')
  await channel.assertQueue('first')
  await channel.bindQueue('first', 'y', '')
  expect(await publish('y', 'a', '1')).toBe('acked')
  expect(await publish('y', 'a', '2')).toBe('acked')
  expect(await publish('y', 'a', '3')).toBe('nacked')
  expect(await publish('y', 'a', '4')).toBe('nacked')
  expect(await bodies('first')).toEqual(['1'])
})

it('is no duplicate of itself when it is a dead letter that is tried again', async () => {
  await channel.bindQueue('q', 'x', '')
  const args = { 'x-dead-letter-exchange': 'x', 'x-dead-letter-strategy': 'at-least-once' }
  await channel.assertQueue('dying', {
    arguments: { ...args, 'x-overflow': 'reject-publish', 'x-message-ttl': 0 },
  })
  channel.sendToQueue('q', Buffer.from('in the way'))
  channel.sendToQueue('dying', Buffer.from('letter'), { headers: { 'x-deduplication-header': 'a' } })
  await channel.waitForConfirms()
  const isDead = async (): Promise<void> => expect((await channel.checkQueue('dying')).messageCount).toBe(0)
  broker.clock.advance(1)
  await eventually(isDead)
  expect(await bodies()).toEqual(['in the way'])
  broker.clock.advance(5000)
  await eventually(async () => expect(await bodies()).toEqual(['letter']))
})
