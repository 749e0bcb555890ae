/** The connections of whatever broker is there, as faults find and describe them. */
import type { AmqpError } from '../../amqp/errors'
import type { Connection } from '../../server/connection'
import { connectionName, type Transport } from '../../server/transport'
import { type Cut, FaultyTransport } from './faulty-transport'
import type { FaultyConnection } from './victims'

export class LiveConnections {
  private connections: Iterable<Connection> = []
  private readonly dropped = new WeakSet<Connection>()

  /** Of another broker from now on. */
  attach(connections: Iterable<Connection>): void {
    this.connections = connections
  }

  /** Not those that are going already. */
  all(): Connection[] {
    const isThere = (connection: Connection): boolean =>
      (connection.state === 'open' || connection.state === 'handshake') && !this.dropped.has(connection)
    return [...this.connections].filter(isThere)
  }

  transports(): FaultyTransport[] {
    return this.all().flatMap(({ transport }) => (transport instanceof FaultyTransport ? [transport] : []))
  }

  drop(connection: Connection): void {
    this.dropped.add(connection)
    connection.destroy()
  }

  find(isMeant: (connection: Connection) => boolean): Connection | undefined {
    for (const connection of this.connections) if (isMeant(connection)) return connection
    return undefined
  }

  over(transport: Transport): Connection | undefined {
    return this.find(connection => connection.transport === transport)
  }

  /** Also when there is no connection over it yet. */
  describe(transport: Transport): FaultyConnection {
    const number = transport instanceof FaultyTransport ? transport.number : 0
    const status = this.over(transport)?.status
    const clientName = status?.identity.userProvidedName
    return {
      name: connectionName(transport),
      number,
      clientName,
      user: status?.user,
      vhost: status?.vhost?.name,
    }
  }

  /** What closes the connection over a transport. */
  closing(error: () => AmqpError): (transport: FaultyTransport) => Cut {
    return transport => {
      const connection = this.over(transport)
      return { isSilent: false, end: () => connection?.forceClose(error()) }
    }
  }

  /** What drops the connection over a transport. */
  dropping(transport: FaultyTransport): Cut {
    const connection = this.over(transport)
    return { isSilent: true, end: () => (connection ?? transport).destroy() }
  }
}
