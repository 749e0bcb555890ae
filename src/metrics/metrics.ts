/** The metrics of one broker: what samples it, and what can be asked. Composed by whoever composes the broker. */
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { NodeProbe, type WatchedResources } from './node-probe'
import { Prometheus } from './prometheus'
import type { NodeIdentity } from './prometheus-broker'
import { type SampledBroker, Sampler } from './sampler'
import { Statistics } from './statistics'

export interface MetricsOptions {
  readonly samplingIntervalMs: number
  /** Undefined: nothing is kept. */
  readonly dataDir: string | undefined
  /** What Leveret says it is. */
  readonly product: Omit<NodeIdentity, 'clusterId'>
  readonly resources: WatchedResources
}

export class Metrics {
  readonly statistics: Statistics
  readonly prometheus: Prometheus
  private readonly sampler: Sampler
  private readonly probe: NodeProbe

  constructor(around: Omit<SampledBroker, 'probe'>, options: MetricsOptions) {
    const { connections } = around
    this.probe = new NodeProbe({ resources: options.resources, sockets: () => connections.count })
    const sampled = { ...around, probe: this.probe }
    this.sampler = new Sampler(sampled, options.samplingIntervalMs)
    this.statistics = new Statistics(sampled, this.sampler)
    const clusterId = clusterIdOf(options.dataDir)
    this.prometheus = new Prometheus({
      ...sampled,
      identity: { ...options.product, clusterId },
      consumerCapacity: this.sampler.consumerCapacity,
      gather: () => this.sampler.gather(),
    })
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

/** The same for the same data on the same machine, as RabbitMQ's is for a cluster. */
function clusterIdOf(dataDir: string | undefined): string {
  const hash = createHash('sha256').update(hostname()).update('\0')
  if (dataDir !== undefined) hash.update(resolve(dataDir))
  return `rabbitmq-cluster-id-${hash.digest('base64url').slice(0, 22)}`
}
