/** The parts of an amqp:// URL that the handshake needs. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
}

export function parseUrl(url: string): Target {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    host: hostname || '127.0.0.1',
    port: Number(port || 5672),
    user: decodeURIComponent(username) || 'guest',
    password: decodeURIComponent(password) || 'guest',
    vhost: pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : '/',
  }
}
