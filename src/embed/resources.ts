/** The watch over memory and disk, as the options want it. */
import type { Broker } from '../broker/broker'
import { DiskWatch } from '../broker/resources/disk-watch'
import { IdleQueues } from '../broker/resources/idle-queues'
import { MemoryWatch } from '../broker/resources/memory-watch'
import { bytesOf } from '../config/amount'
import type { ResolvedOptions } from '../config/options'
import type { Logger } from '../logger'
import type { Machine } from '../machine'

export interface OpenResources {
  readonly memory: MemoryWatch
  readonly disk: DiskWatch
  stop(): void
}

/** A broker that keeps everything in memory needs no disk; the metrics tell of one all the same. */
export async function openResources(
  broker: Broker,
  machine: Machine,
  logger: Logger,
  options: ResolvedOptions,
): Promise<OpenResources> {
  const idleQueues = new IdleQueues(() => broker.vhosts)
  const around = { clock: broker.clock, alarms: broker.alarms, machine, logger }
  const { dataDir, inMemory, management, prometheus, vmMemoryHighWatermark, diskFreeLimit } = options
  const watermark = bytesOf(vmMemoryHighWatermark, machine.memoryTotal)
  const isOnDisk = dataDir !== undefined && !inMemory
  const diskLimit = isOnDisk ? bytesOf(diskFreeLimit, machine.memoryTotal) : undefined
  const memoryLimit = watermark && Math.min(watermark, machine.memoryTotal)
  const memory = new MemoryWatch(around, memoryLimit, () => idleQueues.rest())
  const disk = new DiskWatch(around, isOnDisk ? dataDir : process.cwd(), diskLimit)
  memory.start()
  if (diskLimit !== undefined || management || prometheus) await disk.start()
  return {
    memory,
    disk,
    stop: () => {
      memory.stop()
      disk.stop()
    },
  }
}
