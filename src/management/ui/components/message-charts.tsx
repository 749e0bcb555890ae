/** The two charts of everything that has messages: how many wait, and how many go in and out. */
import { useMemo } from 'react'
import type { Details, Stats } from '../api/types'
import { levels, rates } from '../format/history'
import { compact, rate } from '../format/numbers'
import { detailsOf } from '../format/stats'
import { series } from '../theme'
import { TimeChart } from './time-chart'

interface LengthsProps {
  readonly words: string
  readonly ready: Details | undefined
  readonly unacked: Details | undefined
  readonly total: Details | undefined
}

export function LengthsChart({ words, ready, unacked, total }: LengthsProps) {
  const lines = useMemo(
    () => [
      levels('Total', series.total, total),
      levels('Ready', series.ready, ready),
      levels('Unacked', series.unacked, unacked),
    ],
    [ready, unacked, total],
  )
  return <TimeChart label={`Queued messages, ${words}`} lines={lines} format={compact} />
}

/** The rates there are, in the order of a message's life. The rest is left out of the legend. */
const kinds = [
  ['publish', 'Publish', series.publish],
  ['publish_in', 'Publish in', series.publish],
  ['publish_out', 'Publish out', series.get],
  ['confirm', 'Confirm', series.confirm],
  ['deliver', 'Deliver (manual ack)', series.deliver],
  ['deliver_no_ack', 'Deliver (auto ack)', '#5fb3d9'],
  ['ack', 'Ack', series.ack],
  ['redeliver', 'Redeliver', series.redeliver],
  ['get', 'Get (manual ack)', series.get],
  ['get_no_ack', 'Get (auto ack)', '#a893e0'],
  ['get_empty', 'Get (empty)', series.total],
  ['return_unroutable', 'Returned', series.returned],
  ['drop_unroutable', 'Dropped', '#8f5a3c'],
] as const

const always = ['publish', 'confirm', 'deliver', 'ack']

interface RatesProps {
  readonly words: string
  readonly stats: Stats | undefined
  /** Shown even at rest. */
  readonly always?: readonly string[]
}

export function RatesChart({ words, stats, always: usual = always }: RatesProps) {
  const lines = useMemo(
    () =>
      kinds
        .filter(([key]) => usual.includes(key) || isMoving(detailsOf(stats, key)))
        .map(([key, name, color]) => rates(name, color, detailsOf(stats, key))),
    [stats, usual],
  )
  return <TimeChart label={`Message rates, ${words}`} lines={lines} format={rate} />
}

/** Whether anything of it happened in the time shown. */
function isMoving(details: Details | undefined): boolean {
  const samples = details?.samples ?? []
  return (details?.rate ?? 0) > 0 || samples.some(({ sample }) => sample !== samples[0]?.sample)
}
