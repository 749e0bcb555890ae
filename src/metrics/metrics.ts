/** The metrics of one broker: what samples it, and what can be asked. Composed by whoever composes the broker. */
import { NodeProbe } from './node-probe'
import { type SampledBroker, Sampler } from './sampler'
import { Statistics } from './statistics'

export interface MetricsOptions {
  readonly samplingIntervalMs: number
  /** Whose disk counts; undefined: the present folder's. */
  readonly dataDir: string | undefined
}

export class Metrics {
  readonly statistics: Statistics
  private readonly sampler: Sampler
  private readonly probe: NodeProbe

  constructor(around: Omit<SampledBroker, 'probe'>, options: MetricsOptions) {
    const { connections } = around
    this.probe = new NodeProbe({ dataDir: options.dataDir, sockets: () => connections.count })
    const sampled = { ...around, probe: this.probe }
    this.sampler = new Sampler(sampled, options.samplingIntervalMs)
    this.statistics = new Statistics(sampled, this.sampler)
  }

  /** Begins to sample. Before it nothing is known of the past, and no rate. */
  async start(): Promise<void> {
    await this.probe.start()
    this.sampler.start()
  }

  stop(): void {
    this.sampler.stop()
    this.probe.stop()
  }
}
