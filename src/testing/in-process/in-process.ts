/** Where the connections of a broker without a port come from: a host that only this process knows, and plain streams. */
import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { type Clock, SystemClock, type Timer } from '../../clock'
import type { ListenerDescription, Listeners } from '../../embed/listeners'
import type { Accept } from '../../server/gate'
import { addHost, type InProcessHost, removeHost } from './in-process-hosts'
import { fail, plugIn, setConnecting } from './in-process-socket'
import { transportPair, type Wires } from './transport-pair'

const PORT = 5672
/** What systems give to clients. They are names here, nothing more. */
const CLIENT_PORTS = { first: 49_152, last: 65_535 }
/** The longest that a timer can wait. */
const FOR_EVER_MS = 2 ** 31 - 1

let clientPort = CLIENT_PORTS.first

export class InProcess implements InProcessHost {
  /** `.invalid` is nobody's (RFC 6761): who looks it up in another process hears that there is no such host. */
  readonly host = `leveret-${randomBytes(6).toString('hex')}.invalid`
  readonly port = PORT
  private accept: Accept | undefined
  private held: Timer | undefined

  constructor(
    private readonly wires: Wires,
    private readonly clock: Clock = new SystemClock(),
  ) {}

  /** Takes connections until the listeners are closed, then refuses them; may be opened again. */
  open(accept: Accept): Listeners {
    this.accept = accept
    addHost(this)
    this.hold()
    const main: ListenerDescription = { protocol: 'amqp', host: this.host, port: this.port }
    const close = async () => {
      this.accept = undefined
    }
    return { all: [main], certificate: undefined, close }
  }

  take(socket: Socket): boolean {
    if (this.accept === undefined) return false
    connect(socket, this.accept, this.wires)
    return true
  }

  /** Nobody knows the host any more, and nothing of it keeps the process alive. */
  release(): void {
    removeHost(this)
    this.held?.cancel()
  }

  /** As a port does: a process that only waits for a message must not end. */
  private hold(): void {
    this.held?.cancel()
    this.held = this.clock.after(FOR_EVER_MS, () => this.hold())
  }
}

/** The client's end of a new connection; `accept` undefined: it is refused. */
export function streamTo(accept: Accept | undefined, wires: Wires): Socket {
  const socket = new Socket()
  setConnecting(socket, true)
  if (accept === undefined) fail(socket, new Error('the broker is down'))
  else connect(socket, accept, wires)
  return socket
}

function connect(socket: Socket, accept: Accept, wires: Wires): void {
  const [client, server] = transportPair(wires, nextPort())
  plugIn(socket, client)
  wires.later(() => {
    if (socket.destroyed) return
    accept(server)
    setConnecting(socket, false)
    socket.emit('connect')
    socket.emit('ready')
  })
}

function nextPort(): number {
  const port = clientPort
  clientPort = port === CLIENT_PORTS.last ? CLIENT_PORTS.first : port + 1
  return port
}
