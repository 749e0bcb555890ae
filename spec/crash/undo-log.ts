/**
 * What `unsynced.c` noted, and how it is done: the file goes back to what an fsync made safe, or to some of what a disk
 * may have kept beyond that. Disks keep or lose whole sectors, in any order.
 *
 *     file    │ synced ……………………………………………│ written since          │
 *     lost    │                                │  cut off, overwritten sectors as before
 *     torn    │                                │▒▒░░▒▒▒░▒  each sector kept or lost by chance, the end anywhere
 *     garbage │                                │▒▒xx▒▒▒x▒  torn, and in a WAL the lost sectors hold anything
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import type { Random } from './random'

export type CutKind = 'lost' | 'torn' | 'garbage'

interface UndoRecord {
  readonly offset: number
  readonly written: number
  readonly replaced: Buffer
  readonly sizeBefore: number
}

const HEADER_BYTES = 32
const SECTOR_BYTES = 512

/** Undoes what no fsync followed. Returns how many writes that were. */
export function cut(file: string, log: string, kind: CutKind, random: Random): number {
  if (!existsSync(log)) return 0
  const records = readLog(readFileSync(log))
  const isUnlisted = existsSync(`${log}.created`)
  rmSync(log)
  rmSync(`${log}.created`, { force: true })
  if (!existsSync(file)) return 0
  if (isUnlisted && (kind === 'lost' || random.chance(0.5))) {
    rmSync(file) // its directory was never synced
    return records.length
  }
  if (records.length === 0) return 0
  const descriptor = openSync(file, 'r+')
  if (kind === 'lost') undoAll(descriptor, records)
  else tear(descriptor, records, random, kind === 'garbage' && file.endsWith('-wal'))
  closeSync(descriptor)
  return records.length
}

/** A record that was not finished belongs to a write that was not begun. */
export function readLog(bytes: Buffer): UndoRecord[] {
  const records: UndoRecord[] = []
  let at = 0
  while (at + HEADER_BYTES <= bytes.length) {
    const [offset, written, replaced, sizeBefore] = [0, 8, 16, 24].map(field =>
      Number(bytes.readBigUInt64LE(at + field)),
    ) as [number, number, number, number]
    const end = at + HEADER_BYTES + replaced
    if (end > bytes.length) break
    records.push({ offset, written, replaced: bytes.subarray(at + HEADER_BYTES, end), sizeBefore })
    at = end
  }
  return records
}

function undoAll(descriptor: number, records: readonly UndoRecord[]): void {
  for (const { offset, replaced, sizeBefore } of [...records].reverse()) {
    if (replaced.length > 0) writeSync(descriptor, replaced, 0, replaced.length, offset)
    ftruncateSync(descriptor, sizeBefore)
  }
}

function tear(
  descriptor: number,
  records: readonly UndoRecord[],
  random: Random,
  withGarbage: boolean,
): void {
  const lossiness = random.next()
  const size = fstatSync(descriptor).size
  for (const record of [...records].reverse()) {
    const end = Math.min(record.offset + record.written, size)
    for (let at = record.offset; at < end; at = sectorAfter(at)) {
      if (!random.chance(lossiness)) continue
      const lost = Math.min(sectorAfter(at), end) - at
      const before = withGarbage ? random.bytes(lost) : bytesBefore(record, at, lost)
      writeSync(descriptor, before, 0, lost, at)
    }
  }
  const synced = records[0]!.sizeBefore
  if (size > synced) ftruncateSync(descriptor, random.chance(0.5) ? size : random.between(synced, size))
}

/** What was at a place before it was written; zeros where the file had not reached. */
function bytesBefore({ offset, replaced }: UndoRecord, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  replaced.subarray(at - offset, at - offset + length).copy(bytes)
  return bytes
}

function sectorAfter(at: number): number {
  return (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES
}
