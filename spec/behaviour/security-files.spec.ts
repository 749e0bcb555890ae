/** What a broker leaves on the disk is its owner's alone: messages, recordings and password hashes are in it. */
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Recorder } from '../../src/recording/recorder'
import { DataDir } from '../../src/store/data-dir'
import { openDatabase, openSpillDatabase } from '../../src/store/sqlite/database'
import { ManualClock } from '../support/manual-clock'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const newPath = pathsIn(temporaryFolder())
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const mask = process.umask(0o022)
afterAll(() => process.umask(mask))

function madeFolder(): DataDir {
  const dir = new DataDir(join(newPath(), 'data'))
  dir.make()
  return dir
}

describe('a recording', () => {
  it('is its owner’s alone, though the file was there and was not', () => {
    const path = newPath()
    writeFileSync(path, '')
    expect(mode(path)).toBe('644')
    new Recorder(path, { clock: new ManualClock(), onFailed: () => {} }).close()
    expect(mode(path)).toBe('600')
  })
})

describe('a data folder', () => {
  it('is made for its owner alone, with all that is in it', () => {
    const dir = madeFolder()
    expect(mode(dir.path)).toBe('700')
    const database = openDatabase(dir.databaseFile, 'os')
    database.exec('CREATE TABLE some (thing)')
    const files = readdirSync(dir.path)
    expect(files).toContain('leveret.db-wal')
    expect(files.map(file => [file, mode(join(dir.path, file))])).toEqual(files.map(file => [file, '600']))
    database.close()
    const spill = join(dir.path, 'spill')
    openSpillDatabase(spill).close()
    expect(mode(spill)).toBe('600')
  })

  it('stays as whoever made it wants it', () => {
    const path = newPath()
    mkdirSync(path)
    chmodSync(path, 0o750)
    const dir = new DataDir(path)
    dir.make()
    writeFileSync(dir.databaseFile, '')
    chmodSync(dir.databaseFile, 0o640)
    openDatabase(dir.databaseFile, 'os').close()
    expect([mode(path), mode(dir.databaseFile)]).toEqual(['750', '640'])
  })
})
