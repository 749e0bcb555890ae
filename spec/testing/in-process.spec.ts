/** A test broker without a port: what clients and tests see of it is what they see of one that has a port. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { connect as connectSocket, createServer, Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { AMQPClient } from '@cloudamqp/amqp-client'
import { connect as manage } from 'amqp-connection-manager'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { Connection as RabbitConnection } from 'rabbitmq-client'
import { TestBroker, type TestBrokerOptions } from '../../src/testing'
import { connectOn } from '../support/amqplib-on-stream'
import { eventually } from '../support/eventually'
import { protocolHeader } from '../support/in-process-clients'
import { Program } from '../support/processes'

const transports = ['tcp', 'in-process'] as const
const started: TestBroker[] = []

afterEach(async () => {
  await Promise.all(started.splice(0).map(broker => broker.stop()))
})

async function start(options: TestBrokerOptions = { transport: 'in-process' }): Promise<TestBroker> {
  const broker = await TestBroker.start(options)
  started.push(broker)
  return broker
}

async function confirming(client: ChannelModel, queue = 'orders'): Promise<ConfirmChannel> {
  const channel = await client.createConfirmChannel()
  await channel.assertQueue(queue)
  return channel
}

/** How it ends. */
function lastOf(socket: Duplex): Promise<{ readonly error?: Error; readonly hadError: boolean }> {
  return new Promise(resolve => {
    let error: Error | undefined
    socket.on('error', cause => {
      error = cause
    })
    socket.on('close', (hadError: boolean) => resolve({ ...(error && { error }), hadError }))
  })
}

/** What a client does, by its own means: sends itself a message. Returns what came. */
const clients = {
  amqplib: async (url: string) => {
    const client = await connect(url)
    const channel = await confirming(client)
    channel.sendToQueue('orders', Buffer.from('hello'))
    const [content] = await new Promise<Buffer[]>(resolve => {
      channel.consume('orders', message => resolve(message === null ? [] : [message.content]), {
        noAck: true,
      })
    })
    await client.close()
    return `${content}`
  },
  'amqp-connection-manager': async (url: string) => {
    const manager = manage([url])
    const channel = manager.createChannel({ setup: (own: ConfirmChannel) => own.assertQueue('orders') })
    await channel.sendToQueue('orders', Buffer.from('hello'))
    const got = await channel.get('orders', { noAck: true })
    await manager.close()
    return got === false ? '' : `${got.content}`
  },
  'rabbitmq-client': async (url: string) => {
    const client = new RabbitConnection(url)
    await client.queueDeclare('orders')
    const publisher = client.createPublisher({ confirm: true })
    await publisher.send('orders', 'hello')
    const got = await client.basicGet({ queue: 'orders', noAck: true })
    await publisher.close()
    await client.close()
    return got?.body
  },
  '@cloudamqp/amqp-client': async (url: string) => {
    const client = new AMQPClient(url)
    const channel = await (await client.connect()).channel()
    await channel.queueDeclare('orders')
    await channel.confirmSelect()
    await channel.basicPublish('', 'orders', 'hello')
    const got = await channel.basicGet('orders', { noAck: true })
    await client.close()
    return got?.bodyString()
  },
} as const

