/** Who may ask whether a queue or exchange is there: anyone, or since RabbitMQ 4.3 who may do anything with it. */
import { AccessRefused } from '../amqp/errors'
import type { ResourceKind } from '../auth/access'
import type { Session } from './session'

/** @throws AccessRefused that speaks of `configure`, which is asked for last */
export function permitPassiveDeclare(session: Session, kind: ResourceKind, name: string): void {
  if (session.compat.passiveDeclareNeeds === 'nothing') return
  const { access, user, vhost } = session
  const allowed =
    passes(() => access.requireRead(user.name, vhost.name, kind, name)) ||
    passes(() => access.requireWrite(user.name, vhost.name, kind, name))
  if (!allowed) access.requireConfigure(user.name, vhost.name, kind, name)
}

function passes(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (error instanceof AccessRefused) return false
    throw error
  }
}
