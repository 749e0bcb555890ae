/**
 * Requests that come before earlier ones of their connection are answered: some are handled beside each other, the next
 * stand in line. Hardly anybody sends a second one before the first is answered, and refusals of logins are held back: one
 * connection took 75 MiB a second so. Node cannot be told to stop within what it has read, which may be a thousand requests;
 * so the lines of all connections together are bounded, and who sends on then loses his.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Of one connection. */
const UNDER_WAY_MAX = 8

/** In all lines together: 16 MiB, if all of it is headers. */
const WAITING_MAX = 1000

interface Line {
  readonly socket: Socket
  underWay: number
  /** Each begins a request. */
  waiting: (() => void)[]
}

export class RequestLines {
  private readonly lines = new WeakMap<Socket, Line>()
  private waiting = 0

  constructor(private readonly handle: RequestListener) {}

  take(request: IncomingMessage, response: ServerResponse & { req: IncomingMessage }): void {
    const { socket } = request
    const line = this.lines.get(socket) ?? this.newLine(socket)
    const begin = (): void => {
      line.underWay++
      response.once('close', () => this.answered(line))
      this.handle(request, response)
    }
    if (line.underWay < UNDER_WAY_MAX) begin()
    else if (this.waiting < WAITING_MAX) {
      this.waiting++
      line.waiting.push(begin)
    } else socket.destroy()
  }

  private answered(line: Line): void {
    line.underWay--
    if (line.socket.destroyed) return
    const next = line.waiting.shift()
    if (next === undefined) return
    this.waiting--
    next()
  }

  private newLine(socket: Socket): Line {
    const line: Line = { socket, underWay: 0, waiting: [] }
    this.lines.set(socket, line)
    socket.once('close', () => {
      this.waiting -= line.waiting.length
      line.waiting = []
    })
    return line
  }
}
