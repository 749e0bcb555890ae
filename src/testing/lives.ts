/**
 * The lives of a test broker: one after the other at the same address, each composed anew around what goes on: time,
 * journal, faults, and what is kept. A graceful end says goodbye (320) and keeps all that is durable; in a crash the sockets
 * are cut without a word, and what was not promised yet is lost.
 */
import type { ResolvedOptions } from '../config/options'
import { compose, type RunningBroker } from '../embed/composition'
import type { Transport } from '../server/transport'
import type { Faults } from './faults/faults'
import type { InProcess } from './in-process/in-process'
import { Kept, type SurvivingStore } from './kept/surviving-store'
import type { Journal } from './seeing/journal'
import type { Strictness } from './strict/strictness'
import type { CountedTurn } from './time/counted-turn'
import type { Quiet } from './time/quiet'
import type { TestClock } from './time/test-clock'

export interface RestartOptions {
  /**
   * `durable`: what a broker has on its disk, which is durable exchanges, queues and bindings, persistent messages in such
   * queues, users, virtual hosts and policies. `nothing`: as if the disk were new. Default `durable`.
   */
  readonly keep?: 'durable' | 'nothing'
  /** Runs while there is no broker: whoever connects is refused. */
  readonly whileDown?: () => unknown
}

/** What goes on from life to life. */
export interface Lasting {
  readonly clock: TestClock
  readonly turn: CountedTurn
  readonly quiet: Quiet
  readonly journal: Journal
  readonly strictness: Strictness
  readonly faults: Faults
  /** Instead of a port. */
  readonly inProcess: InProcess | undefined
}

export class Lives {
  private state: 'up' | 'ending' | 'down' | 'beginning' | 'over' = 'up'
  private changing: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly lasting: Lasting,
    /** With the ports that it listened on first. */
    private readonly options: ResolvedOptions,
    private kept: Kept,
    private life: Life,
  ) {}

  /** @throws what composing throws */
  static async begin(lasting: Lasting, options: ResolvedOptions): Promise<Lives> {
    const kept = new Kept()
    const life = await begin(lasting, options, kept)
    return new Lives(lasting, samePorts(options, life.running), kept, life)
  }

  /** The one of now; while there is none, the last one. */
  get running(): RunningBroker {
    return this.life.running
  }

  get isUp(): boolean {
    return this.state === 'up'
  }

  restart(options: RestartOptions = {}): Promise<void> {
    return this.renew(options, async () => {
      await this.running.close()
      this.lasting.journal.leave()
    })
  }

  crash(options: RestartOptions = {}): Promise<void> {
    return this.renew(options, async () => {
      this.life.cut()
      this.lasting.journal.leave()
      const { connections } = this.running
      for (const connection of connections) connection.destroy()
      while (connections.count > 0) await this.lasting.turn.next()
      await this.running.close()
    })
  }

  async end(): Promise<void> {
    if (this.state === 'down') this.state = 'over' // in `whileDown`: nobody gets up again
    if (this.state === 'over') return
    await this.changing.catch(() => {})
    this.state = 'over'
    await this.running.close()
  }

  private renew({ keep = 'durable', whileDown }: RestartOptions, end: () => Promise<void>): Promise<void> {
    if (this.state !== 'up') return Promise.reject(new Error(NOT_UP[this.state]))
    this.state = 'ending'
    const renewed = async (): Promise<void> => {
      await end()
      this.state = 'down'
      try {
        await whileDown?.()
      } finally {
        await this.getUp(keep)
      }
    }
    const changing = renewed()
    this.changing = changing
    return changing
  }

  private async getUp(keep: 'durable' | 'nothing'): Promise<void> {
    if (this.state !== 'down') return
    this.state = 'beginning'
    if (keep === 'nothing') this.kept = new Kept()
    try {
      this.life = await begin(this.lasting, this.options, this.kept)
      this.state = 'up'
    } catch (error) {
      this.state = 'over'
      throw error
    }
  }
}

const NOT_UP = {
  ending: 'the test broker is being restarted already',
  down: 'the test broker is being restarted already',
  beginning: 'the test broker is being restarted already',
  over: 'the test broker was stopped',
} as const

class Life {
  private isCut = false
  private isUp = false
  running!: RunningBroker

  constructor(
    private readonly faults: Faults,
    private readonly store: SurvivingStore,
  ) {}

  through(transport: Transport): Transport | undefined {
    // Until there is all of it, faults could not see whom they strike.
    if (this.isUp && !this.isCut) return this.faults.through(transport)
    transport.destroy()
    return undefined
  }

  begin(running: RunningBroker): void {
    this.running = running
    this.isUp = true
  }

  cut(): void {
    this.isCut = true
    this.store.cut()
  }
}

async function begin(lasting: Lasting, options: ResolvedOptions, kept: Kept): Promise<Life> {
  const { clock, turn, quiet, journal, strictness, faults, inProcess } = lasting
  const { opened, store } = kept.open(turn, clock.broker)
  const life = new Life(faults, store)
  const { onRedeclared } = strictness
  const running = await compose({
    clock: clock.broker,
    wireClock: clock.wire,
    turn,
    opened,
    options,
    makeQueue: faults.queuesOf(journal.makeQueue),
    onRedeclared,
    through: transport => life.through(transport),
    onPeer: peer => faults.watch(peer),
    listen: inProcess && (async (_, accept) => inProcess.open(accept)),
  })
  life.begin(running)
  quiet.connections = running.connections
  journal.watch(running.broker)
  strictness.watch(running)
  faults.attach(running)
  return life
}

/** For the lives to come. */
function samePorts(options: ResolvedOptions, { listeners, management }: RunningBroker): ResolvedOptions {
  const portOf = (...protocols: string[]): number | undefined =>
    [...listeners.all, ...management.listeners].find(({ protocol }) => protocols.includes(protocol))?.port
  return {
    ...options,
    port: portOf('amqp') ?? options.port,
    tlsPort: portOf('amqp/ssl') ?? options.tlsPort,
    managementPort: portOf('http', 'https') ?? options.managementPort,
    prometheusPort: portOf('http/prometheus') ?? options.prometheusPort,
  }
}
