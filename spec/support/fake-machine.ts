/** A machine with as much memory and disk as a spec says. */
import type { Machine } from '../../src/machine'
import type { WatchedResources } from '../../src/metrics/node-probe'

export class FakeMachine implements Machine {
  readonly memoryTotal = 1_000_000_000
  used = 100_000_000
  readonly heapTotal = 1_000_000_000
  heap = 10_000_000
  /** Undefined: the disk does not say. */
  free: number | undefined = 5_000_000_000
  /** What nobody uses any more, and is part of `used` until it is collected. */
  garbage = 0
  collections = 0

  memoryUsed(): number {
    return this.used + this.garbage
  }

  heapUsed(): number {
    return this.heap
  }

  collectGarbage(): void {
    this.collections++
    this.garbage = 0
  }

  async diskFree(folder: string): Promise<number> {
    if (this.free === undefined) throw new Error(`nobody knows how much is free at ${folder}`)
    return this.free
  }
}

export function fakeResources(): WatchedResources {
  return {
    memory: { used: 100_000_000, limit: 600_000_000, total: 1_000_000_000 },
    disk: { free: 5_000_000_000, limit: 50_000_000 },
  }
}
