/** docs/security.md proves what it says: each spec that it names is there, and each option. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '..')
const page = readFileSync(join(root, 'docs', 'security.md'), 'utf8')

describe('docs/security.md', () => {
  it('names only specs that there are', () => {
    const named = [...new Set(page.match(/spec\/[\w./-]+\.spec\.ts/g))]
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  it('names a spec in every row that says what holds something', () => {
    const rows = page.split('\n').filter(line => /^\| .* \| .* \| .* \|$/.test(line))
    expect(rows.filter(row => !/spec\/|shown by/.test(row))).toEqual([])
  })

  it('leads to options that there are', () => {
    const options = readFileSync(join(root, 'docs', 'reference', 'options.md'), 'utf8').toLowerCase()
    const named = [...page.matchAll(/options\.md#(\w+)/g)].map(([, anchor]) => anchor)
    expect(
      named.filter(name => !options.includes(`### \`${name}\``) && !options.includes(`### ${name}`)),
    ).toEqual([])
  })
})
