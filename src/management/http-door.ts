/**
 * Where HTTP comes in: the servers of an address, with or without TLS, their time limits, and the bound on their connections.
 * Knows nothing of what is asked for.
 */
import { lookup } from 'node:dns/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Logger } from '../logger'
import type { TlsCertificate } from '../server/tls-certificate'
import { HttpConnections } from './http-connections'
import { RequestLines } from './request-lines'

/** Milliseconds that a connection may be idle between two requests: Fastify's own for its servers. */
const KEEP_ALIVE_TIMEOUT = 72_000

/** For Fastify, which reads two compilers of schemas if it is not given others: we check what comes in without. */
export const NO_COMPILERS = { compilersFactory: { buildValidator: unasked, buildSerializer: unasked } }

function unasked(): never {
  throw new Error('no schema is compiled here')
}

export interface HttpDoorSettings {
  /** Undefined: plain HTTP. */
  readonly tls?: HttpsSettings | undefined
  /** 0: no limit. */
  readonly connectionsMax: number
  /** Milliseconds in which a whole request must have come. */
  readonly requestTimeout: number
  readonly logger: Logger
}

export interface HttpsSettings {
  readonly certificate: TlsCertificate
  /** Milliseconds. */
  readonly handshakeTimeout: number
}

export interface HttpAddress {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export class HttpDoor {
  readonly connections: HttpConnections
  private readonly servers: Server[] = []
  private readonly lines = new RequestLines((request, response) => this.handler(request, response))
  private handler: RequestListener = () => {}

  constructor(private readonly settings: HttpDoorSettings) {
    this.connections = new HttpConnections(settings.connectionsMax, settings.logger)
  }

  /** For Fastify, which listens with what this returns. */
  readonly serverFactory = (handler: RequestListener): Server => {
    this.handler = handler
    return this.newServer()
  }

  /** @throws what listening throws: EADDRINUSE, EACCES, … Returns the port. */
  async listen(app: FastifyInstance, { host, port }: HttpAddress): Promise<number> {
    await app.listen({ host, port })
    const bound = app.server.address()
    if (bound === null || typeof bound !== 'object') return port
    if (host === 'localhost') await this.listenBesides(bound.address, bound.port)
    return bound.port
  }

  onUpgrade(listener: UpgradeListener): void {
    for (const server of this.servers) {
      server.on('upgrade', (request, socket, head) => {
        this.connections.left(request.socket)
        listener(request, socket, head)
      })
    }
  }

  /** Requests under way end. */
  async close(app: FastifyInstance): Promise<void> {
    const others = this.servers.filter(server => server !== app.server && server.listening)
    const gone = others.map(server => new Promise(resolve => server.close(resolve)))
    await app.close()
    for (const server of others) server.closeAllConnections()
    await Promise.all(gone)
  }

  /** `localhost` is two addresses on most machines. The other one is welcome, not needed. */
  private async listenBesides(address: string, port: number): Promise<void> {
    const all = await lookup('localhost', { all: true }).catch(() => [])
    for (const other of all.filter(found => found.address !== address)) {
      const server = this.newServer()
      await new Promise<void>(resolve => {
        server.once('error', () => resolve()).listen({ host: other.address, port }, resolve)
      })
    }
  }

  private newServer(): Server {
    const { tls, requestTimeout } = this.settings
    const take: RequestListener = (request, response) => this.lines.take(request, response)
    const server = tls === undefined ? createServer(take) : httpsServer(tls, take)
    server.requestTimeout = requestTimeout
    server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT
    // Over TLS, too, this is the plain socket, before its handshake.
    server.on('connection', (socket: Socket) => this.connections.came(socket))
    this.servers.push(server)
    return server
  }
}

function httpsServer({ certificate, handshakeTimeout }: HttpsSettings, handler: RequestListener): Server {
  const server = createHttpsServer({ ...certificate.options, handshakeTimeout }, handler)
  certificate.onReloaded(options => server.setSecureContext(options))
  return server
}
