/**
 * Events as the headers of RabbitMQ's event exchange: its names, its types, and its ways of printing Erlang terms that
 * are no AMQP values (arguments, addresses, versions), for whoever reads them has learned to read those.
 */
import type { FieldValue } from '../../amqp/table'
import { NODE_NAME } from '../names'
import { codes, erlangAddress, flag, type Headers, table, terms, text, texts, whole } from './event-values'
import type { AlarmEvent, BrokerEvent, ConnectionIdentity, LimitEvent } from './events'

/** RabbitMQ's module names, which it shows here instead of `classic`. */
const queueModule = (type: string): FieldValue => text(`rabbit_${type}_queue`)

export function eventHeaders(event: BrokerEvent, actor: string): Map<string, FieldValue> {
  const by: Headers = isUnsigned(event) ? [] : [['user_who_performed_action', text(actor)]]
  return new Map([...headersOf(event), ...by])
}

/** RabbitMQ says who did it of everything but these. */
function isUnsigned({ kind }: BrokerEvent): boolean {
  return kind.startsWith('user.authentication.') || kind.startsWith('alarm.') || kind === 'connection.closed'
}

function headersOf(event: BrokerEvent): Headers {
  switch (event.kind) {
    case 'connection.created':
    case 'connection.closed':
    case 'user.authentication.success':
    case 'user.authentication.failure':
      return connectionHeaders(event)
    case 'channel.created':
    case 'channel.closed':
    case 'consumer.created':
    case 'consumer.deleted':
      return channelHeaders(event)
    case 'policy.set':
    case 'policy.cleared':
    case 'operator.policy.cleared':
    case 'parameter.set':
    case 'parameter.cleared':
      return policyHeaders(event)
    case 'alarm.set':
    case 'alarm.cleared':
      return texts({ source: event.source, node: NODE_NAME })
    default:
      return definitionHeaders(event)
  }
}

type Of<Kind extends string> = Extract<BrokerEvent, { kind: Kind }>

function connectionHeaders(
  event: Of<
    'connection.created' | 'connection.closed' | 'user.authentication.success' | 'user.authentication.failure'
  >,
): Headers {
  const { connection } = event
  if (event.kind === 'connection.created') return createdConnectionHeaders(event)
  if (event.kind === 'connection.closed') {
    const { pid, name } = connection
    return [...texts({ pid, name, node: NODE_NAME }), ...clientHeaders(connection)]
  }
  const name = event.user === undefined ? [] : texts({ name: event.user })
  const error: Headers = event.kind === 'user.authentication.failure' ? [['error', codes(event.reason)]] : []
  return [
    ...texts({ connection_type: 'network', connection_name: connection.name }),
    ...name,
    ...addressHeaders(connection),
    ['peer_port', whole(connection.peerPort)],
    ...texts({ protocol: '{0,9,1}', auth_mechanism: event.mechanism }),
    ...authenticationTlsHeaders(connection),
    ...error,
  ]
}

function createdConnectionHeaders(event: Of<'connection.created'>): Headers {
  const { connection, user, vhost, mechanism } = event
  const { pid, name, tls } = connection
  return [
    ...texts({ type: 'network', pid, name, user, vhost, node: NODE_NAME }),
    ['port', whole(connection.port)],
    ['peer_port', whole(connection.peerPort)],
    ...addressHeaders(connection),
    ['ssl', flag(connection.tls !== undefined)],
    ...texts(peerCertificate(connection)),
    ...texts({ auth_mechanism: mechanism, protocol: '{0,9,1}' }),
    ...texts({
      ssl_protocol: tls?.protocol ?? '',
      ssl_key_exchange: tls?.keyExchange ?? '',
      ssl_cipher: tls?.cipher ?? '',
      ssl_hash: tls?.hash ?? '',
    }),
    ['timeout', whole(event.heartbeatSeconds)],
    ['frame_max', whole(event.frameMax)],
    ['channel_max', whole(event.channelMax)],
    ['connected_at', whole(event.connectedAt)],
    ...clientHeaders(connection),
  ]
}

/** RabbitMQ leaves out what is empty here, and nowhere else. */
function authenticationTlsHeaders(connection: ConnectionIdentity): Headers {
  const { tls } = connection
  if (tls === undefined) return [['ssl', flag(false)]]
  const certificate = tls.peerCertificate === undefined ? {} : peerCertificate(connection)
  return [
    ['ssl', flag(true)],
    ...texts({ ssl_protocol: tls.protocol, ssl_cipher: tls.cipher, ...certificate }),
  ]
}

function peerCertificate({ tls }: ConnectionIdentity): Record<string, string> {
  const { subject = '', issuer = '', validity = '' } = tls?.peerCertificate ?? {}
  return { peer_cert_subject: subject, peer_cert_issuer: issuer, peer_cert_validity: validity }
}

function addressHeaders({ host, peerHost }: ConnectionIdentity): Headers {
  return texts({ host: erlangAddress(host), peer_host: erlangAddress(peerHost) })
}

function clientHeaders({ clientProperties, userProvidedName }: ConnectionIdentity): Headers {
  const name = userProvidedName === undefined ? [] : texts({ user_provided_name: userProvidedName })
  return [...name, ['client_properties', terms(clientProperties)]]
}

