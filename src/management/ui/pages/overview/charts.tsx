/** The overview's chart of what comes and goes. */
import { useMemo } from 'react'
import type { Stats } from '../../api/types'
import { TimeChart } from '../../components/time-chart'
import { rates } from '../../format/history'
import { rate } from '../../format/numbers'
import { detailsOf } from '../../format/stats'
import { series } from '../../theme'

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
