/** Where connections come from: TCP ports, with or without TLS, and sockets of the file system. */
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import { type Ends, SocketTransport } from './socket-transport'
import { TlsAcceptor, type TlsSettings } from './tls-acceptor'
import type { Transport } from './transport'

export interface ListenAddress {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
}

export type Accept = (transport: Transport) => void

/** What sockets pass before they are transports. */
interface Gate {
  take(socket: Socket, ends?: Ends): void
  /** Drops those that have not passed yet. */
  close(): void
}

export class Listener {
  private constructor(
    private readonly server: Server,
    private readonly gate: Gate,
    /** RabbitMQ's name of it. */
    readonly protocol: 'amqp' | 'amqp/ssl',
    readonly host: string,
    readonly port: number,
  ) {}

  /** @throws what listening throws: EADDRINUSE, EACCES, … */
  static async open(address: ListenAddress, accept: Accept, tls?: TlsSettings): Promise<Listener> {
    const gate = tls === undefined ? openGate(accept) : new TlsAcceptor(tls, accept)
    const server = createServer({ noDelay: true, allowHalfOpen: true }, socket => gate.take(socket))
    await listening(server, { host: address.host, port: address.port })
    const bound = server.address()
    const port = bound !== null && typeof bound === 'object' ? bound.port : address.port
    return new Listener(server, gate, tls === undefined ? 'amqp' : 'amqp/ssl', address.host, port)
  }

  /** Stops accepting. Resolves when the last connection is gone. */
  close(): Promise<void> {
    return new Promise(resolve => {
      this.server.close(() => resolve())
      this.gate.close()
    })
  }
}

function openGate(accept: Accept): Gate {
  return { take: socket => accept(new SocketTransport(socket)), close: () => {} }
}

function listening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ ...where, backlog: 1024 }, () => {
      server.removeListener('error', reject)
      // A connection that could not be accepted (the system is out of something) costs nobody else anything.
      server.on('error', () => {})
      resolve()
    })
  })
}
