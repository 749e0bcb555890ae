/** Where connections come from: TCP ports, with or without TLS, and sockets of the file system. */
import { createServer, type ListenOptions, type Server } from 'node:net'
import { type Accept, type Gate, OpenGate } from './gate'
import { ProxyGate, type ProxySettings } from './proxy-gate'
import { TlsGate, type TlsSettings } from './tls-gate'
import { listenAtPath, UnixGate } from './unix-socket'

export interface ListenAddress {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
}

/** What peers pass, besides. */
export interface Checks {
  readonly tls?: TlsSettings | undefined
  readonly proxies?: ProxySettings | undefined
}

export type ListenerProtocol = 'amqp' | 'amqp/ssl' | 'amqp/unix'

export class Listener {
  private constructor(
    private readonly server: Server,
    private readonly gate: Gate,
    /** RabbitMQ's name of it; it has none for unix sockets. */
    readonly protocol: ListenerProtocol,
    /** Of a unix socket, its path. */
    readonly host: string,
    readonly port: number,
  ) {}

  /** @throws what listening throws: EADDRINUSE, EACCES, … */
  static async open(address: ListenAddress, accept: Accept, checks: Checks = {}): Promise<Listener> {
    const { tls, proxies } = checks
    const inner = tls === undefined ? new OpenGate(accept) : new TlsGate(tls, accept)
    const gate = proxies === undefined ? inner : new ProxyGate(proxies, inner)
    const server = await listening(gate, { host: address.host, port: address.port })
    const bound = server.address()
    const port = bound !== null && typeof bound === 'object' ? bound.port : address.port
    return new Listener(server, gate, tls === undefined ? 'amqp' : 'amqp/ssl', address.host, port)
  }

  /** @throws UnusableSocket */
  static async openUnix(path: string, accept: Accept): Promise<Listener> {
    const gate = new UnixGate(path, accept)
    const server = await listenAtPath(path, () => listening(gate, { path }))
    return new Listener(server, gate, 'amqp/unix', path, 0)
  }

  /** Stops accepting. Resolves when the last connection is gone. */
  close(): Promise<void> {
    return new Promise(resolve => {
      this.server.close(() => resolve())
      this.gate.close()
    })
  }
}

function listening(gate: Gate, where: ListenOptions): Promise<Server> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, socket => gate.take(socket))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ ...where, backlog: 1024 }, () => {
      server.removeListener('error', reject)
      // A connection that could not be accepted (the system is out of something) costs nobody else anything.
      server.on('error', () => {})
      resolve(server)
    })
  })
}
