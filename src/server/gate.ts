/** What sockets pass between the port and the broker: one behind the other, each may know more of the peer. */
import type { Socket } from 'node:net'
import type { Ends } from './ends'
import { SocketTransport } from './socket-transport'
import type { Transport } from './transport'

export interface Gate {
  /** `ends`: not those of the socket itself, but those a proxy announced. */
  take(socket: Socket, ends?: Ends): void
  /** Drops those that have not passed yet. */
  close(): void
}

export type Accept = (transport: Transport) => void

/** The last one: sockets become transports as they are. */
export class OpenGate implements Gate {
  constructor(private readonly accept: Accept) {}

  take(socket: Socket, ends?: Ends): void {
    this.accept(new SocketTransport(socket, ends))
    // Who was looked at by a gate before was held meanwhile.
    if (socket.isPaused()) socket.resume()
  }

  close(): void {}
}
