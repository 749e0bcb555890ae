/** The live connections of a server: takes new ones in, and sends them home at shutdown. */
import { ConnectionForced } from '../amqp/errors'
import type { Evicted } from '../broker/evictions'
import type { Clock } from '../clock'
import { Connection, type ConnectionOwner } from './connection'
import { Partings } from './partings'
import { ReadingOrder } from './reading-order'
import type { ServerSettings } from './settings'
import { Strangers } from './strangers'
import type { Transport } from './transport'

/** How long clients may take to answer the goodbye before their sockets are dropped. */
const FAREWELL_MS = 1000

export class Connections implements ConnectionOwner {
  private readonly live = new Set<Connection>()
  readonly order: ReadingOrder
  readonly partings: Partings
  private readonly strangers: Strangers<Connection>
  private whenEmpty: (() => void) | undefined

  /** `through`: what each transport is wrapped in before anything is read from it; undefined: it is not taken. */
  constructor(
    private readonly settings: ServerSettings,
    private readonly through: (transport: Transport) => Transport | undefined = transport => transport,
  ) {
    const { broker, limits, logger } = settings
    this.order = new ReadingOrder(broker.turn)
    this.partings = new Partings(broker.turn)
    this.strangers = new Strangers(limits.handshakesMax, logger, stranger => stranger.destroy())
    broker.evictions.listen((evicted, error) => this.evict(evicted, error))
  }

  get count(): number {
    return this.live.size
  }

  /** Those that are open, come or go. */
  [Symbol.iterator](): Iterator<Connection> {
    return this.live.values()
  }

  accept(transport: Transport): void {
    const wrapped = this.through(transport)
    if (wrapped === undefined) return
    const connection = new Connection(wrapped, this.settings, this)
    this.live.add(connection)
    this.strangers.came(connection)
  }

  opened(connection: Connection): void {
    this.strangers.left(connection)
  }

  /** Tells every client that the broker goes (320) and waits for them, but not for long. */
  async close(clock: Clock): Promise<void> {
    if (this.live.size === 0) return
    const goodbye = new ConnectionForced("broker forced connection closure with reason 'shutdown'")
    for (const connection of this.live) connection.forceClose(goodbye)
    const empty = new Promise<void>(resolve => {
      this.whenEmpty = resolve
    })
    const farewell = clock.after(FAREWELL_MS, () => {
      for (const connection of this.live) connection.destroy()
    })
    if (this.live.size > 0) await empty
    farewell.cancel()
  }

  /** Whoever opened the virtual host, or logged in as the user, that is gone. */
  private evict({ vhost, user }: Evicted, error: ConnectionForced): void {
    for (const connection of this.live) {
      const { session } = connection
      if (session === undefined) continue
      const isMeant =
        (vhost === undefined || session.vhost.name === vhost) &&
        (user === undefined || session.user.name === user)
      if (isMeant) connection.forceClose(error)
    }
  }

  ended(connection: Connection): void {
    this.strangers.left(connection)
    this.live.delete(connection)
    if (this.live.size === 0) this.whenEmpty?.()
  }
}
