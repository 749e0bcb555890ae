/** AMQP over WebSocket, on an HTTP server of this spec, by `ws` and by @cloudamqp/amqp-client as in a browser. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AMQPWebSocketClient } from '@cloudamqp/amqp-client'
import { type ClientOptions, createWebSocketStream, WebSocket } from 'ws'
import type { Transport } from '../../src/server/transport'
import { AmqpWebSockets } from '../../src/server/websocket-transport'
import { SystemTurn } from '../../src/turn'
import { connectOn } from '../support/amqplib-on-stream'
import { type ComposedBroker, composeBroker } from '../support/composed-broker'
import { eventually } from '../support/eventually'
import { protocolHeader } from '../support/in-process-clients'

let server: Server
let url: string
let broker: ComposedBroker
let accept: (transport: Transport) => void
let sockets: WebSocket[]

beforeEach(async () => {
  broker = composeBroker(new SystemTurn())
  accept = transport => broker.connections.accept(transport)
  sockets = []
  const webSockets = new AmqpWebSockets(131_072, transport => accept(transport))
  server = createServer()
  server.on('upgrade', (request, socket, head) => webSockets.upgrade(request, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/amqp`
})

afterEach(async () => {
  for (const socket of sockets) socket.terminate()
  await eventually(() => expect(broker.connections.count).toBe(0))
  expect(broker.log.at('error')).toEqual([])
  expect(broker.clock.pending).toBe(0)
  server.close()
})

async function open(options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, 'amqp', options)
  sockets.push(socket)
  await once(socket, 'open')
  return socket
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number]
  return code
}

/** What arrives is kept instead of understood. */
function keepBytes(): { transport: Transport; bytes: Buffer; chunks: number }[] {
  const kept: { transport: Transport; bytes: Buffer; chunks: number }[] = []
  accept = transport => {
    const one = { transport, bytes: Buffer.alloc(0), chunks: 0 }
    kept.push(one)
    transport.listen({
      onData: chunk => {
        one.bytes = Buffer.concat([one.bytes, chunk])
        one.chunks++
      },
      onDrain: () => {},
      onEnd: () => transport.end(),
      onClosed: () => {},
    })
  }
  return kept
}

describe('AMQP over WebSocket', () => {
  it('carries a session of @cloudamqp/amqp-client', async () => {
    const before = globalThis.WebSocket
    Object.assign(globalThis, { WebSocket })
    try {
      const client = new AMQPWebSocketClient(url, '/', 'guest', 'guest')
      const connection = await client.connect()
      const channel = await connection.channel()
      const { name } = await channel.queueDeclare('', { exclusive: true })
      await channel.confirmSelect()
      const bodies = ['hello', 'x'.repeat(100_000)]
      for (const body of bodies) await channel.basicPublish('', name, body)
      const arrived: (string | null)[] = []
      const consumer = await channel.basicConsume(name, { noAck: false }, message => {
        arrived.push(message.bodyString())
        void message.ack()
      })
      await eventually(() => expect(arrived).toEqual(bodies))
      await consumer.cancel()
      await connection.close()
    } finally {
      Object.assign(globalThis, { WebSocket: before })
    }
  })

  it('carries megabytes both ways, through a session of amqplib', async () => {
    const connection = await connectOn(createWebSocketStream(await open()))
    const channel = await connection.createConfirmChannel()
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const body = Buffer.alloc(5_000_000, 'abcdefg')
    channel.sendToQueue(queue, body)
    await channel.waitForConfirms()
    const message = await channel.get(queue)
    expect(message !== false && message.content.equals(body)).toBe(true)
    await connection.close()
  })

  it('may be cut anywhere', async () => {
    const socket = await open()
    for (const byte of protocolHeader) socket.send(Buffer.of(byte))
    const [start] = (await once(socket, 'message')) as [Buffer]
    expect(start.toString('latin1')).toContain('PLAIN AMQPLAIN')
  })

  it('speaks the subprotocol amqp, or none', async () => {
    expect((await open()).protocol).toBe('amqp')
    const without = new WebSocket(url)
    sockets.push(without)
    await once(without, 'open')
    const other = new WebSocket(url, ['mqtt'])
    sockets.push(other)
    const [error] = (await once(other, 'error')) as [Error]
    expect(error.message).toBe('Server sent no subprotocol')
  })

  it('is on its paths only', async () => {
    const address = new URL(url)
    for (const path of ['/', '/ws/amqp?x=y']) {
      const socket = new WebSocket(new URL(path, address))
      sockets.push(socket)
      await once(socket, 'open')
    }
    const socket = new WebSocket(new URL('/ws/mqtt', address))
    sockets.push(socket)
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error.message).toBe('Unexpected server response: 404')
  })

  it('ends as the broker ends: after all that was said', async () => {
    const socket = await open()
    const code = closeCode(socket)
    socket.send(Buffer.from('HTTP/1.1'))
    const [header] = (await once(socket, 'message')) as [Buffer]
    expect(header).toEqual(protocolHeader)
    expect(await code).toBe(1005)
  })

  it('closes a connection that is cut off without a word', async () => {
    const socket = await open()
    expect(broker.connections.count).toBe(1)
    socket.terminate()
    await eventually(() => expect(broker.connections.count).toBe(0))
  })

  it('closes a connection that is silent at the handshake timeout', async () => {
    const socket = await open()
    const code = closeCode(socket)
    broker.clock.advance(10_000)
    expect(await code).toBe(1006)
  })

  it.each([
    ['text', 1003, (socket: WebSocket) => socket.send('AMQP')],
    ['more than a MiB at once', 1009, (socket: WebSocket) => socket.send(Buffer.alloc(1024 * 1024 + 1))],
  ])('refuses %s', async (_, code, say) => {
    const kept = keepBytes()
    const socket = await open()
    say(socket)
    expect(await closeCode(socket)).toBe(code)
    expect(kept).toMatchObject([{ chunks: 0 }])
  })

  it('hands on nothing behind a text', async () => {
    const kept = keepBytes()
    const socket = await open()
    socket.send('AMQP')
    socket.send(protocolHeader)
    await closeCode(socket)
    expect(kept).toMatchObject([{ chunks: 0 }])
  })

  it('answers pings', async () => {
    const socket = await open()
    socket.ping('are you there')
    const [text] = (await once(socket, 'pong')) as [Buffer]
    expect(text.toString()).toBe('are you there')
  })
})

