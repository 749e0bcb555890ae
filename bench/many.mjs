// How many is many: connections, channels, queues, bindings, copies of a message, each case with a broker of its own.
//
//     node bench/many.mjs [case …] [--scale 0.1]
//
// Prints rows for docs/limits.md: time, the broker's CPU time and memory, and how long a stranger's connection had to wait
// meanwhile. All cases together take some ten minutes; `--scale` makes them smaller. `ulimit -n` must allow what a
// case opens, on both sides.
import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { printHead } from './many/row.mjs'

const notCases = ['broker', 'wire', 'stranger', 'row']
const known = readdirSync(new URL('./many/', import.meta.url))
  .map(file => file.replace('.mjs', ''))
  .filter(name => !notCases.includes(name))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' } },
})
const unknown = positionals.filter(name => !known.includes(name))
if (unknown.length > 0) {
  console.error(`many: no case ${unknown.join(', ')}; there are ${known.join(', ')}`)
  process.exit(1)
}

console.log(`Node ${process.version}, ${cpus().length} CPUs, ${new Date().toISOString().slice(0, 10)}\n`)
printHead()
for (const name of positionals.length > 0 ? positionals : known) {
  const { run } = await import(`./many/${name}.mjs`)
  await run(count => Math.max(1, Math.round(count * Number(values.scale))))
}
