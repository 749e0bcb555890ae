/** The database in a thread of its own, so that an fsync or a checkpoint never holds the broker up. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { StoredDefinitions } from '../definition-store'
import type { LoadedEntries } from './batch-reader'
import type { Batch } from './batch-writer'
import type { Durability } from './database'
import type { Disk } from './disk'
import type { DiskThreadData, FromDiskThread, ToDiskThread } from './messages'
import { DatabaseInUse, UnusableDatabase } from './unusable-database'

export class ThreadedDisk implements Disk {
  private done: (() => void) | undefined
  private closed: (() => void) | undefined
  private stalledListener: (reason: string | undefined) => void = () => {}
  private requests = 0
  private readonly loads = new Map<number, (entries: LoadedEntries) => void>()

  private constructor(
    private readonly worker: Worker,
    readonly definitions: StoredDefinitions,
  ) {
    worker.on('message', (message: FromDiskThread) => this.hear(message))
  }

  /** `holder`: who has the file when it is in use. @throws UnusableDatabase */
  static open(file: string, durability: Durability, holder: () => string): Promise<ThreadedDisk> {
    const workerData: DiskThreadData = { file, durability }
    const worker = new Worker(join(__dirname, 'disk-thread.js'), { workerData })
    return new Promise((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (message: FromDiskThread) => {
        if (message.kind === 'opened') resolve(new ThreadedDisk(worker, message.definitions))
        else if (message.kind !== 'refused') reject(new Error(`unexpected ${message.kind}`))
        else
          reject(message.isInUse ? new DatabaseInUse(file, holder()) : new UnusableDatabase(message.reason))
      })
    })
  }

  commit(batch: Batch, done: () => void): void {
    this.done = done
    const { operations } = batch
    this.tell({ kind: 'commit', batch }, [operations.buffer as ArrayBuffer])
  }

  load(queueId: number, first: number, last: number, loaded: (entries: LoadedEntries) => void): void {
    const request = ++this.requests
    this.loads.set(request, loaded)
    this.tell({ kind: 'load', request, queueId, first, last })
  }

  onStalled(listener: (reason: string | undefined) => void): void {
    this.stalledListener = listener
  }

  close(): Promise<void> {
    return new Promise(resolve => {
      this.closed = resolve
      this.tell({ kind: 'close' })
    })
  }

  private hear(message: FromDiskThread): void {
    if (message.kind === 'committed') {
      const { done } = this
      this.done = undefined
      done?.()
    } else if (message.kind === 'loaded') {
      const loaded = this.loads.get(message.request)
      this.loads.delete(message.request)
      loaded?.(message.entries)
    } else if (message.kind === 'stalled') this.stalledListener(message.reason)
    else if (message.kind === 'recovered') this.stalledListener(undefined)
    else if (message.kind === 'closed') this.closed?.()
  }

  private tell(message: ToDiskThread, transferred: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transferred)
  }
}
