/** What a family of metrics is: its name, its help, and how to read it off a snapshot. The words are RabbitMQ's. */
import type { MessageTally } from '../structures/message-tally'
import type { Labels, Row, Snapshot } from './snapshot'

export type FamilyType = 'counter' | 'gauge' | 'untyped' | 'histogram'

/** One line of a family. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** Behind the family's name. */
  readonly suffix?: string
}

export interface Family {
  /** With prefix, as it is shown. */
  readonly name: string
  readonly type: FamilyType
  readonly help: string
  /** How many lines there are. */
  count(snapshot: Snapshot): number
  /** Some of them. */
  samples(snapshot: Snapshot, from: number, to: number): readonly Sample[]
}

/** A metric of which every object has a value, told one by one or as a sum. */
export interface ObjectMetric {
  each(prefix: string): Family
  sum(prefix: string): Family
}

/** RabbitMQ's unit of `/metrics/detailed?family=`. */
export interface Group {
  readonly family: string
  /** Of its own; undefined: that of the endpoint. */
  readonly prefix: string | undefined
  readonly metrics: readonly ObjectMetric[]
}

export interface ObjectMetricOf<R extends Row> {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** Of one object. */
  readonly of: (row: R) => number
  /** Of all that there ever were; undefined: the sum of those that there are. */
  readonly total?: ((snapshot: Snapshot) => number) | undefined
}

export function groupOf<R extends Row>(
  family: string,
  rows: (snapshot: Snapshot) => readonly R[],
  metrics: readonly ObjectMetricOf<R>[],
  prefix?: string,
): Group {
  return { family, prefix, metrics: metrics.map(metric => objectMetric(rows, metric)) }
}

export function gaugesOf<R extends Row>(
  metrics: readonly (readonly [name: string, help: string, of: (row: R) => number])[],
): readonly ObjectMetricOf<R>[] {
  return metrics.map(([name, help, of]) => ({ name, type: 'gauge', help, of }))
}

export function countersOf<R extends Row>(
  metrics: readonly (readonly [
    name: string,
    help: string,
    of: (row: R) => number,
    total: (snapshot: Snapshot) => number,
  ])[],
): readonly ObjectMetricOf<R>[] {
  return metrics.map(([name, help, of, total]) => ({ name, type: 'counter', help, of, total }))
}

/** Of a tally that each row has, and of which there is one for all. */
export function talliesOf<R extends Row & { readonly tally: MessageTally }>(
  metrics: readonly (readonly [name: string, help: string, of: (tally: MessageTally) => number])[],
): readonly ObjectMetricOf<R>[] {
  return metrics.map(([name, help, of]) => ({
    name,
    type: 'counter',
    help,
    of: ({ tally }) => of(tally),
    total: snapshot => of(snapshot.total),
  }))
}

/** A family that tells of the broker as a whole. */
export function wholeFamily(
  name: string,
  type: FamilyType,
  help: string,
  all: (snapshot: Snapshot) => readonly Sample[],
): Family {
  return { name, type, help, count: () => 1, samples: snapshot => all(snapshot) }
}

/** The same with one number. */
export function numberFamily(
  name: string,
  type: FamilyType,
  help: string,
  value: (snapshot: Snapshot) => number,
  labels: Labels = NO_LABELS,
): Family {
  return wholeFamily(name, type, help, snapshot => [{ labels, value: value(snapshot) }])
}

const NO_LABELS: Labels = {}

function objectMetric<R extends Row>(
  rows: (snapshot: Snapshot) => readonly R[],
  { name, type, help, of, total }: ObjectMetricOf<R>,
): ObjectMetric {
  const sum = (snapshot: Snapshot): number => rows(snapshot).reduce((all, row) => all + of(row), 0)
  return {
    each: prefix => ({
      name: prefix + name,
      type,
      help,
      count: snapshot => rows(snapshot).length,
      samples: (snapshot, from, to) =>
        rows(snapshot)
          .slice(from, to)
          .map(row => ({ labels: row.labels, value: of(row) })),
    }),
    sum: prefix => numberFamily(prefix + name, type, help, total ?? sum),
  }
}
