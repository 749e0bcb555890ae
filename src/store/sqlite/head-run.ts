/**
 * How many entries of the run at a queue's head are before it. Where transient messages were among them, only the run itself
 * knows: without asking it a queue would say at first that it holds more than it does.
 */
import type { StoredRun } from '../definition-store'
import type { Database, Statement } from './database'
import { ENTRY_BYTES } from './encoding'

/** Runs that are read before the broker accepts connections: a tenth of a second. Other queues are right when theirs was read. */
const READ_MAX = 1000

interface Run {
  readonly first: number
  readonly count: number
  readonly data: Uint8Array
}

export class HeadRuns {
  private left = READ_MAX
  private readonly select: Statement

  constructor(database: Database) {
    this.select = database.prepare(
      'SELECT first, count, data FROM run WHERE queue = ? AND last >= ? AND first < ? ORDER BY last LIMIT 1',
    )
  }

  /** A queue's runs, of the first of them only what is not before head. */
  fromHead(queue: number, head: number, runs: readonly StoredRun[]): readonly StoredRun[] {
    const [first, ...others] = runs
    if (first === undefined || first.first >= head || !hasGaps(first) || this.left === 0) return runs
    this.left--
    const count = Math.max(first.count - this.passed(queue, head), 1)
    return [{ ...first, first: head, count }, ...others]
  }

  private passed(queue: number, head: number): number {
    const run = this.select.get(queue, head, head) as Run | undefined
    // What is damaged is found out when it is read.
    if (!(run?.data instanceof Uint8Array)) return 0
    const { first, data } = run
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    const entries = Math.min(run.count, Math.floor(data.length / ENTRY_BYTES))
    let passed = 0
    while (passed < entries && first + view.getUint32(passed * ENTRY_BYTES, true) < head) passed++
    return passed
  }
}

function hasGaps({ first, last, count }: StoredRun): boolean {
  return count <= last - first
}
