/** What a process has cost so far, from Linux' /proc. Elsewhere, and for processes that are gone: nothing to tell. */
import { readFileSync } from 'node:fs'

export interface ProcessCost {
  /** User and system time of all its threads. */
  readonly cpuSeconds: number
  readonly rssBytes: number
}

/** Linux counts in hundredths of a second and in pages of 4 KiB on every platform Node 20 runs on, but for some ARM. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

export function processCost(pid: number): ProcessCost | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name comes second, in parentheses, and may hold spaces itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const pages = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      rssBytes: Number(pages) * PAGE_BYTES,
    }
  } catch {
    return undefined
  }
}
