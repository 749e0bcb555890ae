/**
 * Raw bytes at sockets: the HTTP server of the management, AMQP over WebSocket beside it, and a port behind a proxy with
 * TLS. While the sender is still there somebody else is served; when it has gone nothing is left of it.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { openHttpServer } from '../../../src/management/http-server'
import { Listener } from '../../../src/server/listener'
import { parseNetworks } from '../../../src/server/proxy-gate'
import { TlsCertificate } from '../../../src/server/tls-certificate'
import { AmqpWebSockets } from '../../../src/server/websocket-transport'
import { SystemTurn } from '../../../src/turn'
import type { Random } from '../../crash/random'
import { certificatePath } from '../../support/certificates'
import { type ComposedBroker, composeBroker } from '../../support/composed-broker'
import { protocolHeader } from '../../support/in-process-clients'
import { managementOf } from '../../support/management-of'
import { AMQP_WORDS } from '../generate/frames'
import { HTTP_WORDS, request, upgrade, webSocketFrames } from '../generate/http'
import type { Input, Target, World } from '../target'
import { proxy } from './proxy'

/** The beginning of a ClientHello, and records of every kind. */
const TLS_WORDS = ['16030100c5010000c10303', '1503030002022a', '1403030001', '1703030010', '160301ffff'].map(
  hex => Buffer.from(hex, 'hex'),
)

/** Until what was sent is dealt with, as far as can be seen from outside. */
const PATIENCE_MS = 20_000

export const httpWire: Target = {
  name: 'http-wire',
  briefly: 60,
  dictionary: HTTP_WORDS,
  inputsPerWorld: 500,
  triesToShrink: 20,
  generate: random => Array.from({ length: random.between(1, 3) }, () => request(random)),
  open: async () => {
    const broker = composeBroker(new SystemTurn())
    const http = await openHttpServer(managementOf(broker), { host: '127.0.0.1', port: 0 })
    return new SocketWorld(broker, http.port, HTTP_BYSTANDER, {
      close: () => http.close(),
      sockets: async () => http.connections.count,
    })
  },
}

export const webSocket: Target = {
  name: 'websocket',
  briefly: 60,
  dictionary: [...HTTP_WORDS, ...AMQP_WORDS],
  inputsPerWorld: 500,
  triesToShrink: 20,
  generate: random => [upgrade(random), ...webSocketFrames(random)],
  open: async () => {
    const broker = composeBroker(new SystemTurn())
    const webSockets = new AmqpWebSockets(131_072, transport => broker.connections.accept(transport))
    const server = createServer((_, response) => response.end('here'))
    server.on('upgrade', (asked, socket, head) => webSockets.upgrade(asked, socket, head))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const close = async (): Promise<void> => {
      server.closeAllConnections()
      server.close()
    }
    const sockets = (): Promise<number> =>
      new Promise(resolve => server.getConnections((_, count) => resolve(count)))
    return new SocketWorld(broker, port, HTTP_BYSTANDER, { close, sockets })
  },
}

export const gates: Target = {
  name: 'gates',
  briefly: 60,
  dictionary: [...proxy.dictionary, ...TLS_WORDS],
  inputsPerWorld: 500,
  triesToShrink: 20,
  generate: random => [...proxy.generate(random).slice(0, 1), hello(random)],
  open: async () => {
    const broker = composeBroker(new SystemTurn())
    const { clock, log: logger } = broker
    const files = {
      tlsCert: certificatePath('server.pem'),
      tlsKey: certificatePath('server.key'),
      tlsMinVersion: '1.2',
    } as const
    const listener = await Listener.open(
      { host: '127.0.0.1', port: 0 },
      transport => broker.connections.accept(transport),
      {
        proxies: { trusted: parseNetworks('127.0.0.1'), handshakeTimeout: 10_000, clock, logger },
        tls: {
          certificate: new TlsCertificate(files, logger),
          verify: 'none',
          handshakesMax: 100,
          handshakeTimeout: 5000,
          logger,
        },
      },
    )
    const bystander = { says: Buffer.from('PROXY NONSENSE\r\n'), hears: '' }
    return new SocketWorld(broker, listener.port, bystander, { close: () => listener.close() })
  },
}

const HTTP_BYSTANDER = {
  says: Buffer.from('GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
  hears: 'HTTP/1.1 ',
}

function hello(random: Random): Buffer {
  return random.chance(0.2)
    ? protocolHeader
    : Buffer.concat([random.pick(TLS_WORDS), random.bytes(random.magnitude(1, 300))])
}

/** Where the sockets lead to. */
interface Place {
  close(): Promise<void>
  /** Those that it has open. */
  sockets?(): Promise<number>
}

class SocketWorld implements World {
  constructor(
    private readonly broker: ComposedBroker,
    private readonly port: number,
    private readonly bystander: { readonly says: Buffer; readonly hears: string },
    private readonly place: Place,
  ) {}

  async feed(input: Input): Promise<void> {
    const socket = this.connected()
    let answer = ''
    socket.on('data', chunk => {
      if (answer.length < 100_000) answer += chunk.toString('latin1')
    })
    await once(socket, 'connect')
    for (const piece of input) await written(socket, piece)
    await this.servesOthers()
    socket.destroy()
    if (/^HTTP\/1.1 500|\n +at .*\/src\//m.test(answer)) throw new Error(answer.slice(0, 1000))
    await within('what was left by who went', () => this.isAlone())
    const defects = this.broker.log.at('error')
    if (defects.length > 0) throw new Error(defects[0])
  }

  async close(): Promise<void> {
    await this.place.close()
  }

  private connected(): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.port, noDelay: true })
    return socket.on('error', () => {})
  }

  private async servesOthers(): Promise<void> {
    const socket = this.connected()
    let heard = ''
    socket.on('data', chunk => {
      heard += chunk.toString('latin1')
    })
    socket.write(this.bystander.says)
    let isClosed = false
    socket.once('close', () => {
      isClosed = true
    })
    await within('an answer to somebody else', () => Promise.resolve(isClosed))
    if (!heard.startsWith(this.bystander.hears))
      throw new Error(`somebody else heard ${JSON.stringify(heard)}`)
  }

  private async isAlone(): Promise<boolean> {
    const sockets = await this.place.sockets?.()
    return (sockets ?? 0) === 0 && this.broker.connections.count === 0
  }
}

/** It may be gone already. */
function written(socket: Socket, piece: Buffer): Promise<void> {
  return new Promise(resolve => {
    if (socket.destroyed || piece.length === 0) resolve()
    else socket.write(piece, () => resolve())
  })
}

async function within(what: string, is: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  while (!(await is())) {
    if (Date.now() > until) throw new Error(`${what}: not after ${PATIENCE_MS} ms`)
    await new Promise(resolve => setImmediate(resolve))
  }
}
