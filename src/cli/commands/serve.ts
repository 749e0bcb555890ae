/**
 * `leveret serve`: a broker in the foreground. Prints where it listens, stops on Ctrl-C or SIGTERM after everything is
 * put away, and at once when asked twice; on SIGHUP it reads its certificate again. What cannot be (a bad option, a port in use) is one line and exit code 1.
 */
import { resolve } from 'node:path'
import { Command } from 'commander'
import { loadOptions, OptionError } from '../../config/load'
import { flagOf } from '../../config/option-spec'
import type { ResolvedOptions } from '../../config/options'
import type { EmbeddedBroker } from '../../embed/embedded-broker'
import { addOptionFlags } from '../option-flags'

/** In the working folder, like the queue of a tool that is tried out. */
const DEFAULT_DATA_DIR = 'leveret-data'

export function serveCommand(): Command {
  const command = new Command('serve').description('Run a broker').action(serve)
  addOptionFlags(command)
  return command
}

async function serve(flags: Record<string, unknown>): Promise<void> {
  // Read when it is needed: help and completion ask this file for its flags, and a broker is most of the program.
  const { createBroker } =
    require('../../embed/embedded-broker') as typeof import('../../embed/embedded-broker')
  try {
    const { config, ...others } = flags
    const configFile = typeof config === 'string' ? config : undefined
    const loaded = loadOptions({ flags: others, environment: process.env, configFile }).options
    const options = loaded.inMemory ? loaded : { ...loaded, dataDir: loaded.dataDir ?? DEFAULT_DATA_DIR }
    const broker = await createBroker(options)
    stopOnSignals(broker)
    if (options.tlsCert !== undefined) process.on('SIGHUP', () => broker.reloadCertificate())
    process.stdout.write(welcome(broker, options))
  } catch (cause) {
    process.stderr.write(`leveret: ${whyNot(cause)}\n`)
    process.exit(1)
  }
}

function stopOnSignals(broker: EmbeddedBroker): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143)
    stopping = true
    process.stderr.write('leveret: stopping; once more stops at once\n')
    broker.close().then(
      () => process.exit(0),
      (cause: unknown) => {
        process.stderr.write(`leveret: could not stop cleanly: ${whyNot(cause)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function whereItKeeps({ inMemory, dataDir }: ResolvedOptions): string {
  if (inMemory || dataDir === undefined) return 'Everything is in memory and ends with it.'
  return `What is durable is kept in ${resolve(dataDir)}.`
}

/** `amqp://guest:guest@127.0.0.1:5672`: to copy into a client. A password of one's own is not shown. */
function welcome(broker: EmbeddedBroker, options: ResolvedOptions): string {
  const user = encodeURIComponent(options.defaultUser)
  const password = options.defaultPass === 'guest' ? 'guest' : '***'
  const vhost = options.defaultVhost === '/' ? '' : `/${encodeURIComponent(options.defaultVhost)}`
  const everywhere = isUnspecified(broker.host) ? ' and on every other address of this machine' : ''
  const others = broker.listeners.slice(1).filter(({ protocol }) => !protocol.startsWith('http'))
  return [
    `Leveret listens on amqp://${user}:${password}@${reachableHost(broker.host)}:${broker.port}${vhost}${everywhere}`,
    ...others.map(listener => `               and on ${addressOf(listener)}`),
    ...(broker.managementUrl === undefined ? [] : [`Management and web UI: ${broker.managementUrl}`]),
    `${whereItKeeps(options)} Stop it with Ctrl-C.`,
    '',
  ].join('\n')
}

function addressOf({ protocol, host, port }: EmbeddedBroker['listeners'][number]): string {
  if (protocol === 'amqp/unix') return `the unix socket ${host}`
  return `${protocol === 'amqp/ssl' ? 'amqps' : protocol}://${reachableHost(host)}:${port}`
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function reachableHost(host: string): string {
  if (isUnspecified(host)) return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** What Node adds to the error of a server that cannot listen. */
interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number
  readonly address?: string
  readonly hostname?: string
  /** The option that chooses the port. */
  readonly option?: string
}

function whyNot(cause: unknown): string {
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
