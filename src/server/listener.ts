/** TCP acceptors and sockets as transports. The only file that imports node:net. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Transport, TransportEvents } from './transport'

export interface ListenAddress {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
}

export class Listener {
  private constructor(
    private readonly server: Server,
    readonly host: string,
    readonly port: number,
  ) {}

  /** @throws what listening throws: EADDRINUSE, EACCES, … */
  static open(address: ListenAddress, accept: (transport: Transport) => void): Promise<Listener> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, socket =>
      accept(new SocketTransport(socket)),
    )
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
        server.removeListener('error', reject)
        // A connection that could not be accepted (the system is out of something) costs nobody else anything.
        server.on('error', () => {})
        const bound = server.address()
        const port = bound !== null && typeof bound === 'object' ? bound.port : address.port
        resolve(new Listener(server, address.host, port))
      })
    })
  }

  /** Stops accepting. Resolves when the last connection is gone. */
  close(): Promise<void> {
    return new Promise(resolve => this.server.close(() => resolve()))
  }
}

class SocketTransport implements Transport {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number

  constructor(private readonly socket: Socket) {
    this.localAddress = socket.localAddress ?? ''
    this.localPort = socket.localPort ?? 0
    this.remoteAddress = socket.remoteAddress ?? ''
    this.remotePort = socket.remotePort ?? 0
  }

  get pendingBytes(): number {
    return this.socket.writableLength
  }

  listen(events: TransportEvents): void {
    const { socket } = this
    let cause: Error | undefined
    socket.on('data', chunk => events.onData(chunk))
    socket.on('drain', () => events.onDrain())
    socket.on('end', () => events.onEnd())
    socket.on('error', error => {
      cause = error
    })
    socket.on('close', () => events.onClosed(cause))
  }

  write(chunk: Uint8Array, written?: () => void): void {
    this.socket.write(chunk, written)
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  end(): void {
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }
}
