/** Where `Buffer.copy` overtakes a loop, for ranges out of a socket's chunk into an output chunk. */
import { copyBytes } from '../src/structures/copy-bytes'
import { measure, nanoseconds, type Variant } from './measure'

const LENGTHS = [4, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 160, 192, 256, 512, 1024, 4096]
const CHUNK_BYTES = 128 * 1024
const BYTES_A_RUN = 16 * 1024 * 1024
const COPIES_MAX = 400_000

const source = Buffer.alloc(CHUNK_BYTES, 'source')
const target = Buffer.alloc(CHUNK_BYTES)

type Copy = (source: Buffer, start: number, end: number, target: Buffer, at: number) => number

function byLoop(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  for (let i = start; i < end; i++) to[at++] = from[i]!
  return at
}

function byCopy(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  from.copy(to, at, start, end)
  return at + end - start
}

/** Each has a caller of its own, as in the broker: one that is compiled for all of them would favour none. */
function copying(name: string, copy: Copy, length: number): Variant {
  const copies = Math.min(COPIES_MAX, Math.floor(BYTES_A_RUN / length))
  const caller = new Function('copy', 'source', 'target', 'copies', 'length', 'wrap', CALLER) as Caller
  return {
    name,
    run: () => {
      caller(copy, source, target, copies, length, CHUNK_BYTES - length)
      return copies
    },
  }
}

type Caller = (copy: Copy, from: Buffer, to: Buffer, copies: number, length: number, wrap: number) => void

const CALLER = `
  let from = 0
  let at = 0
  for (let i = 0; i < copies; i++) {
    at = copy(source, from, from + length, target, at) + 7
    from += length + 13
    if (at > wrap) at = 0
    if (from > wrap) from = 0
  }
`

console.log('\ncopy-bytes: ns for a range of so many bytes')
console.log('    bytes       loop       copy  copyBytes')
let crossover: number | undefined
for (const length of LENGTHS) {
  const timings = measure(
    [
      copying('loop', byLoop, length),
      copying('copy', byCopy, length),
      copying('copyBytes', copyBytes, length),
    ],
    15,
  )
  const [loop, copy] = timings.map(({ median }) => median) as [number, number]
  if (copy < loop) crossover ??= length
  console.log(
    `  ${String(length).padStart(7)} ${timings.map(({ median }) => nanoseconds(median)).join('  ')}`,
  )
}
console.log(`  copy is faster from ${crossover ?? 'nowhere'} bytes`)
