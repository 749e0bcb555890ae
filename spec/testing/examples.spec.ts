/**
 * examples/testing: the same service tested with every runner, in a project where Leveret is installed as it is for
 * others: test runners treat what they find in node_modules differently from what is tested.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder'

jest.setTimeout(60_000)

const root = join(__dirname, '..', '..')
const project = realpathSync(temporaryFolder())
const tool = (name: string) => join(root, 'node_modules', name)

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
  'billing.jest.test.js': [tool('jest/bin/jest.js'), '--testMatch', '**/*.jest.test.js'],
  'billing.vitest.test.mjs': [tool('vitest/vitest.mjs'), 'run', 'billing.vitest.test.mjs'],
  'billing.mocha.test.js': [tool('mocha/bin/mocha.js'), 'billing.mocha.test.js'],
  'reconnecting.node.test.mjs': ['--test', 'reconnecting.node.test.mjs'],
  'nestjs/billing.nest.test.ts': [tool('jest/bin/jest.js'), '--config', 'nestjs/jest.config.js'],
}

beforeAll(() => {
  const packages = join(project, 'node_modules')
  mkdirSync(join(packages, 'leveret'), { recursive: true })
  for (const part of ['dist', 'package.json'])
    cpSync(join(root, part), join(packages, 'leveret', part), { recursive: true })
  for (const scope of ['@nestjs', '@swc']) mkdirSync(join(packages, scope))
  for (const name of installed) symlinkSync(realpathSync(tool(name)), join(packages, name))
  cpSync(join(root, 'examples', 'testing'), project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
})

/** What it prints. Fails with that unless all tests pass. */
function run(args: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: '1' }
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    env,
  })
  const printed = stdout + stderr
  if (status !== 0) throw new Error(printed)
  return printed
}

describe('an example of a test', () => {
  it.each([
    ['billing.jest.test.js', /3 passed, 3 total/],
    ['billing.vitest.test.mjs', /1 passed/],
    ['billing.mocha.test.js', /1 passing/],
    ['reconnecting.node.test.mjs', /pass 1\n/],
    ['nestjs/billing.nest.test.ts', /5 passed, 5 total/],
  ])('passes: %s', (file, passed) => {
    expect(run(runs[file] ?? [])).toMatch(passed)
  })

  it('is run here, each of them', () => {
    const files = readdirSync(join(root, 'examples', 'testing'), { recursive: true, encoding: 'utf8' })
    const tests = files.filter(file => file.includes('.test.'))
    expect(tests.sort()).toEqual(Object.keys(runs).sort())
  })
})
