/** Users as RabbitMQ's API shows them. Never a password. */
import type { User } from '../../auth/users'

export function whoamiView({ name, tags }: User): object {
  return { name, tags: [...tags] }
}
