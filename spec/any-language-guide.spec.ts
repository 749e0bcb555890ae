/** docs/guides/any-language.md: every block of it run as it stands there, and it must say what the page says. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './support/temporary-folder'

jest.setTimeout(90_000)

const root = join(__dirname, '..')
const page = readFileSync(join(root, 'docs/guides/any-language.md'), 'utf8')
const blocks = [
  ...page.matchAll(/^## ([^\n]+)$(?:(?!^## ).)*?^```sh\n(.*?)^```\n\n```text\n(.*?)^```$/gms),
].map(([, title = '', script = '', expected = '']) => ({ title, script, expected }))

/** `leveret` and Debian's Python are found first. */
const folder = temporaryFolder()
const environment = { PATH: `${folder}:/usr/bin:${process.env['PATH']}` }

beforeAll(() => {
  const program = join(folder, 'leveret')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/main.js')}' "$@"\n`)
  chmodSync(program, 0o755)
})

/** What succeeds where a block can be run. */
const needs: readonly (readonly [part: string, probe: readonly string[]])[] = [
  ['amqp-', ['amqp-get', '--help']],
  ['import os, pika', ['python3', '-c', 'import pika']],
  ['celery', ['python3', '-c', 'import celery']],
]

describe('the guide to tests in any language', () => {
  it('has blocks that are run here', () => {
    expect(blocks).toHaveLength(page.match(/^```sh$/gm)?.length ?? 0)
    expect(blocks.length).toBeGreaterThan(4)
  })

  for (const { title, script, expected } of blocks) {
    const isHere = needs.every(([part, probe]) => !script.includes(part) || run(probe).status === 0)
    const test = isHere ? it : it.skip
    test(`tells what is said under "${title}"`, () => {
      const { output, errors, status } = run(['sh', '-c', script])
      expect({ output, errors, status }).toEqual({ output: expected, errors: '', status: 0 })
    })
  }
})

function run([command = '', ...args]: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    timeout: 80_000,
  })
  return { output: stdout ?? '', errors: stderr ?? '', status }
}
