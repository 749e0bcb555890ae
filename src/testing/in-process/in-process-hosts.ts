/**
 * Hosts that are in this process only: while there are any, `connect` of a socket looks for them before the network is asked.
 * It is `connect` of the prototype, under everything a client may call (`net.connect`, `createConnection`, whatever
 * was imported when), and it is given back when the last host has gone.
 */
import { Socket, type TcpNetConnectOpts } from 'node:net'
import { fail, setConnecting } from './in-process-socket'

export interface InProcessHost {
  readonly host: string
  readonly port: number
  /** Makes the socket one end of a connection. False: nobody takes it. */
  take(socket: Socket): boolean
}

type Connect = (this: Socket, ...args: unknown[]) => Socket

const hosts = new Map<string, InProcessHost>()
const prototype = Socket.prototype as { connect: Connect }
let network: Connect | undefined

export function addHost(host: InProcessHost): void {
  hosts.set(host.host, host)
  if (network !== undefined) return
  network = prototype.connect
  prototype.connect = connect
}

export function removeHost({ host }: InProcessHost): void {
  hosts.delete(host)
  // Somebody may have put theirs over ours: then ours stays, and lets everything pass.
  if (hosts.size > 0 || network === undefined || prototype.connect !== connect) return
  prototype.connect = network
  network = undefined
}

function connect(this: Socket, ...args: unknown[]): Socket {
  const { options, connected } = asked(args)
  const host = hosts.get(`${options?.host}`.toLowerCase())
  if (host === undefined) return (network as Connect).apply(this, args)
  if (connected !== undefined) this.once('connect', connected)
  setConnecting(this, true)
  const port = Number(options?.port)
  // There is no TLS within a process. A TLS socket says of itself that it is encrypted.
  if (port !== host.port || 'encrypted' in this || !host.take(this)) fail(this, refused(host.host, port))
  return this
}

interface Asked {
  readonly options: Partial<TcpNetConnectOpts> | undefined
  readonly connected: (() => void) | undefined
}

/** `(options, connected)`, `(port, host, connected)`, `(path, connected)`; `net.connect` gives the first two as an array. */
function asked(args: readonly unknown[]): Asked {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  const last = (Array.isArray(args[0]) ? (args[0] as unknown[]) : args).findLast(
    argument => typeof argument === 'function',
  ) as (() => void) | undefined
  if (typeof first === 'object' && first !== null) return { options: first, connected: last }
  return typeof second === 'string'
    ? { options: { port: Number(first), host: second }, connected: last }
    : { options: undefined, connected: last }
}

function refused(address: string, port: number): Error {
  const error = new Error(`connect ECONNREFUSED ${address}:${port}`)
  return Object.assign(error, { code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address, port })
}
