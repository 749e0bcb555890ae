/**
 * `leveret serve`: a broker in the foreground. Prints where it listens, stops on Ctrl-C or SIGTERM after everything is
 * put away, and at once when asked twice; on SIGHUP it reads its certificate again. What cannot be (a bad option, a port in use) is one line and exit code 1.
 */
import { resolve } from 'node:path'
import { Command } from 'commander'
import { loadOptions } from '../../config/load'
import type { ResolvedOptions } from '../../config/options'
import { type Login, mainOf, urlOf } from '../../embed/address'
import type { EmbeddedBroker } from '../../embed/embedded-broker'
import type { ListenerDescription } from '../../embed/listeners'
import { isUnspecified, reachableHost } from '../../embed/reachable-host'
import { letHeapGrow } from '../heap-growth'
import { addOptionFlags } from '../option-flags'
import { whyNoBroker } from '../why-no-broker'

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
    letHeapGrow()
    const { config, ...others } = flags
    const configFile = typeof config === 'string' ? config : undefined
    const loaded = loadOptions({ flags: others, environment: process.env, configFile }).options
    const options = loaded.inMemory ? loaded : { ...loaded, dataDir: loaded.dataDir ?? DEFAULT_DATA_DIR }
    const broker = await createBroker(options)
    stopOnSignals(broker)
    if (options.tlsCert !== undefined) process.on('SIGHUP', () => broker.reloadCertificate())
    process.stdout.write(welcome(broker, options))
  } catch (cause) {
    process.stderr.write(`leveret: ${whyNoBroker(cause)}\n`)
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
        process.stderr.write(`leveret: could not stop cleanly: ${whyNoBroker(cause)}\n`)
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

function welcome(broker: EmbeddedBroker, options: ResolvedOptions): string {
  const login = options.defaultPass === 'guest' ? options : { ...options, defaultPass: '***' }
  const main = mainOf(broker.listeners)
  const everywhere = isUnspecified(main.host) ? ' and on every other address of this machine' : ''
  const others = broker.listeners.filter(other => other !== main && !other.protocol.startsWith('http'))
  return [
    `Leveret listens on ${placeOf(main, login)}${everywhere}`,
    ...others.map(listener => `               and on ${placeOf(listener, login)}`),
    ...(broker.managementUrl === undefined ? [] : [`Management and web UI: ${broker.managementUrl}`]),
    `${whereItKeeps(options)} Stop it with Ctrl-C.`,
    '',
  ].join('\n')
}

/** `amqp://guest:guest@127.0.0.1:5672`: to copy into a client. A password of one's own is not shown. */
function placeOf(listener: ListenerDescription, login: Login): string {
  if (listener.protocol === 'amqp/unix') return `the unix socket ${listener.host}`
  return urlOf(login, { ...listener, host: reachableHost(listener.host) })
}
