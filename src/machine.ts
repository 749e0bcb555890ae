/**
 * What the machine gives the process and what is left of it: memory and disk. The only owner of such questions, so that a
 * spec can have a machine of its own.
 */
import { promises } from 'node:fs'
import { totalmem } from 'node:os'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'

export interface Machine {
  /** Bytes the process may come to use: those of its container, or of the machine. */
  readonly memoryTotal: number
  /** Bytes in use at present. */
  memoryUsed(): number
  /** Bytes that the heap may come to have: with more, V8 ends the process. Messages are not in it. */
  readonly heapTotal: number
  /** Bytes of the heap in use at present. */
  heapUsed(): number
  /** Gives back what nobody uses any more. Takes milliseconds, or more where there is much. */
  collectGarbage(): void
  /** Bytes that are free where a folder is. Rejects where the system does not tell. */
  diskFree(folder: string): Promise<number>
}

/** V8 counts what is new into its limit: three half-spaces of 16 MiB. What lasts must do with the rest. */
const YOUNG_BYTES = 48 * 1024 * 1024

export class SystemMachine implements Machine {
  readonly memoryTotal = memoryTotal()
  readonly heapTotal = getHeapStatistics().heap_size_limit - YOUNG_BYTES
  private collect: (() => void) | undefined

  /**
   * Not the resident set: malloc keeps what was freed (measured: 400 MB of messages came and went, 489 MB resident before
   * and 482 after; the next 400 MB took nothing from the machine), so an alarm that goes by it would not clear. Nor
   * `external`, which is corrected only at the next collection. Takes 3 µs.
   */
  memoryUsed(): number {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }

  heapUsed(): number {
    return process.memoryUsage().heapUsed
  }

  /**
   * Where nothing is published, nothing is allocated, and V8 sees no need to collect: the 400 MB above were still in use
   * by its count ten seconds after the last message was gone.
   */
  collectGarbage(): void {
    this.collect ??= collector()
    this.collect()
  }

  async diskFree(folder: string): Promise<number> {
    const { bavail, bsize } = await promises.statfs(folder)
    return bavail * bsize
  }
}

/** Without a container's limit the system tells none, 0, or a number larger than there is. */
function memoryTotal(): number {
  const limit = process.constrainedMemory()
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

/** V8 gives its collector away to contexts that are made after it was told so. */
function collector(): () => void {
  const { runInNewContext } = require('node:vm') as typeof import('node:vm')
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
