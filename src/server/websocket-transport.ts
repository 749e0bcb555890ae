/**
 * AMQP over WebSocket, for browsers: binary messages carry the bytes of a connection, cut anywhere. Whoever has an HTTP
 * server hands its upgrades to `AmqpWebSockets`.
 *
 * A page of any site may open one, also to a broker that listens on this machine only: what a browser says comes from
 * elsewhere, unless the page itself is of this machine.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Ends } from './ends'
import type { Accept } from './gate'
import { endsOf } from './socket-transport'
import { tlsOf } from './tls-gate'
import type { TlsDescription, Transport, TransportEvents } from './transport'

/** Clients send a frame, or what they read in one go; more than the largest of frames is nobody's need. */
const MESSAGE_BYTES_MAX = 1024 * 1024
const FRAME_OVERHEAD_BYTES = 8

/** A peer that asks for pongs and does not read them gets no more. */
const PONG_BACKLOG_BYTES_MAX = 64 * 1024

/** Of RabbitMQ's plugins there is none for AMQP 0-9-1; LavinMQ and its clients take either. */
const PATHS: readonly (string | undefined)[] = ['/ws/amqp', '/']

const UNSUPPORTED_DATA = 1003

export class AmqpWebSockets {
  private readonly server: WebSocketServer

  /** `frameMax`: of AMQP, in bytes. */
  constructor(
    frameMax: number,
    private readonly accept: Accept,
  ) {
    this.server = new WebSocketServer({
      noServer: true,
      autoPong: false,
      clientTracking: false,
      maxPayload: Math.max(MESSAGE_BYTES_MAX, frameMax + FRAME_OVERHEAD_BYTES),
      perMessageDeflate: false,
      handleProtocols: offered => offered.has('amqp') && 'amqp',
    })
  }

  /** For the event `upgrade` of an HTTP server. What is no request for AMQP over WebSocket hears so, and is closed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {}) // it is closed then
    if (!PATHS.includes(request.url?.split('?', 1)[0])) {
      // Who never ends his side of it would keep the socket for ever: the HTTP server does not look after it any more.
      socket.once('finish', () => socket.destroy())
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    this.server.handleUpgrade(request, socket, head, webSocket =>
      acceptWebSocket(webSocket, request, this.accept),
    )
  }
}

export function acceptWebSocket(socket: WebSocket, request: IncomingMessage, accept: Accept): void {
  accept(new WebSocketTransport(socket, request))
}

class WebSocketTransport implements Transport {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly isFromElsewhere: boolean
  readonly tls: TlsDescription | undefined

  constructor(
    private readonly socket: WebSocket,
    private readonly request: IncomingMessage,
  ) {
    const ends: Ends = endsOf(request.socket)
    this.localAddress = ends.localAddress
    this.localPort = ends.localPort
    this.remoteAddress = ends.remoteAddress
    this.remotePort = ends.remotePort
    this.isFromElsewhere = isFromElsewhere(request)
    this.tls = tlsOf(request.socket)
  }

  get pendingBytes(): number {
    return this.socket.bufferedAmount
  }

  listen(events: TransportEvents): void {
    const { socket, request } = this
    let cause: Error | undefined
    socket.on('message', (bytes: Buffer, isBinary) => {
      if (!isBinary) socket.close(UNSUPPORTED_DATA, 'AMQP is binary')
      else if (bytes.length > 0 && socket.readyState === socket.OPEN) events.onData(bytes)
    })
    socket.on('ping', bytes => {
      if (socket.bufferedAmount < PONG_BACKLOG_BYTES_MAX) socket.pong(bytes)
    })
    socket.on('error', error => {
      cause = error
    })
    request.socket.on('drain', () => events.onDrain())
    // There is no half of a WebSocket: whoever says that it ends reads no more.
    socket.on('close', () => events.onClosed(cause))
  }

  write(chunk: Uint8Array, written?: () => void): void {
    this.socket.send(chunk, { binary: true }, () => written?.())
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  end(): void {
    this.socket.close()
  }

  destroy(): void {
    this.socket.terminate()
  }
}

/** Whatever its address: it is passed on by an HTTP proxy, or by a browser for a page that is not of this machine. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return true
  return headers.origin !== undefined && !isOfThisMachine(headers.origin)
}

function isOfThisMachine(origin: string): boolean {
  if (!URL.canParse(origin)) return false // `null`: a page from nowhere, such as a file
  const { hostname } = new URL(origin)
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}
