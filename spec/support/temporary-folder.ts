/** A folder for the specs of one file; it goes with them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-spec-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A new path in the folder at each call. Nothing is there yet. */
export function pathsIn(folder: string): () => string {
  let count = 0
  return () => join(folder, `${++count}`)
}
