/** Numbers to Markdown. Pure. */

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >>> 1
  if (sorted.length === 0) return undefined
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** `rows`: titles with a cell for each column; a column without any cell is left out, and a row. */
export function markdownTable(head, rows) {
  const used = head.map((_, column) => column === 0 || rows.some(row => row[column] !== undefined))
  const lines = [
    head,
    head.map(() => '---'),
    ...rows.filter(row => row.slice(1).some(cell => cell !== undefined)),
  ]
  const cellsOf = line => head.map((_, column) => line[column] ?? '').filter((_, column) => used[column])
  return lines.map(line => `| ${cellsOf(line).join(' | ')} |`).join('\n')
}

/** `3,140,000`, `212,000`, `1,230`: three digits say all that a run can. */
export function rate(perSecond) {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(perSecond, 1))) - 2)
  return String(Math.round(perSecond / digits) * digits).replace(/\B(?=(\d{3})+$)/g, ',')
}

export function ratio(ours, theirs) {
  if (!(ours > 0 && theirs > 0)) return undefined
  const times = ours / theirs
  return `${times < 10 ? times.toFixed(1) : Math.round(times)} ×`
}

export function time(microseconds) {
  if (microseconds < 100) return `${microseconds.toPrecision(2)} µs`
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`
  if (microseconds < 1e6) return `${(microseconds / 1000).toPrecision(3)} ms`
  return `${(microseconds / 1e6).toPrecision(3)} s`
}

export function mebibytes(bytes) {
  return bytes === undefined ? undefined : `${Math.round(bytes / 1048576)} MiB`
}
