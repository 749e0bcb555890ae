/**
 * One AMQP connection of the load generator with one open channel, on a raw socket. Requests wait for their reply while
 * the run is set up; after that the receiver gets every frame. Reads go into one buffer that is used again, so a
 * receiver keeps nothing of what it is given. The only file of the load generator that knows sockets.
 */
import { connect, type Socket } from 'node:net'
import { type FrameReceiver, FrameScanner } from './frame-scanner'
import * as frames from './frames'
import type { Target } from './plan'

/** As much as one read may bring; libuv asks the kernel for no more than the buffer holds. */
const READ_BYTES = 256 * 1024
/** RabbitMQ's default, and what we settle on when the broker has no limit of its own. */
const FRAME_MAX = 131072
const CONNECT_TIMEOUT_MS = 10_000

/** What a publisher or consumer may ask of its connection. */
export interface Wire {
  /** `written` is called once the bytes are no longer needed. */
  write(bytes: Uint8Array, written?: () => void): void
  /** A method the receiver does not know itself. */
  otherMethod(bytes: Buffer, at: number): void
}

interface Expected {
  readonly id: number
  readonly receiver: FrameReceiver | undefined
  readonly resolve: (args: Buffer) => void
  readonly reject: (cause: Error) => void
}

export class LoadConnection implements FrameReceiver, Wire {
  frameMax = FRAME_MAX
  /** Told once, when the connection is lost or closed by the broker outside a request. */
  onFailed: (cause: Error) => void = () => {}
  private readonly scanner = new FrameScanner(this)
  private readonly socket: Socket
  private expected: Expected | undefined
  private ended = false

  /** Resolves with channel 1 open. */
  static async open(target: Target): Promise<LoadConnection> {
    const connection = new LoadConnection(target)
    await connection.request(frames.protocolHeader, frames.method.connectionStart)
    const tune = await connection.request(
      frames.startOk(target.user, target.password),
      frames.method.connectionTune,
    )
    const offered = tune.readUInt32BE(2)
    connection.frameMax = offered === 0 ? FRAME_MAX : Math.min(offered, FRAME_MAX)
    connection.write(frames.tuneOk(tune.readUInt16BE(0), connection.frameMax))
    await connection.request(frames.connectionOpen(target.vhost), frames.method.connectionOpenOk)
    await connection.request(frames.channelOpen(), frames.method.channelOpenOk)
    return connection
  }

  private constructor(target: Target) {
    this.socket = connect({
      host: target.host,
      port: target.port,
      noDelay: true,
      timeout: CONNECT_TIMEOUT_MS,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (length, bytes) => this.read(bytes, length),
      },
    })
    this.socket.on('connect', () => this.socket.setTimeout(0))
    this.socket.on('timeout', () => this.fail(new Error('the broker does not answer')))
    this.socket.on('error', cause => this.fail(cause))
    this.socket.on('close', () => this.fail(new Error('the broker closed the connection')))
  }

  /**
   * Sends, waits for the reply's method and gives its arguments. A `receiver` takes over with the frame after the
   * reply: deliveries may follow `basic.consume-ok` in the same read.
   */
  request(frame: Buffer, id: number, receiver?: FrameReceiver): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.expected = { id, receiver, resolve, reject }
      this.write(frame)
    })
  }

  receiveWith(receiver: FrameReceiver): void {
    this.scanner.receiver = receiver
  }

  write(bytes: Uint8Array, written?: () => void): void {
    this.socket.write(bytes, written)
  }

  /** Without the choreography of closing: a load connection has nothing to lose. */
  destroy(): void {
    this.ended = true
    this.socket.destroy()
  }

  /** The receiver until another takes over: replies to requests. */
  frame(bytes: Buffer, at: number, size: number): void {
    if (bytes[at] !== frames.frameType.method) return
    const expected = this.expected
    if (expected === undefined || bytes.readUInt32BE(at + 7) !== expected.id) {
      this.otherMethod(bytes, at)
      return
    }
    this.expected = undefined
    if (expected.receiver !== undefined) this.receiveWith(expected.receiver)
    expected.resolve(Buffer.from(bytes.subarray(at + 11, at + 7 + size)))
  }

  readEnded(): void {}

  /** What a receiver does not know itself: a close ends the connection, the rest does not matter to a run. */
  otherMethod(bytes: Buffer, at: number): void {
    const id = bytes.readUInt32BE(at + 7)
    if (id !== frames.method.connectionClose && id !== frames.method.channelClose) return
    const text = bytes.toString('utf8', at + 14, at + 14 + bytes[at + 13]!)
    this.fail(new Error(`closed by the broker: ${bytes.readUInt16BE(at + 11)} ${text}`))
  }

  private read(bytes: Uint8Array, length: number): boolean {
    try {
      this.scanner.push(bytes as Buffer, length)
    } catch (cause) {
      this.fail(cause instanceof Error ? cause : new Error(String(cause)))
    }
    return true
  }

  private fail(cause: Error): void {
    if (this.ended) return
    this.destroy()
    const expected = this.expected
    this.expected = undefined
    if (expected === undefined) this.onFailed(cause)
    else expected.reject(cause)
  }
}
