/** `amqp://user:password@host:port/vhost`, percent-encoded as RabbitMQ's URI specification has it. */
import type { Target } from './plan'

/** Of a broker on this machine as it is when it is new. */
export const DEFAULT_AMQP_URL = 'amqp://guest:guest@127.0.0.1:5672'

/** No path is the virtual host `/`; a lone slash is one too, as most client libraries take it. Throws a plain `Error`. */
export function parseAmqpUrl(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '') {
    // Whatever it is, it may hold a password: it is not repeated.
    throw new Error('what was given is no AMQP URL; expected amqp://user:password@host:port/vhost')
  }
  if (url.protocol !== 'amqp:') throw new Error(`${url.protocol}// is not supported here; expected amqp://`)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 5672 : Number(url.port),
    user: url.username === '' ? 'guest' : decodeURIComponent(url.username),
    password: url.password === '' ? 'guest' : decodeURIComponent(url.password),
    vhost: url.pathname.length <= 1 ? '/' : decodeURIComponent(url.pathname.slice(1)),
  }
}
