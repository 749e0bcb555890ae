/** A violation fails a test of each test runner: where it is asked for, where it happens, and in the hook that resets. */
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InstalledProject, runners } from '../support/installed-project'

jest.setTimeout(60_000)

const project = new InstalledProject()

const suites: Readonly<Record<string, string>> = {
  'strict.jest.test.js': `require('./strict-suite.js')({ test, beforeAll, afterEach, afterAll })`,
  'strict.vitest.test.mjs': `import { afterAll, afterEach, beforeAll, test } from 'vitest'
    import suite from './strict-suite.js'
    suite({ test, beforeAll, afterEach, afterAll })`,
  'strict.mocha.test.js': `const { after, afterEach, before, it } = require('mocha')
    require('./strict-suite.js')({ test: it, beforeAll: before, afterEach, afterAll: after })`,
  'strict.node.test.mjs': `import { after, afterEach, before, test } from 'node:test'
    import suite from './strict-suite.js'
    suite({ test, beforeAll: before, afterEach, afterAll: after })`,
}

beforeAll(() => {
  project.install(['amqplib', 'mocha', 'vitest'])
  copyFileSync(join(__dirname, '../support/strict-suite.js'), join(project.folder, 'strict-suite.js'))
  for (const [file, text] of Object.entries(suites)) writeFileSync(join(project.folder, file), text)
})

describe('a strict broker fails a test of', () => {
  it.each([
    ['jest', [runners.jest, 'strict.jest.test.js'], /2 failed, 2 passed/, [/● asks/, /● resets/]],
    ['vitest', [runners.vitest, 'run', 'strict.vitest.test.mjs'], /✓ allows/, [/× asks/, /× resets/]],
    ['mocha', [runners.mocha, 'strict.mocha.test.js'], /✔ allows/, [/\d\) asks/, /hook for "resets"/]],
    [
      'node:test',
      ['--test', 'strict.node.test.mjs'],
      /^ok 1 - allows/m,
      [/not ok 2 - asks/, /not ok 4 - resets/],
    ],
  ])('%s', (_, args, passed, failed) => {
    const { printed, status } = project.run(args)
    expect(status).not.toBe(0)
    expect(printed).toMatch(passed)
    for (const line of failed) expect(printed).toMatch(line)
    expect(printed).toMatch(/at once: unroutable/)
    expect(printed.match(/StrictViolated|test broker is strict/g)?.length).toBeGreaterThan(1)
  })
})
