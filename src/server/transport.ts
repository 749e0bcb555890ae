/**
 * Bytes both ways: a TCP or TLS socket, or one end of a pair in this process. Owned here; `listener` has the sockets.
 * A chunk handed to `onData` is the receiver's and never written again by the transport.
 */
export interface Transport {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
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

/** `127.0.0.1:53076 -> 127.0.0.1:5672`, RabbitMQ's name for a connection. */
export function connectionName(transport: Transport): string {
  const { remoteAddress, remotePort, localAddress, localPort } = transport
  return `${remoteAddress}:${remotePort} -> ${localAddress}:${localPort}`
}

export function isLoopbackAddress(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/.test(address)
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
