/** Whom faults strike, as tests see them. */

export interface FaultyConnection {
  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  readonly name: string
  /** They are counted from 1 in the order in which they came. */
  readonly number: number
  /** What the client calls itself, its property `connection_name`. */
  readonly clientName: string | undefined
  /** Undefined, as is the virtual host: nobody has logged in yet. */
  readonly user: string | undefined
  readonly vhost: string | undefined
}

export interface FaultyChannel {
  readonly number: number
  readonly connection: FaultyConnection
}

export interface FaultyConsumer {
  readonly tag: string
  readonly queue: string
}
