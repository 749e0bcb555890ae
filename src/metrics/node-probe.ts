/**
 * What the process and the machine say of themselves: memory, descriptors, disk, the event loop, garbage collection. Cheap
 * to read; what the system may take long to tell is asked for in the background, and told as of last time.
 */
import { readdir, readFile, statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { type EventLoopUtilization, PerformanceObserver, performance } from 'node:perf_hooks'

export interface NodeReading {
  /** Bytes. */
  readonly mem_used: number
  readonly mem_limit: number
  readonly fd_used: number
  readonly fd_total: number
  readonly sockets_used: number
  readonly disk_free: number
  readonly disk_free_limit: number
  readonly gc_num: number
  /** Milliseconds since the process began. */
  readonly uptime: number
}

/** What Prometheus is told of the process besides. */
export interface ProcessReading extends NodeReading {
  /** Milliseconds since the epoch. */
  readonly started: number
  readonly cpuSeconds: number
  readonly heapUsed: number
  readonly externalMemory: number
  readonly loopActiveSeconds: number
  readonly gcSeconds: number
}

export interface NodeProbeOptions {
  /** Whose disk counts; undefined: the present folder's. */
  readonly dataDir: string | undefined
  /** Open connections. */
  sockets(): number
}

/** RabbitMQ's default: an alarm below so many bytes. */
const DISK_FREE_LIMIT = 50_000_000
/** RabbitMQ's default: an alarm above this part of the memory. */
const MEMORY_WATERMARK = 0.6
/** Readings between two looks at what is slow to tell. */
const SLOW_EVERY = 10

export class NodeProbe {
  private readonly memoryLimit = Math.floor(totalmem() * MEMORY_WATERMARK)
  private descriptors = 0
  private descriptorsMax = 0
  private diskFree = 0
  private collections = 0
  private collectionMs = 0
  private utilization: EventLoopUtilization = performance.eventLoopUtilization()
  private observer: PerformanceObserver | undefined
  private readings = 0
  private isLooking = false

  constructor(private readonly options: NodeProbeOptions) {}

  async start(): Promise<void> {
    this.observer = new PerformanceObserver(list => {
      for (const entry of list.getEntries()) {
        this.collections++
        this.collectionMs += entry.duration
      }
    })
    this.observer.observe({ entryTypes: ['gc'] })
    await this.lookSlowly()
  }

  stop(): void {
    this.observer?.disconnect()
  }

  now(): NodeReading {
    return {
      mem_used: process.memoryUsage.rss(),
      mem_limit: this.memoryLimit,
      fd_used: this.descriptors,
      fd_total: this.descriptorsMax,
      sockets_used: this.options.sockets(),
      disk_free: this.diskFree,
      disk_free_limit: DISK_FREE_LIMIT,
      gc_num: this.collections,
      uptime: Math.floor(process.uptime() * 1000),
    }
  }

  process(): ProcessReading {
    const { user, system } = process.cpuUsage()
    const { heapUsed, external } = process.memoryUsage()
    return {
      ...this.now(),
      started: performance.timeOrigin,
      cpuSeconds: (user + system) / 1_000_000,
      heapUsed,
      externalMemory: external,
      loopActiveSeconds: performance.eventLoopUtilization().active / 1000,
      gcSeconds: this.collectionMs / 1000,
    }
  }

  /** The part of the time since the last reading that the event loop was busy, between 0 and 1. */
  private busy(): number {
    const before = this.utilization
    this.utilization = performance.eventLoopUtilization()
    return performance.eventLoopUtilization(this.utilization, before).utilization
  }

  /** For keeping: what changes, by RabbitMQ's names where it has one. */
  read(record: (name: string, value: number) => void): void {
    if (this.readings++ % SLOW_EVERY === 0) void this.lookSlowly()
    const { mem_used, fd_used, sockets_used, disk_free, gc_num } = this.now()
    record('mem_used', mem_used)
    record('fd_used', fd_used)
    record('sockets_used', sockets_used)
    record('disk_free', disk_free)
    record('gc_num', gc_num)
    record('event_loop_busy', this.busy())
  }

  private async lookAtDisk(): Promise<void> {
    const { bavail, bsize } = await statfs(this.options.dataDir ?? process.cwd())
    this.diskFree = bavail * bsize
  }

  private async lookAtDescriptors(): Promise<void> {
    this.descriptors = (await readdir('/proc/self/fd')).length
    this.descriptorsMax = openFilesMax(await readFile('/proc/self/limits', 'utf8'))
  }

  /** What this system does not tell stays 0. A disk that does not answer must not be asked again and again. */
  private async lookSlowly(): Promise<void> {
    if (this.isLooking) return
    this.isLooking = true
    await Promise.allSettled([this.lookAtDisk(), this.lookAtDescriptors()])
    this.isLooking = false
  }
}

function openFilesMax(limits: string): number {
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0)
}
