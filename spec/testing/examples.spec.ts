/** examples/testing: the same service tested with every runner, in a project where Leveret is installed. */
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { InstalledProject, runners } from '../support/installed-project'

jest.setTimeout(60_000)

const examples = join(__dirname, '..', '..', 'examples', 'testing')
const project = new InstalledProject()

const installed = [
  'amqplib',
  'amqp-connection-manager',
  'mocha',
  'vitest',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/microservices',
  'reflect-metadata',
  'rxjs',
  '@swc/jest',
]

const runs: Readonly<Record<string, readonly string[]>> = {
  'billing.jest.test.js': [runners.jest, '--testMatch', '**/billing.jest.test.js'],
  'billing.vitest.test.mjs': [runners.vitest, 'run', 'billing.vitest.test.mjs'],
  'billing.mocha.test.js': [runners.mocha, 'billing.mocha.test.js'],
  'versions.jest.test.js': [runners.jest, '--testMatch', '**/versions.jest.test.js'],
  'versions.node.test.mjs': ['--test', 'versions.node.test.mjs'],
  'reconnecting.node.test.mjs': ['--test', 'reconnecting.node.test.mjs'],
  'nestjs/billing.nest.test.ts': [runners.jest, '--config', 'nestjs/jest.config.js'],
}

beforeAll(() => {
  project.install(installed)
  cpSync(examples, project.folder, { recursive: true })
})

/** What it prints. Fails with that unless all tests pass. */
function run(args: readonly string[]): string {
  const { printed, status } = project.run(args)
  if (status !== 0) throw new Error(printed)
  return printed
}

describe('an example of a test', () => {
  it.each([
    ['billing.jest.test.js', /3 passed, 3 total/],
    ['billing.vitest.test.mjs', /1 passed/],
    ['billing.mocha.test.js', /1 passing/],
    ['versions.jest.test.js', /9 passed, 9 total/],
    ['versions.node.test.mjs', /pass 3\n/],
    ['reconnecting.node.test.mjs', /pass 1\n/],
    ['nestjs/billing.nest.test.ts', /5 passed, 5 total/],
  ])('passes: %s', (file, passed) => {
    expect(run(runs[file] ?? [])).toMatch(passed)
  })

  it('is run here, each of them', () => {
    const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })
    const tests = files.filter(file => file.includes('.test.'))
    expect(tests.sort()).toEqual(Object.keys(runs).sort())
  })
})
