/** A broker in the process of whoever embeds it: options in, a listening broker out. */
import { SystemClock } from '../clock'
import { resolveOptions } from '../config/load'
import type { BrokerOptions, ResolvedOptions } from '../config/options'
import { type OpenStore, openDiskStore, openMemoryStore } from '../store/open-store'
import { SystemTurn, type Turn } from '../turn'
import { type Administration, administrationOf } from './administration'
import { compose } from './composition'
import type { ListenerDescription } from './listeners'

export interface EmbeddedBroker extends Administration {
  /**
   * `amqp://guest:guest@127.0.0.1:5672`: for any AMQP 0-9-1 client. Without a slash, behind which some clients (rabbitmq-c,
   * and RabbitMQ's URI specification) read a virtual host without a name.
   */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Everywhere it listens, the port above first. */
  readonly listeners: readonly ListenerDescription[]
  /**
   * Reads the files of the certificate again, which also happens by itself when they change. False: they cannot be used
   * (the log says why) and the old certificate stays, or there is none.
   */
  reloadCertificate(): boolean
  /**
   * RabbitMQ's `rabbitmqctl trace_on` and `trace_off`: copies of all messages of the virtual host go to its exchange
   * `amq.rabbitmq.trace`. @throws RangeError when there is no such virtual host
   */
  trace(vhost: string, on: boolean): void
  /** `http://127.0.0.1:15672`: the HTTP API and the web UI; undefined where the management is off. */
  readonly managementUrl: string | undefined
  /** Tells the clients, waits for them a moment, and frees the port. */
  close(): Promise<void>
}

/**
 * Starts a broker in this process.
 * @throws OptionError for an unknown or bad option, UnusableDatabase for a data folder that cannot be used,
 * UnusableCertificate, UnusableSocket, whatever listening throws, such as EADDRINUSE
 */
export async function createBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const resolved = resolveOptions(options)
  const turn = new SystemTurn()
  const opened = await openStore(turn, resolved)
  const running = await compose({ clock: new SystemClock(), turn, opened, options: resolved })
  const { broker, listeners, management } = running
  return {
    ...administrationOf(broker, resolved.defaultVhost),
    url: urlOf(resolved, listeners.main.port),
    host: listeners.main.host,
    port: listeners.main.port,
    listeners: [...listeners.all, ...management.listeners],
    managementUrl: management.url,
    reloadCertificate: () => listeners.certificate?.reload() ?? false,
    trace: (vhost, on) => broker.trace(vhost, on),
    close: () => running.close(),
  }
}

function openStore(turn: Turn, options: ResolvedOptions): Promise<OpenStore> | OpenStore {
  const { dataDir, inMemory, durability } = options
  return dataDir === undefined || inMemory ? openMemoryStore(turn) : openDiskStore(turn, dataDir, durability)
}

/** For a client of the broker. */
export function urlOf(options: ResolvedOptions, port: number): string {
  const user = encodeURIComponent(options.defaultUser)
  const password = encodeURIComponent(options.defaultPass)
  const vhost = options.defaultVhost === '/' ? '' : `/${encodeURIComponent(options.defaultVhost)}`
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return `amqp://${user}:${password}@${host}:${port}${vhost}`
}
