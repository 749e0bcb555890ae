/** Why a broker could not be started, in one line that says what to do about it. */
import { OptionError } from '../config/load'
import { flagOf } from '../config/option-spec'

/** What Node adds to the error of a server that cannot listen. */
interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number
  readonly address?: string
  readonly hostname?: string
  /** The option that chooses the port. */
  readonly option?: string
}

/** For whoever started it. */
export function whyNoBroker(cause: unknown): string {
  if (cause instanceof OptionError) return cause.message
  if (!(cause instanceof Error)) return String(cause)
  const { code, port, address, hostname, option = 'port' } = cause as ListenError
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is in use; another broker may be running, or choose with ${flagOf(option)} (0 is a free one)`
    case 'EACCES':
      return `no permission to listen on port ${port}; ports below 1024 belong to the system, choose with ${flagOf(option)}`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `cannot listen on ${address ?? hostname ?? 'that host'}: it is no address of this machine; choose with --host`
    default:
      return cause.message
  }
}
