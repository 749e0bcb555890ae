/**
 * Lines over time, with a legend that tells the value under the pointer, or the last one. The legend is text; the
 * drawing itself has the same in words for those who do not see it.
 */
import { Box, Center, useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import { aligned, type Line } from '../format/history'

interface Props {
  readonly label: string
  readonly lines: readonly Line[]
  readonly format: (value: number | null | undefined) => string
  readonly height?: number
  /** For sizes: the axis has round numbers of KiB rather than of bytes. */
  readonly isBinary?: boolean
}

export function TimeChart({ label, lines, format, height = 170, isBinary = false }: Props) {
  const data = useMemo(() => aligned(lines), [lines])
  const [hovered, setHovered] = useState<number | null>(null)
  const last = data[0].length - 1
  const index = hovered === null || hovered > last ? last : hovered
  const values = lines.map((_, line) => data[line + 1]?.[index])
  const words = lines.map((line, number) => `${line.name} ${format(values[number])}`).join(', ')
  return (
    <figure className="chart" aria-label={label}>
      {data[0].length < 2 ? (
        <Center h={height} className="quiet" fz="sm">
          Not enough measured yet
        </Center>
      ) : (
        <Box role="img" aria-label={`${label}: ${words}`} h={height}>
          <Drawing
            data={data}
            lines={lines}
            format={format}
            height={height}
            isBinary={isBinary}
            onHover={setHovered}
          />
        </Box>
      )}
      <figcaption className="legend">
        {lines.map((line, number) => (
          <span key={line.name}>
            <i style={{ background: line.color }} aria-hidden="true" />
            {line.name} <b>{format(values[number])}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  )
}

interface DrawingProps {
  readonly data: uPlot.AlignedData
  readonly lines: readonly Line[]
  readonly format: Props['format']
  readonly height: number
  readonly isBinary: boolean
  readonly onHover: (index: number | null) => void
}

function Drawing(props: DrawingProps) {
  const { data, lines, height } = props
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef(data)
  latest.current = data
  const scheme = useComputedColorScheme('light')
  const names = lines.map(line => `${line.name} ${line.color}`).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew only when lines or colours change, not data
  useEffect(() => {
    const element = place.current!
    const made = new uPlot(optionsOf(element, props), latest.current, element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [names, scheme, height])
  useEffect(() => plot.current?.setData(data), [data])
  return <div ref={place} />
}

function optionsOf(
  element: HTMLElement,
  { lines, format, height, isBinary, onHover }: DrawingProps,
): uPlot.Options {
  const style = getComputedStyle(element)
  const stroke = style.getPropertyValue('--quiet')
  const grid = { stroke: style.getPropertyValue('--line'), width: 1 }
  const font = '11px ui-sans-serif, system-ui, sans-serif'
  return {
    width: element.clientWidth,
    height,
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { stroke, grid: { show: false }, ticks: grid, font, space: 70, size: 30, values: timesOf },
      {
        stroke,
        grid,
        ticks: { show: false },
        font,
        size: 66,
        incrs: isBinary ? binarySteps : decimalSteps,
        values: (_, splits) => splits.map(split => format(split)),
      },
    ],
    series: [
      {},
      ...lines.map(line => ({
        label: line.name,
        stroke: line.color,
        width: 1.75,
        fill: `${line.color}14`,
        points: { show: false },
        spanGaps: true,
      })),
    ],
    hooks: { setCursor: [made => onHover(made.cursor.idx ?? null)] },
  }
}

const decimalSteps = Array.from({ length: 14 }, (_, power) =>
  [1, 2, 5].map(step => step * 10 ** (power - 2)),
).flat()
const binarySteps = Array.from({ length: 42 }, (_, power) => 2 ** power)

/** 14:05:30, without the seconds where every mark is on a minute. */
function timesOf(_: uPlot, splits: number[]): string[] {
  const isWhole = splits.every(split => split % 60 === 0)
  return splits.map(split => new Date(split * 1000).toTimeString().slice(0, isWhole ? 5 : 8))
}
