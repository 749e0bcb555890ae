/** What this process and its machine have and use, read when somebody asks. What a system does not tell is left out. */
import { readdirSync, readFileSync, statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'

export interface NodeResources {
  readonly pid: number
  readonly processors: number
  /** Bytes. */
  readonly memoryUsed: number
  readonly memoryTotal: number
  /** Bytes of the disk that the data is on; of the working folder where nothing is kept. */
  readonly diskFree: number | undefined
  readonly filesOpen: number | undefined
  readonly filesMax: number | undefined
}

export function nodeResources(dataDir: string | undefined): NodeResources {
  return {
    pid: process.pid,
    processors: availableParallelism(),
    memoryUsed: process.memoryUsage.rss(),
    memoryTotal: totalmem(),
    diskFree: told(() => {
      const { bavail, bsize } = statfsSync(dataDir ?? process.cwd())
      return bavail * bsize
    }),
    filesOpen: told(() => readdirSync('/proc/self/fd').length),
    filesMax: told(() => {
      const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
      return limit === undefined ? undefined : Number(limit)
    }),
  }
}

function told(ask: () => number | undefined): number | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}
