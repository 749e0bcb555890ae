// The rows of docs/limits.md, as they are printed.
const columns = [
  'what',
  'time',
  'broker CPU',
  'RSS before',
  'peak',
  'after',
  "another's round trip p99",
  'max',
]

export function printHead() {
  console.log(`| ${columns.join(' | ')} |\n|${columns.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`)
}

/** `told`: what `beside` measured. */
export function printRow(what, told) {
  const mib = value => `${Math.round(value)} MiB`
  const cells = [
    time(told.ms),
    time(told.cpuMs),
    mib(told.before),
    mib(told.peak),
    mib(told.rss),
    time(told.p99),
    time(told.max),
  ]
  console.log(`| ${[what, ...cells].join(' | ')} |`)
}

export function printNote(text) {
  console.log(`|   ${text} | | | | | | | |`)
}

export function time(ms) {
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`
}