describe('a test broker in process', () => {
  it.each(Object.entries(clients))('is a host like any other to %s', async (_, hello) => {
    const { url } = await start()
    expect(await hello(url)).toBe('hello')
  })

  it('opens no port', async () => {
    const { host, port, url } = await start()
    expect(url).toBe(`amqp://guest:guest@${host}:${port}`)
    const client = await connect(url)
    expect(process.getActiveResourcesInfo().filter(name => name.startsWith('TCP'))).toEqual([])
    await client.close()
  })

  it('has virtual hosts with addresses of their own', async () => {
    const broker = await start()
    const { url } = await broker.vhost('shop')
    const client = await connect(url)
    expect(broker.leaks().connections).toMatchObject([{ vhost: 'shop' }])
    await client.close()
  })

  it('lets everything else go to the network, and the network be as it was when the last is stopped', async () => {
    const { connect: before } = Socket.prototype
    const brokers = [await start(), await start()]
    const elsewhere = createServer(socket => socket.end('hello')).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const socket = connectSocket(elsewhere.address() as { port: number; address: string })
    const [greeting] = await once(socket, 'data')
    expect(`${greeting}`).toBe('hello')
    elsewhere.close()
    await brokers[0]?.stop()
    expect(Socket.prototype.connect).not.toBe(before)
    await brokers[1]?.stop()
    expect(Socket.prototype.connect).toBe(before)
  })

  it('answers on what it is connected in the context of who connected', async () => {
    const { host, port } = await start()
    const contexts = new AsyncLocalStorage<string>()
    const seen = await contexts.run('mine', async () => {
      const socket = connectSocket({ host, port }, () => socket.write(protocolHeader))
      return new Promise(resolve => socket.once('data', () => resolve(contexts.getStore())))
    })
    expect(seen).toBe('mine')
  })

  it('has sockets that are idle from the last byte on, in either direction', async () => {
    const { host, port } = await start()
    const socket = connectSocket({ host, port, timeout: 60_000 })
    const begun = jest.spyOn(socket, 'setTimeout')
    socket.write(protocolHeader)
    expect(begun.mock.calls).toEqual([[60_000]])
    await once(socket, 'data')
    expect(begun.mock.calls).toEqual([[60_000], [60_000]])
    socket.destroy()
  })

  it('keeps its process alive until it is stopped, and no longer', async () => {
    const program = `
      const { TestBroker } = require('./dist/testing')
      ;(async () => {
        const broker = await TestBroker.start({ transport: 'in-process' })
        await new Promise(resolve => setTimeout(resolve, 20).unref())
        console.log('still here')
        await broker.stop()
      })()`
    const ended = new Program('-e', [program], { cwd: join(__dirname, '..', '..') }).finished()
    expect(await ended).toEqual(['still here'])
  })

  it.each([
    [{ transport: 'in-process', port: 5672 }, 'a broker that opens no port has no option "port"'],
    [{ transport: 'in-process', tlsCert: 'a.pem' }, 'a broker that opens no port has no option "tlsCert"'],
    [{ transport: 'udp' }, 'option "transport": "udp" is neither "tcp" nor "in-process"'],
  ])('refuses %j', async (options, message) => {
    await expect(TestBroker.start(options as object)).rejects.toThrow(message)
  })
})

