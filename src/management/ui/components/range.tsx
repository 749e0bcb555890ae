/** How far back charts look: chosen for all pages, kept in the address. */
import { SegmentedControl } from '@mantine/core'
import { useSearchParams } from 'react-router'

/** `age` is how far back, `incr` the time between two samples, both in seconds. */
export interface Range {
  readonly id: string
  readonly name: string
  readonly words: string
  readonly age: number
  readonly incr: number
}

export const ranges: readonly Range[] = [
  { id: '1m', name: '1 min', words: 'last minute', age: 60, incr: 1 },
  { id: '10m', name: '10 min', words: 'last ten minutes', age: 600, incr: 10 },
  { id: '1h', name: '1 h', words: 'last hour', age: 3600, incr: 60 },
]

export function useRange(): [Range, (id: string) => void] {
  const [search, setSearch] = useSearchParams()
  const range = ranges.find(({ id }) => id === search.get('range')) ?? ranges[0]!
  const choose = (id: string) =>
    setSearch(
      before => {
        const next = new URLSearchParams(before)
        next.set('range', id)
        return next
      },
      { replace: true },
    )
  return [range, choose]
}

/** The API's parameters for histories: `historyOf(range, 'lengths', 'msg_rates')`. */
export function historyOf(
  range: Range,
  ...kinds: ('lengths' | 'msg_rates' | 'data_rates' | 'node_stats')[]
): Record<string, number> {
  return Object.fromEntries(
    kinds.flatMap(kind => [
      [`${kind}_age`, range.age],
      [`${kind}_incr`, range.incr],
    ]),
  )
}

export function RangeChooser({
  range,
  onChange,
}: {
  readonly range: Range
  readonly onChange: (id: string) => void
}) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Time shown"
      data={ranges.map(({ id, name }) => ({ value: id, label: name }))}
      value={range.id}
      onChange={onChange}
    />
  )
}
