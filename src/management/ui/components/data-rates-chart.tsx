/** Bytes received and sent over time. */
import { useMemo } from 'react'
import type { Details } from '../api/types'
import { rates } from '../format/history'
import { byteRate } from '../format/numbers'
import { series } from '../theme'
import { TimeChart } from './time-chart'

interface Props {
  readonly words: string
  readonly received: Details | undefined
  readonly sent: Details | undefined
}

export function DataRatesChart({ words, received, sent }: Props) {
  const lines = useMemo(
    () => [rates('Received', series.received, received), rates('Sent', series.sent, sent)],
    [received, sent],
  )
  return <TimeChart label={`Data rates, ${words}`} lines={lines} format={byteRate} isBinary />
}
