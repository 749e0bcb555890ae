/** Where clients of a broker find it: the first of its ways in. */
import type { ResolvedOptions } from '../config/options'
import type { ListenerDescription } from './listeners'

export type Login = Pick<ResolvedOptions, 'defaultUser' | 'defaultPass' | 'defaultVhost'>

/** Of all there are: the plain port, or TLS, or the unix socket, or the management, which speaks AMQP over WebSocket. */
export function mainOf(listeners: readonly ListenerDescription[]): ListenerDescription {
  const main = listeners.find(({ protocol }) => protocol !== 'http/prometheus')
  if (main === undefined) throw new Error('a broker that nobody can connect to is refused before it starts')
  return main
}

/** For a client of the broker; of a unix socket, for which clients have no URL, `unix:` and its path. */
export function urlOf(login: Login, { protocol, host, port }: ListenerDescription): string {
  if (protocol === 'amqp/unix') return `unix:${host}`
  const named = host.includes(':') ? `[${host}]` : host
  if (protocol === 'http' || protocol === 'https')
    return `${protocol === 'https' ? 'wss' : 'ws'}://${named}:${port}/ws/amqp`
  const user = encodeURIComponent(login.defaultUser)
  const password = encodeURIComponent(login.defaultPass)
  const vhost = login.defaultVhost === '/' ? '' : `/${encodeURIComponent(login.defaultVhost)}`
  return `${protocol === 'amqp/ssl' ? 'amqps' : 'amqp'}://${user}:${password}@${named}:${port}${vhost}`
}