describe('a WebSocket transport', () => {
  it('takes nothing while it is paused', async () => {
    const kept = keepBytes()
    const socket = await open()
    const { transport } = kept[0]!
    transport.pause()
    const bytes = Buffer.alloc(1024 * 1024, 'abc')
    for (let count = 0; count < 20; count++) socket.send(bytes)
    await once(socket, 'pong', { signal: AbortSignal.timeout(1) }).catch(() => {})
    expect(kept[0]!.chunks).toBeLessThan(2)
    transport.resume()
    await eventually(() => expect(kept[0]!.bytes.length).toBe(20 * bytes.length))
  })

  it('counts what the peer has not read, and says when it has', async () => {
    const kept = keepBytes()
    const socket = await open()
    socket.pause()
    const { transport } = kept[0]!
    let drained = 0
    transport.listen({ onData: () => {}, onDrain: () => drained++, onEnd: () => {}, onClosed: () => {} })
    const chunk = Buffer.alloc(1024 * 1024)
    let written = 0
    while (transport.pendingBytes < 8 * chunk.length) transport.write(chunk, () => written++)
    expect(drained).toBe(0)
    socket.resume()
    await eventually(() => expect(transport.pendingBytes).toBe(0))
    await eventually(() => expect(drained).toBe(1))
    expect(written).toBeGreaterThan(7)
  })

  it('owes no endless pongs to a peer that asks for them and does not read', async () => {
    const kept = keepBytes()
    const socket = await open()
    socket.pause()
    const text = 'x'.repeat(125)
    for (let count = 0; count < 200_000; count++) socket.ping(text)
    socket.send('that was all', { binary: true })
    await eventually(() => expect(kept[0]!.bytes.toString()).toBe('that was all'), { timeoutMs: 20_000 })
    expect(kept[0]!.transport.pendingBytes).toBeLessThan(66_000)
  })

  it('calls back for what can be written no more', async () => {
    const kept = keepBytes()
    const socket = await open()
    socket.terminate()
    const { transport } = kept[0]!
    await eventually(
      () =>
        new Promise<void>((resolve, reject) => {
          transport.destroy()
          transport.write(Buffer.from('late'), resolve)
          setImmediate(reject)
        }),
    )
  })
})

describe('guest over WebSocket', () => {
  async function login(headers: Record<string, string>): Promise<boolean> {
    const stream = createWebSocketStream(await open({ headers }))
    stream.on('error', () => {})
    const opened = connectOn(stream).then(
      connection => connection.close().then(() => true),
      () => false,
    )
    return opened
  }

  it.each([
    {},
    { Origin: 'http://localhost:3000' },
    { Origin: 'http://127.0.0.1' },
    { Origin: 'http://[::1]:80' },
  ])('is let in from this machine: %j', async headers =>
    expect(await login(headers as Record<string, string>)).toBe(true),
  )

  it.each([
    { Origin: 'https://example.org' },
    { Origin: 'http://127.0.0.1.example.org' },
    { Origin: 'http://127.example.org' },
    { Origin: 'http://localhost.example.org' },
    { Origin: 'http://unix' },
    { Origin: 'null' },
    { 'X-Forwarded-For': '192.0.2.1' },
    { Forwarded: 'for=192.0.2.1' },
  ])('is refused for a page of another site, or through an HTTP proxy: %j', async headers => {
    const isIn = login(headers as unknown as Record<string, string>)
    await eventually(() => expect(broker.log.at('warn').join()).toContain('can only connect via localhost'))
    broker.clock.advance(3000)
    expect(await isIn).toBe(false)
  })
})
