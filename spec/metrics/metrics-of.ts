/** Sampling and statistics of a composed broker, at its own clock; and the text of its metrics. */
import type { NodeProbe } from '../../src/metrics/node-probe'
import type { MetricsKind, MetricsQuery, Prometheus } from '../../src/metrics/prometheus'
import { Sampler } from '../../src/metrics/sampler'
import { Statistics } from '../../src/metrics/statistics'
import type { ComposedBroker } from '../support/composed-broker'

export function metricsOf(composed: ComposedBroker, probe: NodeProbe, intervalMs: number) {
  const { broker, connections, clock, log: logger } = composed
  const around = { broker, connections, clock, probe, logger }
  const sampler = new Sampler(around, intervalMs)
  return { sampler, statistics: new Statistics(around, sampler) }
}

export async function textOf(prometheus: Prometheus, kind: MetricsKind, query?: MetricsQuery) {
  let text = ''
  for await (const part of prometheus.text(kind, query)) text += part
  return text
}
