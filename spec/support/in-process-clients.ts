/** Clients at the other end of a transport pair. They never answer by themselves: no close-ok, no heartbeats. */
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { encodeMethod } from '../../conformance/support/codec'
import { FrameReader, MethodAssembler } from '../../conformance/support/frame-reader'
import type { Arrival } from '../../conformance/support/inbox'
import type { MethodFields, MethodName } from '../../conformance/support/methods'
import type { TransportEvents } from '../../src/server/transport'
import { plugIn } from '../../src/testing/in-process/in-process-socket'
import type { PairEnd } from './transport-pair'

export const protocolHeader = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')

/** Says what it is told to, right or wrong, and keeps the bytes it hears. */
export class BareClient implements TransportEvents {
  isClosed = false
  bytesReceived = 0
  private readonly chunks: Buffer[] = []

  constructor(
    readonly transport: PairEnd,
    private readonly settle: () => void,
  ) {
    transport.listen(this)
  }

  /** All that came, as one piece. */
  get received(): Buffer {
    return Buffer.concat(this.chunks)
  }

  /** Sends, and lets the broker do what it has to do. */
  say(bytes: Uint8Array): void {
    this.transport.write(bytes)
    this.settle()
  }

  /** Ends without a word. */
  reset(): void {
    this.transport.destroy()
    this.settle()
  }

  onData(chunk: Buffer): void {
    this.bytesReceived += chunk.length
    this.chunks.push(chunk)
  }

  onDrain(): void {}

  onEnd(): void {
    this.transport.end()
  }

  onClosed(): void {
    this.isClosed = true
  }
}

/** Speaks methods and keeps those it hears, in order, channel by channel. */
export class InProcessClient extends BareClient {
  heartbeats = 0
  private readonly arrivals: { readonly channel: number; readonly arrival: Arrival }[] = []
  private readonly reader = new FrameReader()
  private readonly assemblers = new Map<number, MethodAssembler>()

  /** The methods that came and were not taken. */
  get unread(): MethodName[] {
    return this.arrivals.map(({ arrival }) => arrival.name)
  }

  open(heartbeatSeconds = 0): this {
    this.say(handshake(heartbeatSeconds))
    for (const method of ['connection.start', 'connection.tune', 'connection.open-ok'] as const) {
      this.take(method)
    }
    return this
  }

  openChannel(number = 1): this {
    this.send('channel.open', {}, number)
    this.take('channel.open-ok', number)
    return this
  }

  send<M extends MethodName>(method: M, fields: Partial<MethodFields[M]> = {}, channel = 0): void {
    this.say(encodeMethod(channel, method, fields))
  }

  /** The oldest arrival on this channel, which must be this method. */
  take<M extends MethodName>(method: M, channel = 0): Arrival<M> {
    const index = this.arrivals.findIndex(arrived => arrived.channel === channel)
    const arrival = index === -1 ? undefined : this.arrivals.splice(index, 1)[0]!.arrival
    if (arrival?.name !== method) {
      throw new Error(
        `expected ${method}, got ${arrival === undefined ? 'nothing' : JSON.stringify(arrival)}`,
      )
    }
    return arrival as Arrival<M>
  }

  override onData(chunk: Buffer): void {
    this.bytesReceived += chunk.length
    for (const frame of this.reader.read(chunk)) {
      if (frame.type === 8) this.heartbeats++
      else {
        const arrival = this.assembler(frame.channel).add(frame)
        if (arrival !== undefined) this.arrivals.push({ channel: frame.channel, arrival })
      }
    }
  }

  private assembler(channel: number): MethodAssembler {
    let assembler = this.assemblers.get(channel)
    if (assembler === undefined) {
      assembler = new MethodAssembler()
      this.assemblers.set(channel, assembler)
    }
    return assembler
  }
}

/** Everything a client says until it is let in, in one piece: nothing in it depends on the answers. */
export function handshake(heartbeat = 0, { user, password } = { user: 'guest', password: 'guest' }): Buffer {
  return Buffer.concat([
    protocolHeader,
    encodeMethod(0, 'connection.start-ok', {
      clientProperties: { product: 'spec', capabilities: { consumer_cancel_notify: true } },
      mechanism: 'PLAIN',
      response: Buffer.from(`\0${user}\0${password}`),
      locale: 'en_US',
    }),
    encodeMethod(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat }),
    encodeMethod(0, 'connection.open', { virtualHost: '/' }),
  ])
}

/** For clients that want a stream, or a socket. */
export function streamOn(end: PairEnd): Duplex {
  const socket = new Socket()
  plugIn(socket, end)
  return socket
}
