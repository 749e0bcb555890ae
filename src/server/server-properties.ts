/**
 * What connection.start tells about the server. Clients branch on `product` and `version`, some on `capabilities`
 * without asking whether it is there; so both are RabbitMQ's by default and Leveret names itself beside them.
 */
import { type FieldTable, fieldTable } from '../amqp/table'
import { NODE_NAME } from '../broker/names'

export interface ServerIdentity {
  readonly product: string
  /** RabbitMQ's version whose behaviour is announced. */
  readonly version: string
  readonly leveretVersion: string
}

export function serverProperties(identity: ServerIdentity): FieldTable {
  return fieldTable({
    capabilities: {
      publisher_confirms: true,
      exchange_exchange_bindings: true,
      'basic.nack': true,
      consumer_cancel_notify: true,
      'connection.blocked': true,
      consumer_priorities: true,
      authentication_failure_close: true,
      per_consumer_qos: true,
      direct_reply_to: true,
    },
    cluster_name: NODE_NAME,
    copyright: 'Leveret contributors',
    information: 'Leveret, an AMQP 0-9-1 broker. Licensed under the MIT License.',
    leveret_version: identity.leveretVersion,
    platform: `Leveret ${identity.leveretVersion} on Node.js ${process.versions.node}`,
    product: identity.product,
    version: identity.version,
  })
}
