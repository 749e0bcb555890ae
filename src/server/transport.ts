/**
 * Bytes both ways: a TCP or TLS socket, or one end of a pair in this process. Owned here; `listener` has the sockets.
 * A chunk handed to `onData` is the receiver's and never written again by the transport.
 */
export interface Transport {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** It comes from elsewhere although the address is of this machine: somebody here passes it on. */
  readonly isFromElsewhere?: boolean
  /** How it is encrypted; absent: it is not. */
  readonly tls?: TlsDescription | undefined
  /** Written, but not taken by the network yet, in bytes. */
  readonly pendingBytes: number
  /** `written` is called when the chunk may be used again. */
  write(chunk: Uint8Array, written?: () => void): void
  /** Stops `onData`; one chunk may still come. */
  pause(): void
  resume(): void
  /** Sends what was written, then ends. */
  end(): void
  /** Drops everything at once. */
  destroy(): void
  listen(events: TransportEvents): void
}

/** In the words RabbitMQ has for these, so they can be shown as they are. */
export interface TlsDescription {
  /** `tlsv1.2`, `tlsv1.3` */
  readonly protocol: string
  /** `aes_256_gcm` */
  readonly cipher: string
  /** `ecdhe_rsa`; TLS 1.3 does not tie it to the cipher: `any`. */
  readonly keyExchange: string
  /** `sha256`, or `aead` where the cipher authenticates itself. */
  readonly hash: string
  /** Present only when it was asked for and is of an authority we believe. */
  readonly peerCertificate?: PeerCertificate | undefined
}

export interface PeerCertificate {
  /** RFC 4514, the last part first: `O=client,CN=alice`. */
  readonly subject: string
  readonly issuer: string
  /** Hexadecimal. */
  readonly serialNumber: string
  /** `2026-01-01T00:00:00Z - 2126-01-01T00:00:00Z` */
  readonly validity: string
  /** Several are joined by a comma, as in RabbitMQ. Undefined: none. */
  readonly commonName: string | undefined
  readonly subjectAltNames: readonly SubjectAltName[]
}

export interface SubjectAltName {
  /** RabbitMQ's `ssl_cert_login_san_type`. */
  readonly type: 'dns' | 'ip' | 'email' | 'uri' | 'other_name'
  readonly value: string
}

/** Where connections over a unix socket come from. Their `remotePort` counts them, `localAddress` is the path. */
export const UNIX_ADDRESS = 'unix'

/** `127.0.0.1:53076 -> 127.0.0.1:5672`, RabbitMQ's name for a connection; `unix:7 -> /run/leveret.sock`. */
export function connectionName(transport: Transport): string {
  const { remoteAddress, remotePort, localAddress, localPort } = transport
  const local = remoteAddress === UNIX_ADDRESS ? localAddress : `${localAddress}:${localPort}`
  return `${remoteAddress}:${remotePort} -> ${local}`
}

/** The peer is on this machine. */
export function isLocal({ remoteAddress, isFromElsewhere = false }: Transport): boolean {
  return !isFromElsewhere && isLoopbackAddress(remoteAddress)
}

export function isLoopbackAddress(address: string): boolean {
  return address === UNIX_ADDRESS || /^(127\.|::1$|::ffff:127\.)/.test(address)
}

export interface TransportEvents {
  onData(chunk: Buffer): void
  /** Everything written was taken. */
  onDrain(): void
  /** The peer sends nothing more, and may still read. Whoever is told must end, too. */
  onEnd(): void
  /** Called once, however it ended. */
  onClosed(cause?: Error): void
}
