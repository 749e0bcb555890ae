/**
 * The thread that owns the database: commits batches, reads entries back, gives free pages back to the file system
 * between batches. A batch that cannot be written now is tried again until it can.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { SystemClock, type Timer } from '../../clock'
import { syncFolder } from '../sync-folder'
import { type Batch, BatchWriter } from './batch-writer'
import { type Database, openDatabase, orUnusable } from './database'
import { readDefinitions } from './definition-reader'
import { EntryReader, type LoadedEntries } from './entry-reader'
import { COMMITTED, type DiskThreadData, type FromDiskThread, type ToDiskThread } from './messages'
import { OpenMark } from './open-mark'
import { forgetOrphans } from './orphans'
import { SpillFile } from './spill-file'
import { DatabaseInUse, UnusableDatabase } from './unusable-database'

const RETRY_MS = 200
const IDLE_MS = 50
/** Given back in one go, so that a commit waits a few milliseconds at most. */
const VACUUM_PAGES = 512
/** 64 MiB that stay free while batches come. */
const BUSY_FREE_PAGES = 16384
/** Giving pages back takes some ten milliseconds at a time. Every 50 ms it cost a drain a tenth of its speed. */
const BUSY_PAUSE_MS = 200

type Work = Exclude<ToDiskThread, { kind: 'close' }>

class DiskThread {
  private readonly clock = new SystemClock()
  private readonly writer: BatchWriter
  private readonly reader: EntryReader
  private stalled = false
  private isBusy = false
  private hasVacuumed = false
  private hasForgottenOrphans = false
  private idle: Timer | undefined
  private retry: Timer | undefined

  constructor(
    private readonly database: Database,
    private readonly mark: OpenMark,
    private readonly spillFile: SpillFile,
    private readonly room: Uint8Array,
    private readonly say: (message: FromDiskThread, transferred?: ArrayBuffer[]) => void,
  ) {
    this.writer = new BatchWriter(database)
    this.reader = new EntryReader(database)
  }

  close(isDrained: boolean): void {
    this.idle?.cancel()
    this.retry?.cancel()
    if (isDrained) this.leave()
    this.database.close()
    this.spillFile.close()
  }

  hear(message: Work): void {
    try {
      this.obey(message)
    } catch (error) {
      // Ends the thread. SQLite's own errors would lose their text on the way to the other one.
      throw new Error(reasonOf(error))
    }
    this.isBusy = true
    if (this.idle === undefined) this.tidyIn(IDLE_MS)
  }

  private obey(message: Work): void {
    if (typeof message === 'number') {
      return this.commit({ operations: this.room.subarray(0, message), definitions: [] })
    }
    switch (message.kind) {
      case 'commit':
        return this.commit(message.batch)
      case 'load': {
        const entries = detached(this.reader.read(message.queueId, message.first, message.last))
        const transferred = entries.runs.slice(0, 1).map(run => run.data.buffer as ArrayBuffer)
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
      case 'read-spilled': {
        const part = this.spillFile.read(message.queueId, message.first)
        return this.say({ kind: 'spilled-read', request: message.request, part })
      }
      case 'drop-spilled':
        this.spillFile.drop(message.queueId, message.from)
    }
  }

  private leave(): void {
    try {
      if (!this.hasForgottenOrphans) this.forgetOrphans()
    } catch {
      // a full disk: the next broker's business
    }
    this.mark.remove()
  }

  /** Not before something is to be kept: a file that nobody can make sense of stays as it is. */
  private forgetOrphans(): void {
    forgetOrphans(this.database)
    this.hasForgottenOrphans = true
  }

  private commit(batch: Batch): void {
    try {
      if (!this.hasForgottenOrphans) this.forgetOrphans()
      this.writer.write(batch, this.clock.now())
    } catch (error) {
      if (!this.stalled) this.say({ kind: 'stalled', reason: reasonOf(error) })
      this.stalled = true
      this.retry = this.clock.after(RETRY_MS, () => this.commit(batch))
      return
    }
    if (this.stalled) this.say({ kind: 'recovered' })
    this.stalled = false
    this.say(COMMITTED)
  }

  /** Gives free pages back between batches; while they come, only those beyond what they will soon need again. */
  private tidy(): void {
    const { isBusy } = this
    this.isBusy = false
    this.idle = undefined
    try {
      const free = Number(this.database.pragma('freelist_count', { simple: true }))
      if (free >= (isBusy ? BUSY_FREE_PAGES : VACUUM_PAGES)) {
        this.database.pragma(`incremental_vacuum(${VACUUM_PAGES})`)
        this.hasVacuumed = true
        this.tidyIn(isBusy ? BUSY_PAUSE_MS : 1)
      } else if (isBusy) this.tidyIn(IDLE_MS)
      else if (this.hasVacuumed) {
        // Only a checkpoint cuts the file off behind its last page.
        this.hasVacuumed = false
        this.database.pragma('wal_checkpoint(TRUNCATE)')
      }
    } catch {
      // a full disk: the next commit says so
    }
  }

  private tidyIn(ms: number): void {
    this.idle = this.clock.after(ms, () => this.tidy())
  }
}

/** The runs' data, one behind the other in memory that can be handed over: there may be thousands of small ones. */
function detached(entries: LoadedEntries): LoadedEntries {
  const { runs, settled } = entries
  if (runs.length === 1 && hasMemoryOfItsOwn(runs[0]!.data)) return entries
  const memory = new Uint8Array(runs.reduce((sum, { data }) => sum + data.length, 0))
  let at = 0
  const moved = runs.map(run => {
    const data = memory.subarray(at, at + run.data.length)
    data.set(run.data)
    at += data.length
    return { ...run, data }
  })
  return { runs: moved, settled }
}

function hasMemoryOfItsOwn({ byteLength, buffer }: Uint8Array): boolean {
  return byteLength > 0 && byteLength === buffer.byteLength
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function start(): void {
  const port = parentPort
  if (port === null) throw new Error('this file is a thread of its own')
  const { file, spillFile, durability, room } = workerData as DiskThreadData
  const say = (message: FromDiskThread, transferred: ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred)
  try {
    // All that a killed broker leaves when its mark was not copied along, or it was of a version that made none. SQLite
    // makes it when it opens the database.
    const hasLog = existsSync(`${file}-wal`)
    const database = openDatabase(file, durability)
    const mark = new OpenMark(file)
    const afterCrash = mark.put() || hasLog
    // A power cut must take neither the log nor the mark.
    syncFolder(dirname(file))
    // Its statements ask for tables that a damaged file may not have.
    const thread = orUnusable(file, () => new DiskThread(database, mark, new SpillFile(spillFile), room, say))
    port.on('message', (message: ToDiskThread) => {
      if (typeof message === 'number' || message.kind !== 'close') return thread.hear(message)
      thread.close(message.isDrained)
      // A batch of a broker that was refused may come behind: it would be tried for ever.
      port.removeAllListeners('message')
      port.close()
    })
    say({ kind: 'opened', definitions: orUnusable(file, () => readDefinitions(database, afterCrash)) })
  } catch (error) {
    if (!(error instanceof UnusableDatabase)) throw error
    say({ kind: 'refused', reason: error.message, isInUse: error instanceof DatabaseInUse })
    port.close()
  }
}

start()
