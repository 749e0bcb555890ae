/** Says in the log when everybody who reaches the broker could log in: with the name and password that all the world knows. */
import { Refusal } from '../auth/authenticator'
import type { Broker } from '../broker/broker'
import type { ResolvedOptions } from '../config/options'
import type { Logger } from '../logger'
import { isLoopbackAddress } from '../server/transport'

const KNOWN_TO_ALL = 'guest'

export type Door = Pick<ResolvedOptions, 'host' | 'port' | 'tlsCert' | 'management' | 'managementHost'>

/** It is tried, so that neither stored users nor options need be guessed at. */
export function warnOfOpenDoor(broker: Broker, options: Door, logger: Logger): void {
  const isOnHost = options.port !== false || options.tlsCert !== undefined
  const hosts = [...(isOnHost ? [options.host] : []), ...(options.management ? [options.managementHost] : [])]
  const exposed = [...new Set(hosts.filter(host => host !== 'localhost' && !isLoopbackAddress(host)))]
  if (exposed.length === 0) return
  const password = Buffer.from(KNOWN_TO_ALL)
  const verdict = broker.authenticator.authenticate(
    { kind: 'password', user: KNOWN_TO_ALL, password },
    { loopback: false },
  )
  if (verdict instanceof Refusal) return
  logger.warn(
    { hosts: exposed, user: verdict.name, tags: [...verdict.tags] },
    'whoever reaches this broker can log in as guest with the password guest: give it another, or delete it',
  )
}
