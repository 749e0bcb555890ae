/** What a power cut leaves of a file, from the notes about its writes. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from './random'
import { type CutKind, cut } from './undo-log'

const folder = mkdtempSync(join(tmpdir(), 'leveret-undo-'))
const file = join(folder, 'leveret.db-wal')
const log = join(folder, 'notes')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SECTOR = 512
const synced = Buffer.alloc(4 * SECTOR, 'a')
const written = Buffer.concat([synced.subarray(0, 2 * SECTOR), Buffer.alloc(6 * SECTOR, 'b')])

/** The second half was overwritten, and as much again added behind it. */
function afterAnUnsyncedWrite(): void {
  writeFileSync(file, written)
  writeFileSync(log, note(2 * SECTOR, 6 * SECTOR, synced.subarray(2 * SECTOR), synced.length))
}

describe('a power cut', () => {
  it('that loses everything leaves what was synced', () => {
    afterAnUnsyncedWrite()
    expect(cut(file, log, 'lost', new Random('1'))).toBe(1)
    expect(readFileSync(file).equals(synced)).toBe(true)
    expect(existsSync(log)).toBe(false)
  })

  it.each<CutKind>(['torn', 'garbage'])('that is %s touches nothing of what was synced', kind => {
    for (let seed = 0; seed < 50; seed++) {
      afterAnUnsyncedWrite()
      cut(file, log, kind, new Random(String(seed)))
      const left = readFileSync(file)
      expect(left.length).toBeGreaterThanOrEqual(synced.length)
      expect(left.subarray(0, 2 * SECTOR).equals(synced.subarray(0, 2 * SECTOR))).toBe(true)
    }
  })

  it('that tears keeps some sectors whole and loses others', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 50; seed++) {
      afterAnUnsyncedWrite()
      cut(file, log, 'torn', new Random(String(seed)))
      const left = readFileSync(file)
      for (let at = 2 * SECTOR; at + SECTOR <= left.length; at += SECTOR) {
        const bytes = new Set(left.subarray(at, at + SECTOR))
        expect(bytes.size).toBe(1)
        for (const byte of bytes) seen.add(byte === 0 ? 'nothing' : String.fromCharCode(byte))
      }
    }
    expect([...seen].sort()).toEqual(['a', 'b', 'nothing'])
  })

  it('undoes several writes to one place in the reverse order', () => {
    writeFileSync(file, 'third')
    writeFileSync(
      log,
      Buffer.concat([note(0, 5, Buffer.from('first'), 5), note(0, 5, Buffer.from('later'), 5)]),
    )
    cut(file, log, 'lost', new Random('1'))
    expect(readFileSync(file, 'utf8')).toBe('first')
  })

  it('passes over a note that was not finished, for its write was not begun', () => {
    writeFileSync(file, 'whole')
    writeFileSync(log, note(0, 5, Buffer.from('wrong'), 5).subarray(0, 35))
    expect(cut(file, log, 'lost', new Random('1'))).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('whole')
  })

  it('takes a file away that its folder was never synced with', () => {
    writeFileSync(file, 'new')
    writeFileSync(log, '')
    writeFileSync(`${log}.created`, '')
    cut(file, log, 'lost', new Random('1'))
    expect(existsSync(file)).toBe(false)
  })
})

/** As `unsynced.c` writes it. */
function note(offset: number, bytes: number, replaced: Buffer, sizeBefore: number): Buffer {
  const header = Buffer.alloc(32)
  const fields = [offset, bytes, replaced.length, sizeBefore]
  for (const [index, field] of fields.entries()) header.writeBigUInt64LE(BigInt(field), index * 8)
  return Buffer.concat([header, replaced])
}