function channelHeaders(
  event: Of<'channel.created' | 'channel.closed' | 'consumer.created' | 'consumer.deleted'>,
): Headers {
  if (event.kind === 'channel.created') {
    const { pid, name, number, connectionPid, user, vhost } = event.channel
    return [...texts({ pid, name, connection: connectionPid, user, vhost }), ['number', whole(number)]]
  }
  if (event.kind === 'channel.closed') {
    return [...texts({ pid: event.channel.pid }), ['consumer_count', whole(event.consumerCount)]]
  }
  const { tag, channelPid: channel, queue, vhost } = event
  const which = texts({ consumer_tag: tag, channel, queue, vhost })
  if (event.kind === 'consumer.deleted') return which
  return [
    ...which,
    ['exclusive', flag(event.exclusive)],
    ['ack_required', flag(!event.noAck)],
    ['prefetch_count', whole(event.prefetchCount)],
    ['arguments', terms(event.arguments)],
  ]
}

function policyHeaders(
  event: Of<
    'policy.set' | 'policy.cleared' | 'operator.policy.cleared' | 'parameter.set' | 'parameter.cleared'
  >,
): Headers {
  const vhost = event.vhost === undefined ? [] : texts({ vhost: event.vhost })
  if (event.kind === 'parameter.set' || event.kind === 'parameter.cleared') {
    const which = texts({ component: event.component, name: event.name })
    const value: Headers = event.kind === 'parameter.set' ? [['value', event.value]] : []
    return [...vhost, ...which, ...value]
  }
  const name = texts({ name: event.name })
  if (event.kind !== 'policy.set') return [...name, ...vhost]
  return [
    ...name,
    ...vhost,
    ...texts({ pattern: event.pattern, 'apply-to': event.applyTo }),
    ['definition', table(event.definition)],
    ['priority', whole(event.priority)],
  ]
}

type DefinitionEvent = Exclude<
  BrokerEvent,
  Parameters<typeof connectionHeaders>[0] | Parameters<typeof channelHeaders>[0]
>

function definitionHeaders(
  event: Exclude<DefinitionEvent, Parameters<typeof policyHeaders>[0] | AlarmEvent>,
): Headers {
  switch (event.kind) {
    case 'queue.created':
      return [
        ...texts({ name: event.name, vhost: event.vhost, owner_pid: pidOf(event.owner), leader: NODE_NAME }),
        ['type', queueModule(event.type)],
        ['durable', flag(event.durable)],
        ['auto_delete', flag(event.autoDelete)],
        ['exclusive', flag(event.owner !== undefined)],
        ['arguments', terms(event.arguments)],
        ['members', { type: 'A', value: [text(NODE_NAME)] }],
      ]
    case 'queue.deleted':
      return [...texts({ name: event.name, vhost: event.vhost }), ['type', queueModule(event.type)]]
    case 'exchange.created':
      return [
        ...texts({ name: event.name, vhost: event.vhost, type: event.type, policy: '' }),
        ['durable', flag(event.durable)],
        ['auto_delete', flag(event.autoDelete)],
        ['internal', flag(event.internal)],
        ['arguments', terms(event.arguments)],
      ]
    case 'binding.created':
    case 'binding.deleted':
      return bindingHeaders(event)
    case 'vhost.created':
      return [
        ...texts({ name: event.name, description: event.description }),
        ['tags', event.tags.length === 0 ? text('') : { type: 'A', value: event.tags.map(text) }],
        ...texts({ default_queue_type: event.defaultQueueType ?? 'undefined' }),
        ['tracing', flag(event.isTraced)],
        ['cluster_state', table(new Map([[NODE_NAME, text('running')]]))],
      ]
    case 'vhost.limits.set':
    case 'user.limits.set':
    case 'vhost.limits.cleared':
    case 'user.limits.cleared':
      return limitHeaders(event)
    case 'exchange.deleted':
      return texts({ name: event.name, vhost: event.vhost })
    case 'user.tags.set':
      return [...texts({ name: event.name }), ['tags', { type: 'A', value: event.tags.map(text) }]]
    case 'permission.created':
      return texts({ user: event.user, vhost: event.vhost, ...event.patterns })
    case 'topic.permission.created':
      return texts({ user: event.user, vhost: event.vhost, exchange: event.exchange, ...event.patterns })
    case 'permission.deleted':
    case 'topic.permission.deleted':
      return texts({ user: event.user, vhost: event.vhost })
    default:
      return texts({ name: event.name })
  }
}

/** RabbitMQ: `name` is that of the parameter. */
function limitHeaders(event: LimitEvent): Headers {
  const of = event.kind.startsWith('vhost') ? { vhost: event.name } : { username: event.name }
  const limits: Headers =
    'limits' in event ? Object.entries(event.limits).map(([name, value]) => [name, whole(value)]) : []
  return [...texts({ name: 'limits', ...of }), ...limits]
}

function bindingHeaders(event: Of<'binding.created' | 'binding.deleted'>): Headers {
  const { source, destination, destinationKind, routingKey, vhost } = event
  return [
    ...texts({ source_name: source, source_kind: 'exchange', vhost }),
    ...texts({ destination_name: destination, destination_kind: destinationKind, routing_key: routingKey }),
    ['arguments', terms(event.arguments)],
  ]
}

function pidOf(owner: object | undefined): string {
  return owner !== undefined && 'pid' in owner && typeof owner.pid === 'string' ? owner.pid : ''
}
