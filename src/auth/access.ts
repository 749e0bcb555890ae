/**
 * Asks the permissions and throws what the peer must hear. Texts are RabbitMQ 4.x's to the letter (3.12 and before had
 * no leading verb): clients match on them. Knows nothing of channels; these may cache a passed check while `revision`
 * stays the same.
 */
import { AccessRefused, NotAllowed } from '../amqp/errors'
import type { Permissions, Right } from './permissions'
import type { TopicPermissions, TopicRight } from './topic-permissions'

export type ResourceKind = 'queue' | 'exchange'

export class Access {
  constructor(
    private readonly permissions: Permissions,
    private readonly topicPermissions: TopicPermissions,
  ) {}

  /** Grows with every change of permissions or topic permissions. */
  get revision(): number {
    return this.permissions.revision + this.topicPermissions.revision
  }

  /** @throws NotAllowed (connection) */
  requireVhost(user: string, vhost: string): void {
    if (this.permissions.admits(user, vhost)) return
    throw new NotAllowed(`access to vhost '${vhost}' refused for user '${user}'`)
  }

  /** @throws AccessRefused (channel), like the two below */
  requireConfigure(user: string, vhost: string, kind: ResourceKind, name: string): void {
    this.require('configure', user, vhost, kind, name)
  }

  requireWrite(user: string, vhost: string, kind: ResourceKind, name: string): void {
    this.require('write', user, vhost, kind, name)
  }

  requireRead(user: string, vhost: string, kind: ResourceKind, name: string): void {
    this.require('read', user, vhost, kind, name)
  }

  /**
   * The routing key of a publish to a topic exchange; other exchange types are not asked (the caller knows the type).
   * @throws AccessRefused (channel)
   */
  requireTopicWrite(user: string, vhost: string, exchange: string, routingKey: string): void {
    this.requireTopic('write', user, vhost, exchange, routingKey)
  }

  /** The routing key of a binding to a topic exchange. */
  requireTopicRead(user: string, vhost: string, exchange: string, routingKey: string): void {
    this.requireTopic('read', user, vhost, exchange, routingKey)
  }

  private require(right: Right, user: string, vhost: string, kind: ResourceKind, name: string): void {
    // RabbitMQ: the default exchange goes by 'amq.default' here, in the check and in the text.
    const resource = kind === 'exchange' && name === '' ? 'amq.default' : name
    if (this.permissions.check(user, vhost, right, resource)) return
    throw new AccessRefused(
      `${right} access to ${kind} '${resource}' in vhost '${vhost}' refused for user '${user}'`,
    )
  }

  private requireTopic(right: TopicRight, user: string, vhost: string, exchange: string, key: string): void {
    if (this.topicPermissions.check(user, vhost, exchange, right, key)) return
    // "in exchange topic" is no slip here: RabbitMQ names the resource by its kind, which is 'topic'.
    throw new AccessRefused(
      `${right} access to topic '${key}' in exchange topic '${exchange}' in vhost '${vhost}' refused for user '${user}'`,
    )
  }
}
