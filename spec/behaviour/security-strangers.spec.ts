/** What those may take up who have not said who they are: places, sockets, time. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { Listener } from '../../src/server/listener'
import { SocketTransport } from '../../src/server/socket-transport'
import { TlsCertificate } from '../../src/server/tls-certificate'
import { isLocal, UNIX_ADDRESS } from '../../src/server/transport'
import { AmqpWebSockets } from '../../src/server/websocket-transport'
import { certificatePath } from '../support/certificates'
import { eventually } from '../support/eventually'
import { inProcessBroker } from '../support/in-process'
import { protocolHeader } from '../support/in-process-clients'
import { RecordingLogger } from '../support/recording-logger'

describe('connections that are not open yet', () => {
  it('make room for later ones, the oldest first, and nobody else does', () => {
    const broker = inProcessBroker({ handshakesMax: 3 })
    const open = Array.from({ length: 5 }, () => broker.connect().open())
    const strangers = Array.from({ length: 3 }, () => broker.connectBare())
    strangers[0]!.say(protocolHeader)
    const late = broker.connect().open()
    expect(strangers.map(({ isClosed }) => isClosed)).toEqual([true, false, false])
    // The one that was opened holds no such place any more.
    const fourth = broker.connectBare()
    broker.settle()
    expect([...strangers, fourth].map(({ isClosed }) => isClosed)).toEqual([true, false, false, false])
    expect([...open, late].every(({ isClosed }) => !isClosed)).toBe(true)
    expect(broker.log.at('warn').join()).toContain('too many connections are not open yet')
  })

  it('are those too that wait for their refusal', () => {
    const broker = inProcessBroker({ handshakesMax: 1 })
    const guesser = broker.connect()
    guesser.say(protocolHeader)
    const response = Buffer.from('\0guest\0wrong')
    guesser.send('connection.start-ok', { mechanism: 'PLAIN', response, locale: 'en_US' })
    expect(guesser.isClosed).toBe(false)
    broker.connect().open()
    expect(guesser.isClosed).toBe(true)
  })
})

describe('sockets', () => {
  const sockets: Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  async function dial(port: number): Promise<{ readonly socket: Socket; isClosed: boolean; text: string }> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const dialled = { socket, isClosed: false, text: '' }
    sockets.push(socket)
    socket
      .on('error', () => {})
      .on('data', chunk => {
        dialled.text += String(chunk)
      })
    socket.on('end', () => {
      dialled.isClosed = true
    })
    socket.on('close', () => {
      dialled.isClosed = true
    })
    await once(socket, 'connect')
    return dialled
  }

  it('in their TLS handshake make room in the same way', async () => {
    const logger = new RecordingLogger()
    const [tlsCert, tlsKey] = ['server.pem', 'server.key'].map(certificatePath) as [string, string]
    const certificate = new TlsCertificate({ tlsCert, tlsKey, tlsMinVersion: '1.2' }, logger)
    const tls = { certificate, verify: 'none', handshakeTimeout: 60_000, handshakesMax: 2, logger } as const
    const listener = await Listener.open({ host: '127.0.0.1', port: 0 }, () => {}, { tls })
    const dialled: Awaited<ReturnType<typeof dial>>[] = []
    for (let n = 0; n < 3; n++) dialled.push(await dial(listener.port))
    await eventually(() => expect(dialled.map(({ isClosed }) => isClosed)).toEqual([true, false, false]))
    await listener.close()
  })

  it('that ask for a WebSocket where there is none are not kept, though their peer never ends', async () => {
    const webSockets = new AmqpWebSockets(131_072, () => {})
    const server = createServer().on('upgrade', (request, socket, head) =>
      webSockets.upgrade(request, socket, head),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const dialled = await dial(port)
    dialled.socket.write(
      'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    const kept = () => new Promise(resolve => server.getConnections((_, count) => resolve(count)))
    await eventually(async () => expect(dialled.text).toContain('404'))
    await eventually(async () => expect(await kept()).toBe(0))
    server.close()
  })
})

describe('an address that a proxy announces', () => {
  const announced = { remoteAddress: '127.0.0.1', remotePort: 1, localAddress: '127.0.0.1', localPort: 2 }
  const localBehind = (peer: string | undefined, ends?: typeof announced): boolean => {
    const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: peer })
    return isLocal(new SocketTransport(socket, ends))
  }

  it('is of this machine only if the proxy is: guest of its machine is not guest here', () => {
    expect(localBehind('10.0.0.7', announced)).toBe(false)
    expect(localBehind('127.0.0.1', announced)).toBe(true)
    expect(localBehind('127.0.0.1', { ...announced, remoteAddress: '192.0.2.1' })).toBe(false)
  })

  it('is none where there is no proxy', () => {
    expect([localBehind('127.0.0.1'), localBehind('10.0.0.7')]).toEqual([true, false])
    expect(localBehind(undefined, { ...announced, remoteAddress: UNIX_ADDRESS })).toBe(true)
  })
})
