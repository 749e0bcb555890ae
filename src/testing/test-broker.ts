/** A broker for a test: there in milliseconds, in this process, without a trace when it is stopped. */
import { type Administration, administrationOf } from '../embed/administration'
import { compose, type RunningBroker } from '../embed/composition'
import { urlOf } from '../embed/embedded-broker'
import { openMemoryStore } from '../store/open-store'
import { CountedTurn } from './counted-turn'
import { Quiet } from './quiet'
import { TestClock } from './test-clock'
import { resolveTestOptions, type TestBrokerOptions } from './test-options'

/** What it is made of. */
interface Parts {
  readonly clock: TestClock
  readonly running: RunningBroker
  readonly url: string
  readonly defaultVhost: string
}

export class TestBroker {
  /** For any AMQP 0-9-1 client: `amqp://guest:guest@127.0.0.1:40123`. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** The HTTP API and the web UI; undefined unless started with `management: true`. */
  readonly managementUrl: string | undefined
  /** Moves the time of this broker. */
  readonly clock: Pick<TestClock, 'now' | 'advance'>
  /** Users, permissions, virtual hosts, policies and limits. */
  readonly admin: Administration
  private stopping: Promise<void> | undefined

  private constructor(private readonly parts: Parts) {
    const { clock, running, url, defaultVhost } = parts
    const { host, port } = running.listeners.main
    this.url = url
    this.host = host
    this.port = port
    this.managementUrl = running.management.url
    this.clock = clock
    this.admin = administrationOf(running.broker, defaultVhost)
  }

  /**
   * Takes clients when the promise resolves. Any number of them may be in one process.
   * @throws OptionError for an unknown or bad option, whatever listening throws, such as EADDRINUSE
   */
  static async start(options: TestBrokerOptions = {}): Promise<TestBroker> {
    const resolved = resolveTestOptions(options)
    const turn = new CountedTurn()
    const quiet = new Quiet(turn)
    const clock = new TestClock(quiet)
    const opened = openMemoryStore(turn)
    const { broker, wire } = clock
    const running = await compose({ clock: broker, wireClock: wire, turn, opened, options: resolved }).catch(
      cause => {
        clock.stop()
        throw cause
      },
    )
    quiet.connections = running.connections
    const { defaultVhost } = resolved
    const url = urlOf(resolved, running.listeners.main.port)
    return new TestBroker({ clock, running, url, defaultVhost })
  }

  /**
   * Closes the connections that are left and frees the ports. Nothing of it keeps the process alive from then on. May be
   * called again.
   */
  stop(): Promise<void> {
    this.stopping ??= this.end()
    return this.stopping
  }

  /** `await using broker = await TestBroker.start()` */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  private async end(): Promise<void> {
    await this.parts.running.close()
    this.parts.clock.stop()
  }
}
