/**
 * A connection that is listened to from inside: who says what while the broker does it. What happens while nobody speaks
 * is the broker's own doing, or the test's: a fault, a reset.
 */
import { ChannelClose, ConnectionClose, type Method, MethodId, readMethod } from '../../amqp/methods'
import { Reader } from '../../amqp/reader'
import type { Session } from '../../channel/session'
import type { Connection } from '../../server/connection'
import type { Speaker } from './rule'

/** Who listens. */
export interface Listener {
  /** Undefined: nobody speaks. */
  speaker: Speaker | undefined
  asked(method: Method, by: Speaker): void
  refused(close: ChannelClose | ConnectionClose, by: Speaker): void
}

/** What anybody wants to know more of than that it was said. */
const READ: ReadonlySet<number> = new Set([
  MethodId.queueDeclare,
  MethodId.exchangeDeclare,
  MethodId.queueBind,
  MethodId.exchangeBind,
  MethodId.basicConsume,
])

/** From now on, until it ends. */
export function listenTo(connection: Connection, session: Session, listener: Listener): void {
  const { vhost } = session
  let isForced = false
  const speaks = (channel: number, isLeaving: boolean, run: (by: Speaker) => void): void => {
    const before = listener.speaker
    const by = { vhost, session, connection, channel, isLeaving: isLeaving && !isForced }
    listener.speaker = by
    try {
      run(by)
    } finally {
      listener.speaker = before
    }
  }
  const { method, onEnd, onClosed, forceClose, destroy } = connection
  connection.method = (channel, bytes, start, end) => {
    const id = bytes.length - start < 4 ? 0 : bytes.readUInt32BE(start)
    const isLeaving = id === MethodId.channelClose || id === MethodId.connectionClose
    speaks(channel, isLeaving, by => {
      const asked = READ.has(id) ? readable(bytes, start, end) : undefined
      if (asked !== undefined) listener.asked(asked, by)
      method.call(connection, channel, bytes, start, end)
    })
  }
  connection.onEnd = () => speaks(0, true, () => onEnd.call(connection))
  connection.onClosed = () => speaks(0, true, () => onClosed.call(connection))
  connection.forceClose = error => {
    isForced = true
    forceClose.call(connection, error)
  }
  connection.destroy = () => {
    isForced = true
    destroy.call(connection)
  }
  const { peer } = session
  const send = peer.send.bind(peer)
  peer.send = (channel, sent) => {
    const isClose = sent instanceof ChannelClose || sent instanceof ConnectionClose
    // The broker's own closes are about no method.
    if (isClose && !isForced && (sent.classId !== 0 || sent.methodId !== 0))
      listener.refused(sent, { vhost, session, connection, channel, isLeaving: false })
    send(channel, sent)
  }
}

/** Undefined: the broker will say what is wrong with it. */
function readable(bytes: Buffer, start: number, end: number): Method | undefined {
  try {
    return readMethod(new Reader(bytes, start, end))
  } catch {
    return undefined
  }
}
