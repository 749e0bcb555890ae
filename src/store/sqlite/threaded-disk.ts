/** The database in a thread of its own, so that an fsync or a checkpoint never holds the broker up. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Ring } from '../../structures/ring'
import type { StoredDefinitions } from '../definition-store'
import type { SpilledPart } from '../message-store'
import type { Batch } from './batch-writer'
import type { Durability } from './database'
import type { Disk } from './disk'
import type { LoadedEntries } from './entry-reader'
import { COMMITTED, type DiskThreadData, type FromDiskThread, type ToDiskThread } from './messages'
import { DatabaseInUse, UnusableDatabase } from './unusable-database'

/** A run at its largest, nearly. Larger batches lie in memory of their own, which is handed over. */
const ROOM_BYTES = 256 * 1024

export class ThreadedDisk implements Disk {
  private done: (() => void) | undefined
  private readonly ended: Promise<void>
  private stalledListener: (reason: string | undefined) => void = () => {}
  private requests = 0
  private readonly loads = new Map<number, (entries: LoadedEntries) => void>()
  private readonly unspills = new Map<number, (part: SpilledPart) => void>()
  private readonly looks = new Map<number, (part: SpilledPart | undefined) => void>()
  private readonly spills = new Ring<() => void>()

  private constructor(
    private readonly worker: Worker,
    readonly room: Buffer,
    readonly definitions: StoredDefinitions,
  ) {
    worker.on('message', (message: FromDiskThread) => this.hear(message))
    // A defect of ours: nothing is confirmed from here on, and nothing confirmed is lost.
    worker.on('error', error => this.stalledListener(`the disk thread failed: ${error.message}`))
    this.ended = new Promise(resolve => worker.once('exit', () => resolve()))
  }

  /** `holder`: who has the file when it is in use. @throws UnusableDatabase */
  static open(file: string, durability: Durability, holder: () => string): Promise<ThreadedDisk> {
    const room = Buffer.from(new SharedArrayBuffer(ROOM_BYTES))
    const workerData: DiskThreadData = { file, spillFile: `${file}-spill`, durability, room }
    const worker = new Worker(join(__dirname, 'disk-thread.js'), { workerData })
    return new Promise((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (message: FromDiskThread) => {
        if (message === COMMITTED) reject(new Error('unexpected committed'))
        else if (message.kind === 'opened') resolve(new ThreadedDisk(worker, room, message.definitions))
        else if (message.kind !== 'refused') reject(new Error(`unexpected ${message.kind}`))
        else
          reject(message.isInUse ? new DatabaseInUse(file, holder()) : new UnusableDatabase(message.reason))
      })
    })
  }

  commit(batch: Batch, done: () => void): void {
    this.done = done
    const { operations } = batch
    if (operations.buffer !== this.room.buffer) {
      this.tell({ kind: 'commit', batch }, [operations.buffer as ArrayBuffer])
    } else if (batch.definitions.length > 0) this.tell({ kind: 'commit', batch })
    else this.tell(operations.length)
  }

  load(queueId: number, first: number, last: number, loaded: (entries: LoadedEntries) => void): void {
    const request = ++this.requests
    this.loads.set(request, loaded)
    this.tell({ kind: 'load', request, queueId, first, last })
  }

  spill(queueId: number, first: number, part: SpilledPart, written: () => void): void {
    this.spills.push(written)
    const transferred = [part.entries.buffer as ArrayBuffer, part.records.buffer as ArrayBuffer]
    this.tell({ kind: 'spill', queueId, first, part }, transferred)
  }

  unspill(queueId: number, first: number, back: (part: SpilledPart) => void): void {
    const request = ++this.requests
    this.unspills.set(request, back)
    this.tell({ kind: 'unspill', request, queueId, first })
  }

  readSpilled(queueId: number, first: number, seen: (part: SpilledPart | undefined) => void): void {
    const request = ++this.requests
    this.looks.set(request, seen)
    this.tell({ kind: 'read-spilled', request, queueId, first })
  }

  dropSpilled(queueId: number, from: number): void {
    this.tell({ kind: 'drop-spilled', queueId, from })
  }

  onStalled(listener: (reason: string | undefined) => void): void {
    this.stalledListener = listener
  }

  damaged(reason: string): void {
    this.stalledListener(reason)
  }

  close(isDrained: boolean): Promise<void> {
    this.tell({ kind: 'close', isDrained })
    return this.ended
  }

  private hear(message: FromDiskThread): void {
    if (message === COMMITTED) return this.done?.()
    switch (message.kind) {
      case 'loaded':
        return taken(this.loads, message.request)(message.entries)
      case 'spilled':
        return this.spills.shift()?.()
      case 'unspilled':
        return taken(this.unspills, message.request)(message.part)
      case 'spilled-read':
        return taken(this.looks, message.request)(message.part)
      case 'stalled':
        return this.stalledListener(message.reason)
      case 'recovered':
        return this.stalledListener(undefined)
    }
  }

  private tell(message: ToDiskThread, transferred: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transferred)
  }
}

function taken<Answer>(requests: Map<number, Answer>, request: number): Answer {
  const answer = requests.get(request)
  if (answer === undefined) throw new Error(`the disk answered request ${request}, which nobody made`)
  requests.delete(request)
  return answer
}
