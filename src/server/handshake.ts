/**
 * From connection.start to connection.open-ok: who is there, what sizes hold, which virtual host.
 *
 *     start ─► start-ok ─► tune ─► tune-ok, open ─► open-ok          anything else in between is 504
 *
 * amqp: section 2.2.4 "the connection class"
 */

import { AccessRefused, ChannelError, NotAllowed } from '../amqp/errors'
import {
  type ConnectionOpen,
  ConnectionOpenOk,
  ConnectionStart,
  type ConnectionStartOk,
  ConnectionTune,
  type ConnectionTuneOk,
  type Method,
  MethodId,
} from '../amqp/methods'
import type { FieldTable } from '../amqp/table'
import { HeldRefusal } from '../auth/logins'
import type { User } from '../auth/users'
import type { Vhost } from '../broker/vhost'
import type { ConnectionEvents } from './connection-events'
import { loginRefusedText } from './sasl'
import type { ServerSettings, Tuning } from './settings'
import type { PeerCertificate, Transport } from './transport'

/** What a handshake does to its connection. */
export interface HandshakeConnection {
  readonly isLoopback: boolean
  readonly transport: Transport
  readonly events: ConnectionEvents
  send(method: ConnectionStart | ConnectionTune | ConnectionOpenOk): void
  tuned(tuning: Tuning): void
  /** The connection is open; open-ok is still to be sent. */
  opened(user: User, vhost: Vhost, clientProperties: FieldTable): void
  /**
   * Login failed. With `close` the peer is told so; then, or instead, it is left waiting and dropped.
   * `reason` is for the log. All of it is held back for `delayMs`.
   */
  loginFailed(reason: string, close: AccessRefused | undefined, delayMs: number): void
}

type Awaiting = 'start-ok' | 'tune-ok' | 'open' | 'nothing'

/** RabbitMQ's names for the same states, which its texts show. */
const STATE_NAMES = {
  'start-ok': 'starting',
  'tune-ok': 'tuning',
  open: 'opening',
  nothing: 'closing',
} as const

export class Handshake {
  private awaiting: Awaiting = 'start-ok'
  private user: User | undefined
  private clientProperties: FieldTable = new Map()

  constructor(
    private readonly connection: HandshakeConnection,
    private readonly settings: ServerSettings,
  ) {}

  get stateName(): 'starting' | 'tuning' | 'opening' | 'closing' {
    return STATE_NAMES[this.awaiting]
  }

  begin(): void {
    const { serverProperties, mechanisms } = this.settings
    const announced = Buffer.from(mechanisms.announced(this.certificate))
    this.connection.send(new ConnectionStart(0, 9, serverProperties, announced, Buffer.from('en_US')))
  }

  accept(method: Method): void {
    if (method.id === MethodId.connectionStartOk && this.awaiting === 'start-ok') this.login(method)
    else if (method.id === MethodId.connectionTuneOk && this.awaiting === 'tune-ok') this.tune(method)
    else if (method.id === MethodId.connectionOpen && this.awaiting === 'open') this.open(method)
    else throw new ChannelError(`unexpected method in connection state ${STATE_NAMES[this.awaiting]}`)
  }

  private login(method: ConnectionStartOk): void {
    this.awaiting = 'nothing'
    this.clientProperties = method.clientProperties
    this.connection.events.introduced(method.mechanism, method.clientProperties)
    const mechanism = this.settings.mechanisms.find(method.mechanism, this.certificate)
    if (mechanism === undefined) {
      this.connection.loginFailed(`unknown authentication mechanism '${method.mechanism}'`, undefined, 0)
      return
    }
    const credentials = mechanism.parse(method.response)
    const { isLoopback: loopback, transport } = this.connection
    const { logins } = this.settings.broker
    const source = { loopback, address: transport.remoteAddress, protocol: 'amqp091' } as const
    if (credentials.kind === 'malformed') {
      this.connection.loginFailed(credentials.reason, undefined, logins.malformed(source))
      return
    }
    const verdict = logins.attempt(credentials, source)
    if (verdict instanceof HeldRefusal) {
      const reason = `${mechanism.name} login refused: ${verdict.reason}`
      const { events } = this.connection
      events.refused(credentials.kind === 'anonymous' ? undefined : credentials.user, verdict.reason)
      const isToBeTold = hasCapability(method.clientProperties, 'authentication_failure_close')
      const close = isToBeTold ? new AccessRefused(loginRefusedText(mechanism.name)) : undefined
      this.connection.loginFailed(reason, close, verdict.delayMs)
      return
    }
    this.user = verdict
    this.connection.events.authenticated(verdict.name)
    const { channelMax, frameMax, heartbeat } = this.settings.limits
    this.awaiting = 'tune-ok'
    this.connection.send(new ConnectionTune(channelMax, frameMax, heartbeat))
  }

  private get certificate(): PeerCertificate | undefined {
    return this.connection.transport.tls?.peerCertificate
  }

  private tune(method: ConnectionTuneOk): void {
    const { broker, limits } = this.settings
    // Whoever offers little must take it.
    const frameMaxMinimum = Math.min(broker.compat.frameMaxMinimum, limits.frameMax)
    const frameMax = negotiated('frame_max', method.frameMax, frameMaxMinimum, limits.frameMax)
    const channelMax = negotiated('channel_max', method.channelMax, 1, limits.channelMax)
    this.awaiting = 'open'
    this.connection.tuned({ channelMax, frameMax, heartbeat: method.heartbeat })
  }

  private open(method: ConnectionOpen): void {
    const { broker } = this.settings
    const vhost = broker.vhosts.get(method.virtualHost)
    const user = this.user!
    broker.limits.requireRoomForConnection(user.name, method.virtualHost)
    if (vhost === undefined) throw new NotAllowed(`vhost ${method.virtualHost} not found`)
    broker.access.requireVhost(user.name, vhost.name)
    this.awaiting = 'nothing'
    this.connection.opened(user, vhost, this.clientProperties)
    this.connection.send(new ConnectionOpenOk())
  }
}

/** Whether the client announced a capability in its properties. */
export function hasCapability(clientProperties: FieldTable, name: string): boolean {
  const capabilities = clientProperties.get('capabilities')
  if (capabilities?.type !== 'F') return false
  const value = capabilities.value.get(name)
  return value?.type === 't' && value.value
}

/** amqp: connection.tune-ok: a peer may lower what was offered, never raise it; 0 asks for no limit. */
function negotiated(name: string, asked: number, min: number, max: number): number {
  const noLimit = asked === 0 ? ' (no limit)' : ''
  if (max !== 0 && (asked === 0 || asked > max)) {
    throw new NotAllowed(
      `negotiated ${name} = ${asked}${noLimit} is higher than the maximum allowed value (${max})`,
    )
  }
  if (asked !== 0 && asked < min) {
    throw new NotAllowed(`negotiated ${name} = ${asked} is lower than the minimum allowed value (${min})`)
  }
  return asked
}
