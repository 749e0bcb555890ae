/** A socket as a transport, whatever it is: TCP, TLS or of the file system. */
import type { Socket } from 'node:net'
import type { Ends } from './ends'
import { isLoopbackAddress, type TlsDescription, type Transport, type TransportEvents } from './transport'

export class SocketTransport implements Transport {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** A proxy elsewhere has an address of its own machine to tell, too. */
  readonly isFromElsewhere: boolean

  constructor(
    private readonly socket: Socket,
    ends: Ends = endsOf(socket),
    readonly tls: TlsDescription | undefined = undefined,
  ) {
    this.localAddress = ends.localAddress
    this.localPort = ends.localPort
    this.remoteAddress = ends.remoteAddress
    this.remotePort = ends.remotePort
    const { remoteAddress: from } = socket // none where there is no network
    this.isFromElsewhere = from !== undefined && !isLoopbackAddress(from)
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

export function endsOf(socket: Socket): Ends {
  return {
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0,
    remoteAddress: socket.remoteAddress ?? '',
    remotePort: socket.remotePort ?? 0,
  }
}
