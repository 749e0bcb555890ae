/** Who wants to see every message of a virtual host: called on the path of messages, and only while there is one. */
import type { User } from '../../auth/users'
import type { Message } from '../../message'
import type { Queue } from '../../queues/queue'
import type { ConnectionIdentity } from './events'

/** Whose message it is. */
export interface TappedConnection {
  readonly connectionName: string
  readonly user: User
  /** Undefined: it is a request to the HTTP API. */
  identity(): ConnectionIdentity | undefined
}

/** Who gets a delivery: a consumer, or basic.get, which has no tag. */
export interface TappedReader {
  readonly tag?: string
  readonly noAck: boolean
}

export interface MessageTap {
  /** Before the queues get it. `message`, here and below, still has its BCC header. */
  published(message: Message, queues: readonly Queue[], from: TappedConnection, channel: number): void
  /** To a consumer, or as the answer to basic.get. */
  delivered(
    message: Message,
    queue: string,
    redelivered: boolean,
    to: TappedConnection,
    channel: number,
    /** Of the entry in its queue; NO_POSITION: it was handed over without ever being one. */
    position: number,
    reader: TappedReader,
  ): void
}

/** As many as there are in one: the path of messages knows one tap, or none. */
class Taps implements MessageTap {
  constructor(readonly all: readonly MessageTap[]) {}

  published(...args: Parameters<MessageTap['published']>): void {
    for (const tap of this.all) tap.published(...args)
  }

  delivered(...args: Parameters<MessageTap['delivered']>): void {
    for (const tap of this.all) tap.delivered(...args)
  }
}

export function tapsIn(tap: MessageTap | undefined): readonly MessageTap[] {
  if (tap === undefined) return []
  return tap instanceof Taps ? tap.all : [tap]
}

export function joinedTaps(taps: readonly MessageTap[]): MessageTap | undefined {
  return taps.length > 1 ? new Taps(taps) : taps[0]
}
