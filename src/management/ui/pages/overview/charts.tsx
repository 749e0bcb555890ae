/** The overview's charts of bytes in and out, and of what comes and goes. */
import { useMemo } from 'react'
import { query, route } from '../../api/client'
import { useLive } from '../../api/hooks'
import type { Details, Sample, Stats, Vhost } from '../../api/types'
import { DataRatesChart } from '../../components/data-rates-chart'
import { historyOf, type Range } from '../../components/range'
import { TimeChart } from '../../components/time-chart'
import { rates } from '../../format/history'
import { rate } from '../../format/numbers'
import { detailsOf } from '../../format/stats'
import { series } from '../../theme'

/** The API counts bytes for each virtual host; the broker's are their sum. */
export function DataChart({ vhost, range }: { readonly vhost: string; readonly range: Range }) {
  const path = vhost === '' ? '/vhosts' : route('vhosts', vhost)
  const { data } = useLive<Vhost | readonly Vhost[]>(query(path, historyOf(range, 'data_rates')))
  const [received, sent] = useMemo(() => {
    const hosts = data === undefined ? [] : [data].flat()
    return [sumOf(hosts.map(host => host.recv_oct_details)), sumOf(hosts.map(host => host.send_oct_details))]
  }, [data])
  return <DataRatesChart words={range.words} received={received} sent={sent} />
}

const churn = [
  ['connection_created', 'Connections opened', series.created],
  ['connection_closed', 'Connections closed', series.closed],
  ['channel_created', 'Channels opened', series.deliver],
  ['channel_closed', 'Channels closed', series.publish],
  ['queue_declared', 'Queues declared', series.get],
  ['queue_created', 'Queues created', series.confirm],
  ['queue_deleted', 'Queues deleted', series.redeliver],
] as const

export function ChurnChart({
  words,
  churn: stats,
}: {
  readonly words: string
  readonly churn: Stats | undefined
}) {
  const lines = useMemo(
    () => churn.map(([key, name, color]) => rates(name, color, detailsOf(stats, key))),
    [stats],
  )
  return <TimeChart label={`Churn, ${words}`} lines={lines} format={rate} />
}

function sumOf(all: readonly (Details | undefined)[]): Details | undefined {
  const known = all.filter(details => details !== undefined)
  if (known.length < 2) return known[0]
  const sums = new Map<number, number>()
  for (const { timestamp, sample } of known.flatMap(details => details.samples ?? []))
    sums.set(timestamp, (sums.get(timestamp) ?? 0) + sample)
  const samples: Sample[] = [...sums].map(([timestamp, sample]) => ({ timestamp, sample }))
  return { rate: known.reduce((sum, details) => sum + details.rate, 0), samples }
}
