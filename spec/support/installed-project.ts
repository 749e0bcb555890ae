/**
 * A project in which Leveret is installed as it is for others, beside packages of ours: test runners treat what they find
 * in node_modules differently from what is tested. Needs `dist/`.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from './temporary-folder'

const root = join(__dirname, '..', '..')

/** The program of a test runner. */
export const tool = (name: string) => join(root, 'node_modules', name)

export const runners = {
  jest: tool('jest/bin/jest.js'),
  mocha: tool('mocha/bin/mocha.js'),
  vitest: tool('vitest/vitest.mjs'),
} as const

export interface Ran {
  readonly status: number | null
  readonly printed: string
}

export class InstalledProject {
  readonly folder = realpathSync(temporaryFolder())

  /** To be called before all specs. */
  install(packages: readonly string[]): void {
    const installed = join(this.folder, 'node_modules')
    mkdirSync(join(installed, 'leveret'), { recursive: true })
    for (const part of ['dist', 'package.json'])
      cpSync(join(root, part), join(installed, 'leveret', part), { recursive: true })
    for (const name of packages) {
      mkdirSync(dirname(join(installed, name)), { recursive: true }) // of a scope
      symlinkSync(realpathSync(tool(name)), join(installed, name))
    }
    writeFileSync(join(this.folder, 'package.json'), '{ "private": true }')
  }

  /** Runs Node there. */
  run(args: readonly string[]): Ran {
    const env = { ...process.env, NO_COLOR: '1' }
    const options = { cwd: this.folder, encoding: 'utf8', env, timeout: 50_000 } as const
    const { stdout, stderr, status } = spawnSync(process.execPath, args, options)
    return { status, printed: stdout + stderr }
  }
}
