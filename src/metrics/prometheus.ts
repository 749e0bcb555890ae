/**
 * The broker's metrics in Prometheus' text format, by RabbitMQ's names: summed up, one by one, or the families that are asked
 * for. Nothing is collected before somebody scrapes. The only file that imports prom-client.
 *
 * However many objects there are, the event loop is never held for more than some hundred lines.
 */
import { type Metric, Registry } from 'prom-client'
import type { Clock } from '../clock'
import {
  alarmFamilies,
  brokerGroups,
  globalFamilies,
  identityFamilies,
  type NodeIdentity,
  totalFamilies,
} from './prometheus-broker'
import { channelGroups, connectionGroups } from './prometheus-channels'
import type { Family, Sample } from './prometheus-family'
import { nodeFamilies } from './prometheus-node'
import { clusterGroups, exchangeGroups, queueGroups } from './prometheus-queues'
import { type ObjectFilter, type Scraped, Snapshot } from './snapshot'

export type MetricsKind = 'aggregated' | 'per-object' | 'detailed'

/** Of `/metrics/detailed`; what is undefined is all. */
export interface MetricsQuery {
  readonly families?: readonly string[]
  readonly vhosts?: readonly string[]
  /** Which names; who compiles what strangers write does it so that it cannot take for ever. */
  readonly queue?: (name: string) => boolean
}

const PREFIX = 'rabbitmq_'
const DETAILED_PREFIX = 'rabbitmq_detailed_'
/** Lines written at once. */
const LINES_MAX = 500
/** After so long others have their turn. */
const BUSY_MAX_MS = 5

const objectGroups = [...queueGroups, ...channelGroups, ...connectionGroups, ...exchangeGroups]

export interface PrometheusSurroundings extends Scraped {
  readonly clock: Clock
  readonly identity: NodeIdentity
  /** Brings counts up to date that are kept elsewhere. */
  gather(): void
}

export class Prometheus {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE

  constructor(private readonly around: PrometheusSurroundings) {}

  /** The text in parts of some hundred lines, each of which is made when it is asked for. */
  async *text(kind: MetricsKind, query: MetricsQuery = {}): AsyncGenerator<string> {
    this.around.gather()
    const snapshot = new Snapshot(this.around, filterOf(query))
    let began = this.around.clock.now()
    for (const family of this.familiesOf(kind, query)) {
      const count = family.count(snapshot)
      for (let from = 0; from === 0 || from < count; from += LINES_MAX) {
        if (from > 0 || this.around.clock.now() - began >= BUSY_MAX_MS) {
          await this.pause()
          began = this.around.clock.now()
        }
        const lines = await this.lines(family, family.samples(snapshot, from, from + LINES_MAX))
        yield `${from === 0 ? lines : withoutHeading(lines)}\n`
      }
    }
  }

  private familiesOf(kind: MetricsKind, { families }: MetricsQuery): readonly Family[] {
    const { identity } = this.around
    if (kind === 'detailed') return [...detailed(new Set(families)), ...identityFamilies(identity, kind)]
    const objects = objectGroups
      .filter(({ family }) => family !== 'queue_consumer_count') // it is in queue_metrics
      .flatMap(({ metrics }) => metrics)
      .map(metric => (kind === 'per-object' ? metric.each(PREFIX) : metric.sum(PREFIX)))
    return [
      ...alarmFamilies,
      ...brokerGroups.flatMap(group => group.families(PREFIX)),
      ...objects,
      ...totalFamilies,
      ...identityFamilies(identity, kind),
      ...globalFamilies,
      ...nodeFamilies,
    ]
  }

  private lines({ name, help, type }: Family, samples: readonly Sample[]): Promise<string> {
    const values = samples.map(({ labels, value, suffix }) => ({
      value,
      sharedLabels: labels,
      ...(suffix !== undefined && { metricName: name + suffix }),
    }))
    // All that the library asks of a metric: it sets numbers one by one in its own, which takes ten times as long.
    const metric = { name, get: async () => ({ name, help, type, values, aggregator: 'sum' }) }
    const registry = new Registry()
    registry.registerMetric(metric as unknown as Metric)
    return registry.getSingleMetricAsString(name)
  }

  /** By the clock, not to the next turn: a scrape of seconds must leave the processor to others for moments, too. */
  private pause(): Promise<void> {
    return new Promise(resolve => this.around.clock.after(0, resolve))
  }
}

/** Behind `# HELP` and `# TYPE`. */
function withoutHeading(lines: string): string {
  return lines.slice(lines.indexOf('\n', lines.indexOf('\n') + 1) + 1)
}

function* detailed(asked: ReadonlySet<string>): Iterable<Family> {
  for (const { family, families } of brokerGroups) if (asked.has(family)) yield* families(DETAILED_PREFIX)
  for (const { family, metrics } of objectGroups) {
    // Of the two that have the number of consumers, the larger one.
    const isDouble = family === 'queue_consumer_count' && asked.has('queue_metrics')
    if (asked.has(family) && !isDouble) for (const metric of metrics) yield metric.each(DETAILED_PREFIX)
  }
  for (const { family, prefix = PREFIX, metrics } of clusterGroups) {
    if (asked.has(family)) for (const metric of metrics) yield metric.each(prefix)
  }
}

function filterOf({ vhosts, queue }: MetricsQuery): ObjectFilter {
  const named = vhosts === undefined ? undefined : new Set(vhosts)
  return {
    vhost: name => named === undefined || named.has(name),
    queue: queue ?? (() => true),
  }
}
