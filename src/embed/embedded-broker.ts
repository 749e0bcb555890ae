/** A broker in the process of whoever embeds it: options in, a listening broker out. */
import { SystemClock } from '../clock'
import { resolveOptions } from '../config/load'
import type { BrokerOptions, ResolvedOptions } from '../config/options'
import { type OpenStore, openDiskStore, openMemoryStore } from '../store/open-store'
import { SystemTurn, type Turn } from '../turn'
import { mainOf, urlOf } from './address'
import { type Administration, administrationOf } from './administration'
import { compose } from './composition'
import type { ListenerDescription } from './listeners'

export interface EmbeddedBroker extends Administration {
  /**
   * `amqp://guest:guest@127.0.0.1:5672`: for any AMQP 0-9-1 client. Without a slash, behind which some clients (rabbitmq-c,
   * and RabbitMQ's URI specification) read a virtual host without a name. With `port: false` it is that of TLS (`amqps:`);
   * without TLS `unix:` and the path of the socket, or where AMQP over WebSocket is (`ws:`), without the user.
   */
  readonly url: string
  /** As in the URL. */
  readonly host: string
  readonly port: number
  /** Everywhere it listens, for AMQP first. */
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
  const all = [...listeners.all, ...management.listeners]
  const main = mainOf(all)
  return {
    ...administrationOf(broker, resolved.defaultVhost),
    url: urlOf(resolved, main),
    host: main.host,
    port: main.port,
    listeners: all,
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
