/** What the resources of the HTTP API are given: the broker, its server, and what they were told at the start. */
import type { Broker } from '../broker/broker'
import type { Logger } from '../logger'
import { Message } from '../message'
import { historyQuery } from '../metrics/history-query'
import type { Prometheus } from '../metrics/prometheus'
import type { Statistics } from '../metrics/statistics'
import type { Connections } from '../server/connections'
import type { ServerSettings } from '../server/settings'
import type { ViewContext } from './views/view-context'

/** Where something listens, as the API tells it. */
export interface ListenerView {
  /** RabbitMQ's names: `amqp`, `amqp/ssl`, `http`, … */
  readonly protocol: string
  readonly host: string
  readonly port: number
  /** By which it shows who it is, where it speaks TLS. */
  readonly certificate?: CertificateView
}

/** Files, and what was read from them: PEM. */
export interface CertificateView {
  readonly certificateFile: string
  readonly certificates: Buffer
  readonly authoritiesFile: string | undefined
  readonly authorities: Buffer | undefined
}

export interface Management {
  readonly broker: Broker
  readonly connections: Connections
  readonly statistics: Statistics
  readonly prometheus: Prometheus
  readonly settings: ServerSettings
  readonly logger: Logger
  /** The options that the broker runs with, without what is secret. */
  readonly config: Readonly<Record<string, unknown>>
  /** Undefined: everything is in memory. */
  readonly dataDir: string | undefined
  /** What the broker calls itself to clients. */
  readonly product: string
  /** Leveret's own version. */
  readonly version: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly listeners: () => readonly ListenerView[]
}

/** For an answer to this query. */
export function viewContext(
  { statistics, broker }: Management,
  query: Readonly<Record<string, unknown>>,
): ViewContext {
  return { statistics, history: historyQuery(query), now: broker.clock.now(), scratch: new Message() }
}
