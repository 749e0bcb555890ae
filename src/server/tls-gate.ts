/**
 * Sockets to TLS transports. A socket that does not come through its handshake in time, or shows a certificate that is
 * not to be believed, costs itself and a line in the log.
 */
import type { Socket } from 'node:net'
import { createServer, type Server, TLSSocket } from 'node:tls'
import type { Logger } from '../logger'
import type { Ends } from './ends'
import type { Accept, Gate } from './gate'
import { endsOf, SocketTransport } from './socket-transport'
import { Strangers } from './strangers'
import { reasonOf, type TlsCertificate } from './tls-certificate'
import { tlsDescription } from './tls-description'
import type { TlsDescription } from './transport'

export interface TlsSettings {
  readonly certificate: TlsCertificate
  /** Whether clients are asked for a certificate, and whether they must have one. */
  readonly verify: 'none' | 'peer' | 'peer-required'
  /** Milliseconds. */
  readonly handshakeTimeout: number
  /** Sockets in their handshake; 0: no limit. */
  readonly handshakesMax: number
  readonly logger: Logger
}

interface Arriving {
  readonly socket: Socket
  readonly ends: Ends
}

export class TlsGate implements Gate {
  /** Never listens: it is handed the sockets. */
  private readonly server: Server
  /** In their handshake, by the address they come from: there is no way back from a TLS socket to the one beneath. */
  private readonly arriving = new Map<string, Arriving>()
  private readonly strangers: Strangers<Socket>
  private readonly logger: Logger

  constructor(
    settings: TlsSettings,
    private readonly accept: Accept,
  ) {
    const { certificate, verify, handshakeTimeout } = settings
    this.logger = settings.logger
    this.strangers = new Strangers(settings.handshakesMax, this.logger, socket => socket.destroy())
    this.server = createServer({
      ...certificate.options,
      handshakeTimeout,
      allowHalfOpen: true,
      honorCipherOrder: true,
      requestCert: verify !== 'none',
      // One that is shown is checked in `secured`: Node would let no client in without one.
      rejectUnauthorized: verify === 'peer-required',
    })
    this.server.on('secureConnection', socket => this.secured(socket))
    this.server.on('tlsClientError', (error, socket) => this.refuse(socket, reasonOf(error)))
    certificate.onReloaded(options => this.server.setSecureContext(options))
  }

  take(socket: Socket, ends: Ends = endsOf(socket)): void {
    const key = addressOf(socket)
    this.arriving.set(key, { socket, ends })
    this.strangers.came(socket)
    socket.once('close', () => {
      this.strangers.left(socket)
      if (this.arriving.get(key)?.socket === socket) this.arriving.delete(key)
    })
    this.server.emit('connection', socket)
  }

  /** Those still in their handshake are dropped. */
  close(): void {
    for (const { socket } of this.arriving.values()) socket.destroy()
  }

  private secured(socket: TLSSocket): void {
    const key = addressOf(socket)
    const arrived = this.arriving.get(key)
    this.arriving.delete(key)
    if (arrived === undefined) {
      socket.destroy() // reset at its last step
      return
    }
    const peerCertificate = socket.getPeerX509Certificate()
    if (peerCertificate !== undefined && !socket.authorized) {
      this.refuse(socket, `client certificate: ${socket.authorizationError}`, arrived.ends)
      return
    }
    this.strangers.left(arrived.socket)
    this.accept(new SocketTransport(socket, arrived.ends, tlsOf(socket)))
  }

  private refuse(socket: TLSSocket, reason: string, ends?: Ends): void {
    const { remoteAddress, remotePort } = ends ?? this.arriving.get(addressOf(socket))?.ends ?? endsOf(socket)
    this.logger.warn({ peer: `${remoteAddress}:${remotePort}`, reason }, 'TLS handshake failed')
    socket.destroy()
  }
}

/** Undefined: it is not encrypted. */
export function tlsOf(socket: Socket): TlsDescription | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const peerCertificate = socket.authorized ? socket.getPeerX509Certificate() : undefined
  return tlsDescription(socket.getProtocol() ?? '', socket.getCipher().standardName, peerCertificate)
}

function addressOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}
