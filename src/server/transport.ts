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

export interface TransportEvents {
  onData(chunk: Buffer): void
  /** Everything written was taken. */
  onDrain(): void
  /** Called once, however it ended. */
  onClosed(cause?: Error): void
}
