/**
 * A power cut after a SIGKILL: what the process had written and not synced is taken out of the files again.
 *
 * With a C compiler (Linux) the broker runs with `unsynced.c` preloaded, which sees every write and every fsync, so the
 * files go back to exactly what was synced. Without one, the WAL's size is noted at each answer, and cut there: that
 * shows that nothing is confirmed before it is written and that a torn end does no harm, but not that it was synced.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from './random'
import { type CutKind, cut } from './undo-log'

export interface CutReport {
  readonly words: string
  /** Whether there was anything to lose in the WAL, and in the database file: then a checkpoint was on its way. */
  readonly hitWal: boolean
  readonly hitDatabase: boolean
}

export interface PowerCut {
  /** For the broker's process. */
  readonly environment: Record<string, string>
  /** The broker promised something. */
  answered(): void
  /** Between the death of a broker and the start of the next. */
  cut(random: Random): CutReport
}

const FILES = ['leveret.db', 'leveret.db-journal', 'leveret.db-wal', 'leveret.db-open']
const KINDS: readonly CutKind[] = ['lost', 'torn', 'garbage']

/** `folder`: for notes about the files in `dataDir`, both without links in them. */
export function preparePowerCut(dataDir: string, folder: string): PowerCut {
  const library = compiled()
  return library === undefined
    ? new CutWal(join(dataDir, 'leveret.db-wal'))
    : new CutUnsynced(library, dataDir, folder)
}

/** Whether power cuts know what was synced. */
export function knowsWhatIsSynced(): boolean {
  return compiled() !== undefined
}

class CutUnsynced implements PowerCut {
  readonly environment: Record<string, string>

  constructor(
    library: string,
    private readonly dataDir: string,
    private readonly folder: string,
  ) {
    mkdirSync(folder, { recursive: true })
    this.environment = { LD_PRELOAD: library, CRASH_WATCHED: dataDir, CRASH_UNDO: folder }
  }

  answered(): void {}

  cut(random: Random): CutReport {
    const kind = random.pick(KINDS)
    const [database, journal, wal] = FILES.map(name =>
      cut(join(this.dataDir, name), join(this.folder, name), kind, random),
    ) as [number, number, number]
    return { words: `${kind} ${database + journal + wal}`, hitWal: wal > 0, hitDatabase: database > 0 }
  }
}

const WAL_HEADER_BYTES = 32

class CutWal implements PowerCut {
  readonly environment = {}
  private size = 0
  private header = ''

  constructor(private readonly wal: string) {}

  answered(): void {
    this.size = statSync(this.wal, { throwIfNoEntry: false })?.size ?? 0
    this.header = this.readHeader()
  }

  cut(random: Random): CutReport {
    const words = this.cutWal(random)
    return { words, hitWal: words !== 'nothing', hitDatabase: false }
  }

  private cutWal(random: Random): string {
    const isSameLog = this.header === this.readHeader()
    // A new header stands for a checkpoint: all of the old log is in the database, and synced there.
    const size = isSameLog ? this.size : WAL_HEADER_BYTES
    if (!existsSync(this.wal) || statSync(this.wal).size <= size) return 'nothing'
    const beyond = statSync(this.wal).size - size
    if (!isSameLog || random.chance(0.5)) {
      truncateSync(this.wal, size)
      return `cut ${beyond}`
    }
    const descriptor = openSync(this.wal, 'r+')
    const garbage = random.bytes(Math.min(beyond, 4096))
    writeSync(descriptor, garbage, 0, garbage.length, size)
    closeSync(descriptor)
    return `garbage ${beyond}`
  }

  private readHeader(): string {
    if (!existsSync(this.wal)) return ''
    const header = Buffer.alloc(WAL_HEADER_BYTES)
    const descriptor = openSync(this.wal, 'r')
    readSync(descriptor, header, 0, WAL_HEADER_BYTES, 0)
    closeSync(descriptor)
    return header.toString('hex')
  }
}

/** Compiles `unsynced.c` once. Undefined: there is no compiler for it. */
function compiled(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const source = join(__dirname, 'unsynced.c')
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)
  const library = join(tmpdir(), `leveret-unsynced-${hash}.so`)
  if (existsSync(library)) return library
  const made = `${library}.${process.pid}`
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', made, source, '-ldl', '-lpthread'])
  if (status !== 0) return undefined
  renameSync(made, library)
  return library
}
