/** Parts of queues in the spill file: shown and left, taken once, dropped; and what becomes of them on a full disk. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpillFile } from '../../../src/store/sqlite/spill-file'

const folder = mkdtempSync(join(tmpdir(), 'leveret-spec-'))
afterAll(() => rmSync(folder, { recursive: true }))

const part = { entries: Int32Array.of(1, -2, 3), records: Uint8Array.of(4, 5) }

describe.each([
  ['on the disk', join(folder, 'spill')],
  ['in memory, where nothing can be written', join(folder, 'nowhere', 'spill')],
])('a spilled part %s', (_where, path) => {
  it('can be looked at, and is there until it is taken', () => {
    const file = new SpillFile(path)
    file.put(1, 4096, part)
    for (const seen of [file.read(1, 4096), file.read(1, 4096), file.take(1, 4096)]) {
      expect([...seen!.entries]).toEqual([1, -2, 3])
      expect([...seen!.records]).toEqual([4, 5])
    }
    expect(() => file.take(1, 4096)).toThrow()
    file.close()
  })

  it('is dropped with those behind it', () => {
    const file = new SpillFile(path)
    for (const first of [0, 10, 20]) file.put(1, first, part)
    file.put(2, 20, part)
    file.drop(1, 10)
    const isThere = (queueId: number, first: number): boolean => file.read(queueId, first) !== undefined
    expect([isThere(1, 0), isThere(1, 10), isThere(1, 20), isThere(2, 20)]).toEqual([
      true,
      false,
      false,
      true,
    ])
    file.close()
  })
})
