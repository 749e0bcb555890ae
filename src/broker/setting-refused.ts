/**
 * What an administrator asks for and may not be, other than a parameter that does not validate: users, permissions and
 * virtual hosts. Not AMQP errors: no peer sets these. `kind` is RabbitMQ's reason in its management API's 400.
 */
export type RefusalKind =
  | 'tags_not_present'
  | 'too_many_tags'
  | 'invalid_tags'
  | 'invalid_password'
  | 'both_password_and_password_hash_are_provided'
  | 'not_base64'
  | 'unknown_hashing_algorithm'
  | 'vhost_or_user_not_found'
  | 'invalid_queue_type'
  | 'protected_from_deletion'
  | 'vhost_limit_exceeded'

export class SettingRefused extends Error {
  /** The message is for people; it never holds a password or a hash. */
  constructor(
    readonly kind: RefusalKind,
    message: string,
  ) {
    super(message)
  }

  override get name(): string {
    return 'SettingRefused'
  }

  /** What RabbitMQ answers: mostly its reason alone, an Erlang atom. */
  get told(): string {
    return this.kind === 'invalid_queue_type' || this.kind === 'vhost_limit_exceeded'
      ? this.message
      : this.kind
  }
}
