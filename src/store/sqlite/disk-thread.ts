/**
 * The thread that owns the database: commits batches, reads entries back, gives free pages back to the file system when
 * there is nothing else to do. A batch that cannot be written now is tried again until it can.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { SystemClock, type Timer } from '../../clock'
import { type LoadedEntries, readDefinitions, readEntries } from './batch-reader'
import { type Batch, BatchWriter } from './batch-writer'
import { type Database, openDatabase } from './database'
import type { DiskThreadData, FromDiskThread, ToDiskThread } from './messages'
import { SpillFile } from './spill-file'
import { DatabaseInUse, UnusableDatabase } from './unusable-database'

const RETRY_MS = 200
const IDLE_MS = 50
/** Given back in one go, so that a commit waits a few milliseconds at most. */
const VACUUM_PAGES = 512

class DiskThread {
  private readonly clock = new SystemClock()
  private readonly writer: BatchWriter
  private stalled = false
  private idle: Timer | undefined

  constructor(
    private readonly database: Database,
    private readonly spillFile: SpillFile,
    private readonly say: (message: FromDiskThread, transferred?: ArrayBuffer[]) => void,
  ) {
    this.writer = new BatchWriter(database)
  }

  hear(message: ToDiskThread): void {
    this.idle?.cancel()
    if (message.kind === 'close') {
      this.database.close()
      this.spillFile.close()
      this.say({ kind: 'closed' })
      return
    }
    this.obey(message)
    this.idle = this.clock.after(IDLE_MS, () => this.vacuum())
  }

  private obey(message: Exclude<ToDiskThread, { kind: 'close' }>): void {
    switch (message.kind) {
      case 'commit':
        return this.commit(message.batch)
      case 'load': {
        const entries = detached(readEntries(this.database, message.queueId, message.first, message.last))
        const transferred = entries.runs.map(run => run.data.buffer as ArrayBuffer)
        return this.say({ kind: 'loaded', request: message.request, entries }, transferred)
      }
      case 'spill':
        this.spillFile.put(message.queueId, message.first, message.part)
        return this.say({ kind: 'spilled' })
      case 'unspill': {
        const part = this.spillFile.take(message.queueId, message.first)
        const transferred = [part.entries.buffer as ArrayBuffer, part.records.buffer as ArrayBuffer]
        return this.say({ kind: 'unspilled', request: message.request, part }, transferred)
      }
      case 'drop-spilled':
        this.spillFile.drop(message.queueId, message.from)
    }
  }

  private commit(batch: Batch): void {
    try {
      this.writer.write(batch)
    } catch (error) {
      if (!this.stalled) this.say({ kind: 'stalled', reason: reasonOf(error) })
      this.stalled = true
      this.clock.after(RETRY_MS, () => this.commit(batch))
      return
    }
    if (this.stalled) this.say({ kind: 'recovered' })
    this.stalled = false
    this.say({ kind: 'committed' })
  }

  private vacuum(): void {
    const free = Number(this.database.pragma('freelist_count', { simple: true }))
    if (free < VACUUM_PAGES) return
    try {
      this.database.pragma(`incremental_vacuum(${VACUUM_PAGES})`)
    } catch {
      return // a full disk: the next commit says so
    }
    this.idle = this.clock.after(1, () => this.vacuum())
  }
}

/** Each run's data in memory of its own, which can be handed over. */
function detached(entries: LoadedEntries): LoadedEntries {
  return { ...entries, runs: entries.runs.map(run => ({ ...run, data: new Uint8Array(run.data) })) }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function start(): void {
  const port = parentPort
  if (port === null) throw new Error('this file is a thread of its own')
  const { file, spillFile, durability } = workerData as DiskThreadData
  const say = (message: FromDiskThread, transferred: ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred)
  try {
    const database = openDatabase(file, durability)
    const thread = new DiskThread(database, new SpillFile(spillFile), say)
    port.on('message', (message: ToDiskThread) => {
      thread.hear(message)
      if (message.kind === 'close') port.close()
    })
    say({ kind: 'opened', definitions: readDefinitions(database) })
  } catch (error) {
    if (!(error instanceof UnusableDatabase)) throw error
    say({ kind: 'refused', reason: error.message, isInUse: error instanceof DatabaseInUse })
    port.close()
  }
}

start()
