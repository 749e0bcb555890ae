/** What every transport over sockets keeps, whichever way the bytes take: plain, through TLS, behind a proxy, in the file system. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SystemClock } from '../../src/clock'
import { silentLogger } from '../../src/logger'
import type { Accept } from '../../src/server/gate'
import { Listener } from '../../src/server/listener'
import { parseNetworks } from '../../src/server/proxy-gate'
import { TlsCertificate } from '../../src/server/tls-certificate'
import { isLocal, type Transport } from '../../src/server/transport'
import { certificatePath, clientTls } from '../support/certificates'
import { eventually } from '../support/eventually'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const nextPath = pathsIn(temporaryFolder())
const local = { host: '127.0.0.1', port: 0 }
const certificate = new TlsCertificate(
  { tlsCert: certificatePath('server.pem'), tlsKey: certificatePath('server.key'), tlsMinVersion: '1.2' },
  silentLogger,
)
const tls = {
  certificate,
  verify: 'none',
  handshakeTimeout: 5000,
  handshakesMax: 0,
  logger: silentLogger,
} as const
const proxies = {
  trusted: parseNetworks('127.0.0.1'),
  handshakeTimeout: 5000,
  clock: new SystemClock(),
  logger: silentLogger,
}
const header = 'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n'

interface Way {
  readonly listen: (accept: Accept) => Promise<Listener>
  readonly dial: (listener: Listener) => Socket
}

function plainTo({ port }: Listener): Socket {
  return connect({ port, host: '127.0.0.1', allowHalfOpen: true })
}

function tlsOver(socket: Socket): Socket {
  return connectTls({ socket, servername: 'localhost', ...clientTls() })
}

function announced(socket: Socket): Socket {
  socket.write(header)
  return socket
}

const ways: Record<string, Way> = {
  TCP: { listen: accept => Listener.open(local, accept), dial: plainTo },
  TLS: {
    listen: accept => Listener.open(local, accept, { tls }),
    dial: listener => tlsOver(plainTo(listener)),
  },
  'TCP behind a proxy': {
    listen: accept => Listener.open(local, accept, { proxies }),
    dial: listener => announced(plainTo(listener)),
  },
  'TLS behind a proxy': {
    listen: accept => Listener.open(local, accept, { proxies, tls }),
    dial: listener => tlsOver(announced(plainTo(listener))),
  },
  'a unix socket': {
    listen: accept => Listener.openUnix(nextPath(), accept),
    dial: ({ host }) => connect({ path: host, allowHalfOpen: true }),
  },
}

const MIB = 1024 * 1024

/** The server's end, with what it was told. */
class Told {
  bytesReceived = 0
  drained = 0
  ended = 0
  closed = 0
  private readonly chunks: Buffer[] = []

  constructor(readonly transport: Transport) {
    transport.listen({
      onData: chunk => {
        this.chunks.push(chunk)
        this.bytesReceived += chunk.length
      },
      onDrain: () => this.drained++,
      onEnd: () => this.ended++,
      onClosed: () => this.closed++,
    })
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks)
  }
}

describe.each(Object.entries(ways))('a transport over %s', (_, { listen, dial }) => {
  let listener: Listener
  let client: Socket
  let server: Told

  beforeEach(async () => {
    const accepted = new Promise<Told>(resolve => {
      void listen(transport => resolve(new Told(transport))).then(opened => {
        listener = opened
        client = dial(listener).on('error', () => {})
      })
    })
    server = await accepted
  })

  afterEach(async () => {
    client.destroy()
    server.transport.destroy()
    await listener.close()
  })

  it('carries bytes both ways, and the peer is on this machine', async () => {
    client.write('hello')
    await eventually(() => expect(server.received.toString()).toBe('hello'))
    const echoed = once(client, 'data')
    server.transport.write(Buffer.from('hello, too'))
    expect(String(await echoed)).toBe('hello, too')
    expect(isLocal(server.transport)).toBe(true)
  })

  it('takes no more than one chunk while it is paused, and loses nothing', async () => {
    server.transport.pause()
    const bytes = Buffer.alloc(20 * MIB, 'abcdefg')
    client.write(bytes)
    await eventually(() => expect(client.writableLength).toBeGreaterThan(0))
    expect(server.bytesReceived).toBeLessThanOrEqual(64 * 1024)
    server.transport.resume()
    await eventually(() => expect(server.bytesReceived).toBe(bytes.length))
    expect(server.received.equals(bytes)).toBe(true)
  })

  it('counts what the peer does not read, and says when it has', async () => {
    client.pause()
    const { transport } = server
    let written = 0
    let given = 0
    while (transport.pendingBytes < 16 * MIB) {
      transport.write(Buffer.alloc(MIB), () => written++)
      given++
    }
    expect(server.drained).toBe(0)
    client.resume()
    await eventually(() =>
      expect({ drained: server.drained, written }).toEqual({ drained: 1, written: given }),
    )
    expect(transport.pendingBytes).toBe(0)
  })

  it('sends what was written before it ends', async () => {
    let heard = 0
    client.on('data', chunk => {
      heard += chunk.length
    })
    server.transport.write(Buffer.alloc(5 * MIB))
    server.transport.end()
    await once(client, 'end')
    expect(heard).toBe(5 * MIB)
    client.end()
    await eventually(() => expect(server.closed).toBe(1))
  })

  it('hears that the peer ends, and can still answer', async () => {
    client.end('last words')
    await eventually(() => expect(server.ended).toBe(1))
    expect(server.received.toString()).toBe('last words')
    server.transport.end()
    await eventually(() => expect(server.closed).toBe(1))
  })

  it('says once that it is closed, also when it is destroyed in the middle of writing', async () => {
    server.transport.write(Buffer.alloc(5 * MIB))
    server.transport.destroy()
    await eventually(() => expect(server.closed).toBe(1))
    server.transport.write(Buffer.from('late'))
    server.transport.end()
    server.transport.destroy()
    await new Promise(resolve => setImmediate(resolve))
    expect(server.closed).toBe(1)
  })

  it('says that it is closed when the peer vanishes', async () => {
    client.destroy()
    await eventually(() => expect(server.closed + server.ended).toBeGreaterThan(0))
    server.transport.end()
    await eventually(() => expect(server.closed).toBe(1))
  })
})
