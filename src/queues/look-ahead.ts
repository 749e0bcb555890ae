/** Which segments of a priority queue hold what is next: they are brought back before they are needed. */
import type { PriorityLevels } from './priority-levels'
import type { Segment } from './segment'

/** Those behind the one that is next. */
const SEGMENTS_AHEAD = 2

export interface LookedAt {
  segmentAt(position: number): Segment
}

export class LookAhead {
  /** As it was when the first of them was the next one. */
  private segments: readonly Segment[] = []

  constructor(
    private readonly list: LookedAt,
    private readonly levels: PriorityLevels,
  ) {}

  /** The first few segments in the order of delivery. `newest` is in memory anyway. */
  look(newest: Segment): readonly Segment[] {
    const { list, levels } = this
    const first = levels.first()
    if (first < 0) this.segments = []
    else {
      const segment = list.segmentAt(first)
      // Behind one message that has just come is again what was ahead before it came.
      if (segment !== this.segments[0] && segment !== newest) this.segments = this.found()
    }
    return this.segments
  }

  forget(): void {
    this.segments = []
  }

  private found(): readonly Segment[] {
    const { list } = this
    const ahead = new Set<Segment>()
    for (const position of this.levels.ahead(position => list.segmentAt(position).end)) {
      ahead.add(list.segmentAt(position))
      if (ahead.size > SEGMENTS_AHEAD) break
    }
    return [...ahead]
  }
}
