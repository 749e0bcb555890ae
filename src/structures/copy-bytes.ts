/**
 * Copies `source[start, end)` to `target` at `at` and returns the offset behind it.
 *
 * `Buffer.copy` makes a view object per call; below about a hundred bytes a loop costs less (bench/copy-bytes.ts).
 */
export function copyBytes(source: Buffer, start: number, end: number, target: Buffer, at: number): number {
  const length = end - start
  if (length > LOOP_MAX) {
    source.copy(target, at, start, end)
    return at + length
  }
  for (let i = start; i < end; i++) target[at++] = source[i]!
  return at
}

const LOOP_MAX = 128
