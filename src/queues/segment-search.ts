/** Where in a list of segments, which are in order, a position is. */
import type { Segment } from './segment'

/** Index of the last segment that begins at or before a position, or of the first segment. */
export function indexOfSegment(segments: readonly Segment[], position: number): number {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (segments[middle]!.first <= position) low = middle
    else high = middle - 1
  }
  return low
}
