import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder'
import { CommandedBroker } from './against-a-broker'
import { killAll } from './leveret'

const folder = temporaryFolder()
let broker: CommandedBroker

beforeAll(async () => {
  broker = await CommandedBroker.open()
})

afterAll(() => broker.close())

afterEach(killAll)

describe('leveret definitions', () => {
  it('exports to a file of its owner alone, which another broker imports', async () => {
    const file = join(folder, 'broker.json')
    await broker.says(['declare', 'exchange', 'exported', '--type', 'topic'])
    await broker.says(['declare', 'queue', 'exported', '--argument', 'x-max-length=7'])
    await broker.says(['bind', 'exported', 'exported', '-k', 'a.#', '--argument', 'n=1'])
    expect(await broker.says(['definitions', 'export', file])).toBe(`exported to ${file}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await broker.says(['definitions', 'export'])).toBe(readFileSync(file, 'utf8'))

    const other = await CommandedBroker.open()
    try {
      expect(await other.says(['definitions', 'import', file])).toMatch(/^imported .*\b1 bindings/)
      expect(
        await other.json(['list', 'queues', '--filter', '^exported$', '--columns', 'name,arguments']),
      ).toEqual([{ name: 'exported', arguments: { 'x-max-length': 7 } }])
      const vhost = await broker.says(['definitions', 'export', '-p', '/'])
      await other.says(['vhost', 'add', 'copy'])
      await other.says(['definitions', 'import', '-', '-p', 'copy'], vhost)
      expect(
        await other.json(['list', 'bindings', '-p', 'copy', '--filter', 'a.#', '--columns', 'source']),
      ).toEqual([{ source: 'exported' }])
    } finally {
      await other.close()
    }
  })

  it('refuses what is none', async () => {
    expect(await broker.run(['definitions', 'import'], '[]')).toMatchObject({
      code: 1,
      errors: 'leveret: these are no definitions: it must be a JSON object\n',
    })
    const file = join(folder, 'broken')
    writeFileSync(file, '{"queues": [')
    expect((await broker.run(['definitions', 'import', file])).errors).toMatch(
      /^leveret: these are no definitions: /,
    )
    writeFileSync(file, '{"users": [{"name": "ada", "password": hunter2}]}')
    expect((await broker.run(['definitions', 'import', file])).errors).not.toContain('hunter')
    expect(await broker.run(['definitions', 'import', join(folder, 'nope')])).toMatchObject({ code: 1 })
  })
})
