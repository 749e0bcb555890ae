/** Who wants to see every message of a virtual host: called on the path of messages, and only while there is one. */
import type { User } from '../auth/users'
import type { Message } from '../message'
import type { Queue } from '../queues/queue'

/** Whose message it is. */
export interface TappedConnection {
  readonly connectionName: string
  readonly user: User
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
  ): void
}
