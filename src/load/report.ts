/** A load run's result for people, and as a line of JSON. */
import type { LoadPlan, LoadResult, Percentiles } from './plan'

export function jsonReport(result: LoadResult): string {
  const { latency, confirmLatency, cost } = result
  return JSON.stringify({
    published_per_s: perSecond(result.published, result),
    consumed_per_s: perSecond(result.consumed, result),
    confirmed_per_s: perSecond(result.confirmed, result),
    nacked: result.nacked,
    secs: rounded(result.seconds, 2),
    lat_p50_us: micros(latency?.p50),
    lat_p99_us: micros(latency?.p99),
    lat_p999_us: micros(latency?.p999),
    lat_max_us: micros(latency?.max),
    confirm_p50_us: micros(confirmLatency?.p50),
    confirm_p99_us: micros(confirmLatency?.p99),
    confirm_p999_us: micros(confirmLatency?.p999),
    confirm_max_us: micros(confirmLatency?.max),
    cpu_s: rounded(cost?.cpuSeconds ?? 0, 2),
    cpu_us_per_msg: rounded(cpuMicrosPerMessage(result) ?? 0, 2),
    rss_mb: Math.round((cost?.rssBytes ?? 0) / 1048576),
    published: result.published,
    consumed: result.consumed,
    confirmed: result.confirmed,
    errors: result.errors.length,
  })
}

export function textReport(plan: LoadPlan, result: LoadResult): string {
  const rows = [
    ['published', rate(result.published, result)],
    ...(plan.consumers === 0 ? [] : [['consumed', rate(result.consumed, result)]]),
    ...(plan.confirmWindow === 0 ? [] : [['confirmed', confirmedText(result)]]),
    ...latencyRow('latency', result.latency),
    ...latencyRow('confirm', result.confirmLatency),
    ...costRow(result),
  ]
  return [title(plan, result), ...rows.map(([name = '', text]) => `  ${name.padEnd(10)} ${text}`)].join('\n')
}

function title(plan: LoadPlan, result: LoadResult): string {
  const { host, port } = plan.target
  return [
    `${host}:${port}`,
    counted(plan.publishers, 'publisher'),
    counted(plan.consumers, 'consumer'),
    ...(plan.queues === 1 ? [] : [`${plan.queues} queues`]),
    `${plan.size} B ${plan.persistent ? 'persistent' : 'transient'}`,
    ...(plan.consumers === 0 ? [] : [plan.ackEvery === 0 ? 'no acks' : `ack every ${plan.ackEvery}`]),
    ...(plan.confirmWindow === 0 ? [] : [`confirm window ${plan.confirmWindow}`]),
    `${result.seconds.toFixed(2)} s`,
  ].join(', ')
}

function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

function confirmedText(result: LoadResult): string {
  return `${rate(result.confirmed, result)}${result.nacked === 0 ? '' : `, ${grouped(result.nacked)} nacked`}`
}

function latencyRow(name: string, found: Percentiles | undefined): string[][] {
  if (found === undefined) return []
  const { p50, p99, p999, max } = found
  return [[name, `p50 ${duration(p50)}  p99 ${duration(p99)}  p99.9 ${duration(p999)}  max ${duration(max)}`]]
}

function costRow(result: LoadResult): string[][] {
  const perMessage = cpuMicrosPerMessage(result)
  if (result.cost === undefined || perMessage === undefined) return []
  const { cpuSeconds, rssBytes } = result.cost
  const share = Math.round((cpuSeconds / result.seconds) * 100)
  return [
    [
      'broker',
      `${perMessage.toFixed(2)} µs CPU per message (${share} %), ${Math.round(rssBytes / 1048576)} MiB resident`,
    ],
  ]
}

/** A message counts once it is through: consumed, or else confirmed, or else published. */
function cpuMicrosPerMessage(result: LoadResult): number | undefined {
  if (result.cost === undefined) return undefined
  const messages = result.consumed || result.confirmed || result.published
  return messages === 0 ? undefined : (result.cost.cpuSeconds * 1e6) / messages
}

function perSecond(amount: number, result: LoadResult): number {
  return result.seconds === 0 ? 0 : Math.round(amount / result.seconds)
}

function rate(amount: number, result: LoadResult): string {
  return `${grouped(perSecond(amount, result)).padStart(10)} msg/s`
}

function grouped(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',')
}

function duration(microseconds: number): string {
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`
  if (microseconds < 1e6) return `${(microseconds / 1000).toFixed(microseconds < 1e4 ? 2 : 1)} ms`
  return `${(microseconds / 1e6).toFixed(2)} s`
}

function micros(value: number | undefined): number {
  return Math.round(value ?? 0)
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
