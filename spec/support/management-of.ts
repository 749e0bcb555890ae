/** What the management is given, of a broker composed by hand. Nothing is sampled until the spec starts it. */
import type { ListenerView, Management } from '../../src/management/management'
import { Metrics } from '../../src/metrics/metrics'
import type { ComposedBroker } from './composed-broker'
import { fakeResources } from './fake-machine'

export interface SampledManagement extends Management {
  readonly metrics: Metrics
}

export function managementOf(
  composed: ComposedBroker,
  listeners: readonly ListenerView[] = [],
): SampledManagement {
  const { broker, connections, settings, log, clock } = composed
  const metrics = new Metrics(
    { broker, connections, clock, logger: log },
    {
      samplingIntervalMs: 1000,
      dataDir: undefined,
      resources: fakeResources(),
      product: { rabbitmqVersion: '4.2.0', productName: 'RabbitMQ', productVersion: '0.0.0' },
    },
  )
  return {
    broker,
    connections,
    settings,
    metrics,
    statistics: metrics.statistics,
    prometheus: metrics.prometheus,
    logger: log,
    config: { port: 5672 },
    dataDir: undefined,
    product: 'RabbitMQ',
    version: '0.0.0',
    startedAt: clock.now(),
    listeners: () => listeners,
  }
}
