/** What a load run does, and what it found. Plain data: it travels to the worker threads and back. */

export interface Target {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
}

export interface LoadPlan {
  readonly target: Target
  readonly publishers: number
  readonly consumers: number
  /** Body bytes. Latency needs 8: each stamped body starts with the time it was sent. */
  readonly size: number
  /** Publishes a connection may have unconfirmed; 0: publish without confirms. */
  readonly confirmWindow: number
  /** 0: consume without acknowledgements; n: one `basic.ack` (multiple) for n messages. */
  readonly ackEvery: number
  /** 0: no limit. */
  readonly prefetch: number
  readonly queues: number
  /** Messages per second of all publishers together; 0: as fast as they can. */
  readonly rate: number
  readonly durationSeconds: number
  /** Messages of all publishers together; 0: until the time is up. */
  readonly count: number
  readonly persistent: boolean
  /** Publish through this exchange; the queues are bound to it by their names. Empty: the default exchange. */
  readonly exchange: string
  readonly queueType: string | undefined
  readonly queuePrefix: string
  /** Leave the queues, and what is in them, behind. */
  readonly keep: boolean
  /** Process of the broker on this machine, for its CPU time and memory. */
  readonly pid: number | undefined
}

export interface Percentiles {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

export interface LoadResult {
  readonly seconds: number
  readonly published: number
  readonly consumed: number
  readonly confirmed: number
  readonly nacked: number
  /** Microseconds from publish to delivery; undefined without samples. */
  readonly latency: Percentiles | undefined
  /** Microseconds from publish to confirm. */
  readonly confirmLatency: Percentiles | undefined
  readonly cost: { readonly cpuSeconds: number; readonly rssBytes: number } | undefined
  /** What went wrong, one line each. */
  readonly errors: readonly string[]
}

export function queueName(plan: LoadPlan, index: number): string {
  return `${plan.queuePrefix}-${index % plan.queues}`
}

/** The part of a total that one of `of` equal takers gets; the first ones take the rest. */
export function shareOf(total: number, index: number, of: number): number {
  return Math.floor(total / of) + (index < total % of ? 1 : 0)
}
