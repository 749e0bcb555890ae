/**
 * The counters of a run, in memory that all its threads see: every connection writes its own line, the reporting thread
 * adds the lines up whenever it wants. A line is 64 bytes, one cache line, so that no two writers share one.
 */
const LINE = 8

export const counter = { published: 0, consumed: 1, confirmed: 2, nacked: 3 } as const

export interface Totals {
  readonly published: number
  readonly consumed: number
  readonly confirmed: number
  readonly nacked: number
}

export function scoreboardMemory(connections: number): SharedArrayBuffer {
  return new SharedArrayBuffer(connections * LINE * 8)
}

/** The line of one connection. */
export class Score {
  private readonly line: Float64Array

  constructor(memory: ArrayBufferLike, connection: number) {
    this.line = new Float64Array(memory, connection * LINE * 8, LINE)
  }

  add(which: number, amount: number): void {
    this.line[which] = this.line[which]! + amount
  }
}

export function totals(memory: ArrayBufferLike): Totals {
  const cells = new Float64Array(memory)
  const sum = (which: number) => {
    let all = 0
    for (let at = which; at < cells.length; at += LINE) all += cells[at]!
    return all
  }
  return {
    published: sum(counter.published),
    consumed: sum(counter.consumed),
    confirmed: sum(counter.confirmed),
    nacked: sum(counter.nacked),
  }
}
