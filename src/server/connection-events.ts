/**
 * What is told about one connection, in the log and as events, and what it is called there: from what its client says of
 * itself to its end. Knows no frames and changes nothing.
 */
import type { AmqpError } from '../amqp/errors'
import type { FieldTable } from '../amqp/table'
import { addTraffic, type Traffic } from '../broker/broker-counters'
import type { ConnectionIdentity } from '../broker/events/events'
import { NODE_NAME } from '../broker/names'
import type { Vhost } from '../broker/vhost'
import type { ServerSettings, Tuning } from './settings'
import { connectionName, type Transport } from './transport'

export class ConnectionEvents {
  readonly name: string
  /** As RabbitMQ names processes: the channel's is this with its number. */
  readonly pid: string
  private readonly id: number
  /** Milliseconds since 1970. */
  readonly connectedAt: number
  mechanism = ''
  clientProperties: FieldTable = new Map()

  constructor(
    private readonly settings: ServerSettings,
    private readonly transport: Transport,
  ) {
    this.name = connectionName(transport)
    this.id = settings.broker.events.nextConnectionId()
    this.connectedAt = settings.broker.clock.now()
    this.pid = this.pidOfChannel(0)
  }

  pidOfChannel(number: number): string {
    return `<${NODE_NAME}.1.${this.id}.${number}>`
  }

  /** The client said who it is. */
  introduced(mechanism: string, clientProperties: FieldTable): void {
    this.mechanism = mechanism
    this.clientProperties = clientProperties
  }

  authenticated(user: string): void {
    const { mechanism } = this
    this.settings.broker.events.emit({
      kind: 'user.authentication.success',
      connection: this.identity(),
      mechanism,
      user,
    })
  }

  refused(user: string | undefined, reason: string): void {
    const { mechanism } = this
    this.settings.broker.events.emit({
      kind: 'user.authentication.failure',
      connection: this.identity(),
      mechanism,
      user,
      reason,
    })
  }

  opened(user: string, vhost: string, tuning: Tuning): void {
    const { events, counters } = this.settings.broker
    counters.churn.connectionsCreated++
    const { mechanism, connectedAt } = this
    const { frameMax, channelMax, heartbeat: heartbeatSeconds } = tuning
    const agreed = { mechanism, connectedAt, frameMax, channelMax, heartbeatSeconds }
    const connection = this.identity()
    events.actingAs(user, () =>
      events.emit({ kind: 'connection.created', connection, user, vhost, ...agreed }),
    )
    this.settings.logger.debug({ connection: this.name, user, vhost }, 'connection opened')
  }

  closing(error: AmqpError): void {
    this.warn(`closing connection: ${error.replyText}`)
  }

  /** `isSurprise`: nobody said that it would. What went over it stays in the sums. */
  closed(isSurprise: boolean, traffic: Readonly<Traffic>, vhost: Vhost | undefined): void {
    this.settings.broker.counters.connectionEnded(traffic)
    if (vhost !== undefined) addTraffic(vhost.endedTraffic, traffic)
    if (isSurprise) this.settings.logger.debug({ connection: this.name }, 'connection closed')
    this.settings.broker.events.emit({ kind: 'connection.closed', connection: this.identity() })
  }

  warn(text: string): void {
    this.settings.logger.warn({ connection: this.name }, text)
  }

  defect(err: unknown): void {
    this.settings.logger.error({ err, connection: this.name }, 'connection failed by a defect of ours')
  }

  identity(): ConnectionIdentity {
    const { name, pid, transport, clientProperties } = this
    const given = clientProperties.get('connection_name')
    return {
      pid,
      name,
      host: transport.localAddress,
      port: transport.localPort,
      peerHost: transport.remoteAddress,
      peerPort: transport.remotePort,
      clientProperties,
      userProvidedName: given?.type === 'S' ? given.value.toString() : undefined,
      tls: transport.tls,
    }
  }
}
