/** docs/guides/from-testcontainers.md: its snippets run as they stand there, and print what it says. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Guide } from '../support/guide'
import { temporaryFolder } from '../support/temporary-folder'

jest.setTimeout(60_000)

const root = join(__dirname, '..', '..')
const guide = new Guide('docs/guides/from-testcontainers.md')
const { page } = guide
const bin = temporaryFolder()

/** The command `leveret`, as where it is installed. */
beforeAll(() => {
  const main = join(root, 'dist', 'main.js')
  writeFileSync(join(bin, 'leveret'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, {
    mode: 0o755,
  })
})

describe('the guide from testcontainers', () => {
  it('shows tests that pass, beside each other in one broker', () => {
    expect(guide.outputOf('Node')).toMatch(/pass 2\n(.*\n)*.*fail 0/)
  })

  it('runs the same suite against both', () => {
    expect(page).toContain(`It prints \`${guide.outputOf('The same suite against both')}\``)
  })

  it('runs commands of other languages', () => {
    const [, command = '', output = ''] = /^```sh\n(.*?)^```\n\n```text\n(.*?)^```$/ms.exec(page) ?? []
    expect(command).toContain('leveret exec')
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` }
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8', env })).toBe(output)
  })

  it('has no other snippets', () => {
    expect(page.match(/^```(js|sh)$/gm)).toEqual(['```js', '```sh', '```js'])
  })
})
