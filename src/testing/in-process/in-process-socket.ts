/**
 * A socket of Node whose other end is in this process: the very `net.Socket` that a client made, with other methods under
 * its stream. Whatever else a socket has (timeouts, half-open ends, `destroySoon`, `setNoDelay`) is Node's own.
 * No handle of the system is behind it, so nothing of it keeps a process alive.
 */
import { AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import { type PairEnd, soon } from './transport-pair'

/** As much as a socket is read at once: what was written in one go is handed over in such pieces. */
const PIECE_BYTES_MAX = 64 * 1024

type Done = (error?: Error | null) => void

interface Chunk {
  readonly chunk: Uint8Array | string
  readonly encoding: BufferEncoding
}

/** From now on the socket is that end. It is still to be told that it is connected. */
export function plugIn(socket: Socket, end: PairEnd): void {
  // What a client does on an event, it does in the context in which it connected.
  const scope = new AsyncResource('InProcessSocket')
  const bytes = { read: 0, written: 0 }
  let unwritten: Done | undefined

  const write = (pieces: Buffer, done: Done): void => {
    bytes.written += pieces.length
    refresh(socket)
    unwritten = done
    const written = () => {
      if (unwritten !== done) return // the other side went meanwhile
      unwritten = undefined
      scope.runInAsyncScope(done)
    }
    if (pieces.length === 0) soon(written)
    for (let at = 0; at < pieces.length; at += PIECE_BYTES_MAX) {
      const piece = pieces.subarray(at, at + PIECE_BYTES_MAX)
      end.write(piece, at + piece.length < pieces.length ? undefined : written)
    }
  }

  Object.assign(socket, {
    _read: () => end.resume(),
    _write: (chunk: Chunk['chunk'], encoding: BufferEncoding, done: Done) =>
      write(bufferOf({ chunk, encoding }), done),
    _writev: (chunks: readonly Chunk[], done: Done) => write(Buffer.concat(chunks.map(bufferOf)), done),
    _final: (done: Done) => {
      end.end()
      done()
    },
    ref: () => socket,
    unref: () => socket,
  })
  endWith(socket, () => end.destroy())
  describe(socket, end, bytes)
  end.listen({
    onData(chunk) {
      bytes.read += chunk.length
      refresh(socket)
      scope.runInAsyncScope(() => {
        if (!socket.push(chunk)) end.pause()
      })
    },
    onDrain() {},
    onEnd() {
      scope.runInAsyncScope(() => socket.push(null))
    },
    onClosed() {
      const done = unwritten
      unwritten = undefined
      scope.runInAsyncScope(() => closed(socket, done))
    },
  })
}

/** The system has answered, or is still to. */
export function setConnecting(socket: Socket, connecting: boolean): void {
  Object.assign(socket, { connecting }) // the types have it for readers only
}

/** `connect` was refused, or failed otherwise: told later, as the system does. */
export function fail(socket: Socket, error: Error): void {
  endWith(socket, () => {})
  soon(() => socket.destroy(error))
}

/** The other side is gone: what is being written goes nowhere, and behind all that came there is the end. */
function closed(socket: Socket, unwritten: Done | undefined): void {
  unwritten?.()
  if (!socket.destroyed) socket.push(null)
}

/** Node's own would ask a handle to close, and tell of it when that has happened. */
function endWith(socket: Socket, end: () => void): void {
  const { destroy } = socket
  socket.destroy = error => {
    if (!socket.destroyed) socket.setTimeout(0)
    return destroy.call(socket, error)
  }
  socket._destroy = (error, done) => {
    setConnecting(socket, false)
    end()
    done(error)
    soon(() => socket.emit('close', error !== null && error !== undefined))
  }
}

/** The getters of a socket ask its handle. */
function describe(socket: Socket, end: PairEnd, bytes: { readonly read: number; readonly written: number }) {
  const getters = {
    localAddress: () => end.localAddress,
    localPort: () => end.localPort,
    localFamily: () => 'IPv4',
    remoteAddress: () => end.remoteAddress,
    remotePort: () => end.remotePort,
    remoteFamily: () => 'IPv4',
    bytesRead: () => bytes.read,
    bytesWritten: () => bytes.written,
    pending: () => socket.connecting,
  }
  for (const [name, get] of Object.entries(getters))
    Object.defineProperty(socket, name, { get, configurable: true })
}

/** Something happened: an idle timeout begins anew. */
function refresh(socket: Socket): void {
  if (socket.timeout !== undefined && socket.timeout > 0) socket.setTimeout(socket.timeout)
}

function bufferOf({ chunk, encoding }: Chunk): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding)
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
