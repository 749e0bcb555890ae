/**
 * A broker without sockets and without time: clients are connected by transport pairs, turns end when `settle` says so,
 * the clock stands still. Everything happens inside the calls of the spec, in the same order every time.
 *
 *      const broker = inProcessBroker()
 *      const client = broker.connect().open()
 *      client.send('channel.open', {}, 1)
 *      broker.settle()
 *      client.take('channel.open-ok', 1)
 */
import { Duplex } from 'node:stream'
import { encodeMethod } from '../../conformance/support/codec'
import { FrameReader, MethodAssembler } from '../../conformance/support/frame-reader'
import type { Arrival } from '../../conformance/support/inbox'
import type { MethodFields, MethodName } from '../../conformance/support/methods'
import type { ConnectionLimits } from '../../src/server/settings'
import type { TransportEvents } from '../../src/server/transport'
import { Phases } from '../../src/turn'
import { type ComposedBroker, composeBroker } from './composed-broker'
import { Network, type PairEnd } from './transport-pair'

/** Turns after which a broker that still has work counts as one that never rests. */
const TURNS_MAX = 100_000

const PROTOCOL_HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')

export interface InProcessBroker extends ComposedBroker {
  /** A new connection on which nothing was sent. */
  connect(): InProcessClient
  /** A new connection for a client that wants a stream. Nothing moves on it but by `settle` and `during`. */
  stream(): Duplex
  /** Turns and news of the network, until there are none. */
  settle(): void
  /** Settles again and again while something asynchronous goes on. */
  during<T>(going: Promise<T>): Promise<T>
}

export function inProcessBroker(limits?: Partial<ConnectionLimits>): InProcessBroker {
  const phases = new Phases()
  const network = new Network()
  const composed = composeBroker(phases, limits)
  const connect = (): PairEnd => {
    const [client, server] = network.pair()
    composed.connections.accept(server)
    return client
  }
  const settle = (): void => {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const hadNews = network.tell()
      if (!phases.run() && !hadNews) return
    }
    throw new Error(`the broker has work after ${TURNS_MAX} turns`)
  }
  return {
    ...composed,
    settle,
    connect: () => new InProcessClient(connect(), settle),
    stream: () => streamOn(connect()),
    async during(going) {
      let isOver = false
      const over = () => {
        isOver = true
      }
      going.then(over, over)
      while (!isOver) {
        settle()
        await new Promise(resolve => setImmediate(resolve))
      }
      return going
    },
  }
}

/** Says what it is told to, right or wrong, and keeps what it hears. It never answers by itself. */
export class InProcessClient implements TransportEvents {
  isClosed = false
  heartbeats = 0
  bytesReceived = 0
  private readonly arrivals: { readonly channel: number; readonly arrival: Arrival }[] = []
  private readonly reader = new FrameReader()
  private readonly assemblers = new Map<number, MethodAssembler>()

  constructor(
    readonly transport: PairEnd,
    private readonly settle: () => void,
  ) {
    transport.listen(this)
  }

  /** The handshake: sent in one piece, for nothing in it depends on the answers. */
  open(heartbeatSeconds = 0): this {
    this.sendBytes(handshake(heartbeatSeconds))
    this.settle()
    for (const method of ['connection.start', 'connection.tune', 'connection.open-ok'] as const) this.take(method)
    return this
  }

  openChannel(number = 1): this {
    this.send('channel.open', {}, number)
    this.settle()
    this.take('channel.open-ok', number)
    return this
  }

  send<M extends MethodName>(method: M, fields: Partial<MethodFields[M]> = {}, channel = 0): void {
    this.sendBytes(encodeMethod(channel, method, fields))
  }

  sendBytes(bytes: Uint8Array): void {
    this.transport.write(bytes)
  }

  /** The oldest arrival on this channel, which must be this method. */
  take<M extends MethodName>(method: M, channel = 0): Arrival<M> {
    const index = this.arrivals.findIndex(arrived => arrived.channel === channel)
    const arrival = index === -1 ? undefined : this.arrivals.splice(index, 1)[0]!.arrival
    if (arrival?.name !== method) {
      throw new Error(`expected ${method}, got ${arrival === undefined ? 'nothing' : JSON.stringify(arrival)}`)
    }
    return arrival as Arrival<M>
  }

  /** The methods that came and were not taken. */
  get unread(): MethodName[] {
    return this.arrivals.map(({ arrival }) => arrival.name)
  }

  onData(chunk: Buffer): void {
    this.bytesReceived += chunk.length
    for (const frame of this.reader.read(chunk)) {
      if (frame.type === 8) this.heartbeats++
      else {
        const arrival = this.assembler(frame.channel).add(frame)
        if (arrival !== undefined) this.arrivals.push({ channel: frame.channel, arrival })
      }
    }
  }

  onDrain(): void {}

  onClosed(): void {
    this.isClosed = true
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

/** Everything a client says until it is let in. */
export function handshake(heartbeat = 0): Buffer {
  return Buffer.concat([
    PROTOCOL_HEADER,
    encodeMethod(0, 'connection.start-ok', {
      clientProperties: { product: 'spec', capabilities: { consumer_cancel_notify: true } },
      mechanism: 'PLAIN',
      response: Buffer.from('\0guest\0guest'),
      locale: 'en_US',
    }),
    encodeMethod(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat }),
    encodeMethod(0, 'connection.open', { virtualHost: '/' }),
  ])
}

function streamOn(end: PairEnd): Duplex {
  const stream = new Duplex({
    read() {
      end.resume()
    },
    write(chunk: Buffer, _encoding, done) {
      end.write(chunk, () => done())
    },
    final(done) {
      end.end()
      done()
    },
    destroy(error, done) {
      end.destroy()
      done(error)
    },
  })
  end.listen({
    onData(chunk) {
      if (!stream.push(chunk)) end.pause()
    },
    onDrain() {},
    onClosed() {
      stream.push(null)
    },
  })
  return stream
}
