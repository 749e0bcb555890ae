/** Connections as RabbitMQ's API shows them. */

import { tableAsJson } from '../../amqp/json-table'
import { NODE_NAME } from '../../broker/names'
import type { ConnectionStatus } from '../../server/connection-status'
import type { ViewContext } from './view-context'

/** Somebody has logged in and opened a virtual host: before that nobody is told of it. */
export interface OpenConnection {
  readonly status: ConnectionStatus
  readonly user: string
  readonly vhost: string
}

export function connectionView(connection: OpenConnection, { statistics, history }: ViewContext): object {
  const { status, user, vhost } = connection
  const { identity, tuning } = status
  return {
    name: identity.name,
    ...(identity.userProvidedName === undefined ? {} : { user_provided_name: identity.userProvidedName }),
    node: NODE_NAME,
    type: 'network',
    protocol: 'AMQP 0-9-1',
    user,
    user_who_performed_action: user,
    vhost,
    host: identity.host,
    port: identity.port,
    peer_host: identity.peerHost,
    peer_port: identity.peerPort,
    state: status.state,
    channels: status.channelCount,
    auth_mechanism: status.mechanism,
    connected_at: status.connectedAt,
    timeout: tuning?.heartbeat,
    frame_max: tuning?.frameMax,
    channel_max: tuning?.channelMax,
    client_properties: tableAsJson(status.clientProperties),
    send_pend: status.bytesPending,
    ...statistics.connectionRates(status, history),
    ...tlsView(status),
  }
}

/** What is known of a connection without statistics. */
export function trackedConnectionView({ status, user, vhost }: OpenConnection): object {
  return { name: status.name, vhost, user, node: NODE_NAME }
}

function tlsView({ transport: { tls } }: ConnectionStatus): object {
  const peer = tls?.peerCertificate
  return {
    ssl: tls !== undefined,
    ssl_protocol: tls?.protocol ?? '',
    ssl_key_exchange: tls?.keyExchange ?? '',
    ssl_cipher: tls?.cipher ?? '',
    ssl_hash: tls?.hash ?? '',
    peer_cert_subject: peer?.subject ?? '',
    peer_cert_issuer: peer?.issuer ?? '',
    peer_cert_validity: peer?.validity ?? '',
  }
}
