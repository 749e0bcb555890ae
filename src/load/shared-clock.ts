/**
 * One clock for all threads: the machine's monotonic one, in milliseconds. `performance.now()` alone starts anew in
 * every worker; `process.hrtime.bigint()` alone would make a BigInt per reading.
 */
const offset = measureOffset()

/** Milliseconds, comparable between the threads and processes of this machine. */
export function sharedNow(): number {
  return offset + performance.now()
}

/** The tightest of many tries: whatever passes between the two readings is the error of every latency (first: 50 µs). */
function measureOffset(): number {
  let tightest = Number.POSITIVE_INFINITY
  let found = 0
  for (let attempt = 0; attempt < 200; attempt++) {
    const before = performance.now()
    const machine = Number(process.hrtime.bigint()) / 1e6
    const after = performance.now()
    if (after - before >= tightest) continue
    tightest = after - before
    found = machine - (before + after) / 2
  }
  return found
}
