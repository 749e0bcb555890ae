/**
 * What the process says of itself: descriptors, the event loop, garbage collection, and memory and disk as those who watch
 * them see them. Cheap to read; what the system may take long to tell is asked for in the background, and told as of last time.
 */
import { readdir, readFile } from 'node:fs/promises'
import { type EventLoopUtilization, PerformanceObserver, performance } from 'node:perf_hooks'

export interface NodeReading {
  /** Bytes; without a limit, what the machine has. */
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

/** What raises the alarms: what is shown is what they go by. */
export interface WatchedResources {
  readonly memory: {
    readonly used: number
    /** Undefined: there is no alarm. */
    readonly limit: number | undefined
    /** Of the machine, or of its container. */
    readonly total: number
  }
  readonly disk: {
    /** Undefined: nobody knows. */
    readonly free: number | undefined
    readonly limit: number | undefined
  }
}

export interface NodeProbeOptions {
  readonly resources: WatchedResources
  /** Open connections. */
  sockets(): number
}

/** Readings between two looks at what is slow to tell. */
const SLOW_EVERY = 10

export class NodeProbe {
  private descriptors = 0
  private descriptorsMax = 0
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
    const { memory, disk } = this.options.resources
    return {
      mem_used: memory.used,
      mem_limit: memory.limit ?? memory.total,
      fd_used: this.descriptors,
      fd_total: this.descriptorsMax,
      sockets_used: this.options.sockets(),
      disk_free: disk.free ?? 0,
      disk_free_limit: disk.limit ?? 0,
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

  private async lookAtDescriptors(): Promise<void> {
    this.descriptors = (await readdir('/proc/self/fd')).length
    this.descriptorsMax = openFilesMax(await readFile('/proc/self/limits', 'utf8'))
  }

  /** What this system does not tell stays 0. */
  private async lookSlowly(): Promise<void> {
    if (this.isLooking) return
    this.isLooking = true
    await Promise.allSettled([this.lookAtDescriptors()])
    this.isLooking = false
  }
}

function openFilesMax(limits: string): number {
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0)
}