describe.each(transports)('a client over %s', transport => {
  it('gets a large message as it was sent', async () => {
    const { url } = await start({ transport })
    const client = await connect(url)
    const channel = await confirming(client)
    const large = Buffer.alloc(3_000_000, 'a message of some length, ')
    channel.sendToQueue('orders', large)
    await channel.waitForConfirms()
    const got = await channel.get('orders', { noAck: true })
    expect(got !== false && got.content.equals(large)).toBe(true)
    await client.close()
  })

  it('that does not read leaves messages in their queue, and gets all of them when it reads on', async () => {
    const broker = await start({ transport })
    const socket = connectSocket({ host: broker.host, port: broker.port })
    await once(socket, 'connect')
    const reader = await connectOn(socket)
    let read = 0
    const channel = await reader.createChannel()
    await channel.assertQueue('orders')
    await channel.consume('orders', () => read++, { noAck: true })
    socket.pause()
    socket.read = () => null // amqplib asks for more by itself
    const client = await connect(broker.url)
    const publishing = await confirming(client)
    for (let i = 0; i < 400; i++) publishing.sendToQueue('orders', Buffer.alloc(60_000))
    await publishing.waitForConfirms()
    expect(broker.queue('orders').count).toBeGreaterThan(0)
    Reflect.deleteProperty(socket, 'read')
    socket.emit('readable')
    await eventually(async () => expect(read).toBe(400))
    await Promise.all([reader.close(), client.close()])
  })

  it('is refused where nobody listens', async () => {
    const { host, port } = await start({ transport })
    const socket = connectSocket({ host, port: port - 1 })
    expect(await lastOf(socket)).toMatchObject({
      error: { code: 'ECONNREFUSED', syscall: 'connect', port: port - 1 },
      hadError: true,
    })
  })

  it('finds no TLS where there is none', async () => {
    const { host, port } = await start({ transport })
    const socket = connectTls({ host, port })
    expect(await lastOf(socket)).toMatchObject({ error: { code: expect.any(String) }, hadError: true })
  })

  it('has a socket that tells where it is, what it has passed on, and how it ended', async () => {
    const { host, port } = await start({ transport })
    const socket = connectSocket({ host, port, timeout: 60_000 })
    const events: string[] = []
    for (const name of ['connect', 'ready', 'end', 'finish', 'close', 'error'])
      socket.on(name, (hadError?: boolean) => events.push(name === 'close' ? `close ${hadError}` : name))
    expect([socket.connecting, socket.pending, socket.readyState]).toEqual([true, true, 'opening'])
    socket.setNoDelay().setKeepAlive(true).unref().ref()
    socket.write('AMQP\x01\x01\x00\x0a', 'latin1') // of an older protocol: it is told ours, and closed
    const heard: Buffer[] = []
    socket.on('data', chunk => heard.push(chunk))
    await once(socket, 'close')
    expect(Buffer.concat(heard)).toEqual(protocolHeader)
    expect([socket.bytesWritten, socket.bytesRead]).toEqual([8, 8])
    expect(events).toEqual(['connect', 'ready', 'end', 'finish', 'close false'])
    expect([socket.destroyed, socket.connecting]).toEqual([true, false])
  })

  it('has a socket that tells when it is idle, and with what error it was destroyed', async () => {
    const { host, port } = await start({ transport })
    const socket = connectSocket({ host, port })
    await once(socket, 'connect')
    await once(socket.setTimeout(5), 'timeout')
    const ended = lastOf(socket)
    socket.destroy(new Error('idle'))
    expect(await ended).toMatchObject({ error: { message: 'idle' }, hadError: true })
  })

  it('is struck by faults, seen on journeys, and moved in time', async () => {
    const broker = await start({ transport })
    const client = await connect(broker.url)
    const lost = once(client, 'error')
    const channel = await client.createConfirmChannel()
    await channel.assertQueue('orders', { messageTtl: 60_000 })
    channel.sendToQueue('orders', Buffer.from('one'))
    await channel.waitForConfirms()
    await broker.clock.advance('2m')
    const [message] = broker.published()
    expect(message?.journey.steps.map(step => step.kind)).toEqual([
      'published',
      'routed',
      'enqueued',
      'expired',
    ])
    expect(broker.leaks().isClean).toBe(false)

    const refusals = broker.faults.refuseConnections({ times: 1 })
    expect(broker.faults.dropConnections()).toBe(1)
    expect((await lost)[0].message).toBe('Unexpected close')
    await expect(connect(broker.url)).rejects.toThrow('Socket closed abruptly during opening handshake')
    expect(refusals.struck).toBe(1)
    await (await connect(broker.url)).close()
  })

  it('is refused while the broker restarts, and finds what is durable at the same address', async () => {
    const broker = await start({ transport })
    const client = await connect(broker.url)
    const channel = await confirming(client)
    channel.sendToQueue('orders', Buffer.from('one'), { persistent: true })
    await channel.waitForConfirms()
    const whileDown = async () => {
      await expect(connect(broker.url)).rejects.toThrow('ECONNREFUSED')
      expect(await lastOf(broker.stream())).toMatchObject({ error: { message: 'the broker is down' } })
    }
    await broker.restart({ whileDown })
    const next = await connect(broker.url)
    const got = await (await next.createChannel()).get('orders')
    expect(got !== false && `${got.content}`).toBe('one')
    await next.close()
  })

  it('is told goodbye when the broker is stopped', async () => {
    const broker = await start({ transport })
    const client = await connect(broker.url)
    const gone = once(client, 'close')
    await broker.stop()
    expect((await gone)[0].message).toMatch(/CONNECTION_FORCED/)
  })

  it('may be a plain stream', async () => {
    const broker = await start({ transport })
    const client = await connectOn(broker.stream())
    const channel = await confirming(client)
    channel.sendToQueue('orders', Buffer.from('one'))
    await channel.waitForConfirms()
    expect(broker.queue('orders').count).toBe(1)
    await client.close()
    await eventually(async () => expect(broker.leaks().connections).toEqual([]))
    await broker.stop()
    expect(await lastOf(broker.stream())).toMatchObject({ error: { message: 'the broker is down' } })
  })
})
