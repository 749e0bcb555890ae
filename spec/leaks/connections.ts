/** Connections that come and go, in all manners and at each step of the handshake. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { encodeMethod } from '../../conformance/support/codec'
import { type Churn, newKey, nextName, repeat } from './churn'
import type { Subject } from './subject'

const HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')
const TUNE_OK = encodeMethod(0, 'connection.tune-ok', { channelMax: 10, frameMax: 131_072, heartbeat: 20 })
const CHANNEL_OPEN = encodeMethod(1, 'channel.open', {})
const PUBLISH = encodeMethod(1, 'basic.publish', { exchange: '', routingKey: 'q' })

function startOk(user: string, password: string): Buffer {
  const clientProperties = { product: 'leaks', connection_name: newKey() }
  const response = Buffer.from(`\0${user}\0${password}`)
  return encodeMethod(0, 'connection.start-ok', {
    clientProperties,
    mechanism: 'PLAIN',
    response,
    locale: 'en_US',
  })
}

function open(virtualHost: string): Buffer {
  return encodeMethod(0, 'connection.open', { virtualHost })
}

const words: readonly (readonly [string, () => readonly Buffer[]])[] = [
  ['before a word', () => []],
  ['in the protocol header', () => [HEADER.subarray(0, 5)]],
  ['of another protocol', () => [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ['after the protocol header', () => [HEADER]],
  ['after start-ok', () => [HEADER, startOk('guest', 'guest')]],
  ['after tune-ok', () => [HEADER, startOk('guest', 'guest'), TUNE_OK]],
  ['after open', () => [HEADER, startOk('guest', 'guest'), TUNE_OK, open('/')]],
  ['in a publish', () => [HEADER, startOk('guest', 'guest'), TUNE_OK, open('/'), CHANNEL_OPEN, PUBLISH]],
  ['in a frame', () => [HEADER, startOk('guest', 'guest'), TUNE_OK, open('/'), CHANNEL_OPEN.subarray(0, 9)]],
  ['with a wrong password', () => [HEADER, startOk('guest', 'wrong')]],
  ['of strangers', () => [HEADER, startOk(newKey(), 'wrong')]],
  ['to a virtual host that is not there', () => [HEADER, startOk('guest', 'guest'), TUNE_OK, open(newKey())]],
]

async function speak(subject: Subject, said: readonly Buffer[]): Promise<void> {
  const { port, hostname } = new URL(subject.url)
  const socket: Socket = connect(Number(port), hostname).on('error', () => {})
  const closed = once(socket, 'close')
  socket.resume()
  for (const bytes of said) socket.write(bytes)
  await once(socket, 'connect')
  const isAnswered = said[0] !== undefined && said[0].length >= HEADER.length
  if (isAnswered) await Promise.race([once(socket, 'data'), closed])
  // Some with a reset, in the middle of what the broker says.
  if (Math.random() < 0.5) socket.resetAndDestroy()
  else socket.destroy()
  await closed
}

const abandoned: readonly Churn[] = words.map(([when, say]) => ({
  name: `connections that end ${when}`,
  run: (subject, times) => repeat(times, () => speak(subject, say())),
}))

async function work(subject: Subject): Promise<Awaited<ReturnType<Subject['link']>>> {
  const link = await subject.link()
  const channel = await link.openChannel()
  const { queue } = await channel.call('queue.declare', { queue: nextName(), exclusive: true })
  await channel.call('queue.bind', { queue, exchange: 'amq.topic', routingKey: `work.${queue}.#` })
  await channel.call('confirm.select')
  await channel.call('basic.consume', { queue })
  channel.publish('amq.topic', `work.${queue}.now`, Buffer.from('work'), {})
  channel.publish('', queue, Buffer.from('more'), { deliveryMode: 2 })
  await channel.call('basic.qos', { prefetchCount: 1 })
  return link
}

export const connections: readonly Churn[] = [
  ...abandoned,
  {
    name: 'connections that are closed after work',
    run: (subject, times) => repeat(times, async () => (await work(subject)).close()),
  },
  {
    name: 'connections that are cut at work',
    run: (subject, times) => repeat(times, async () => (await work(subject)).destroy()),
  },
  {
    name: 'connections over WebSocket',
    run: (subject, times) =>
      repeat(times, async at => {
        const url = `${subject.managementUrl.replace('http', 'ws')}/ws/amqp`
        const socket = new WebSocket(url, 'amqp').on('error', () => {})
        await once(socket, 'open')
        if (at % 3 > 0) socket.send(Buffer.concat([HEADER, startOk('guest', 'guest'), TUNE_OK, open('/')]))
        if (at % 3 > 0) await once(socket, 'message')
        const closed = once(socket, 'close')
        if (at % 3 === 1) socket.terminate()
        else socket.close()
        await closed
      }),
  },
]
