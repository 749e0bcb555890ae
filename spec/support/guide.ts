/** A guide whose JavaScript is run: its first snippet under each heading, and what that prints. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '..', '..')

export class Guide {
  readonly page: string
  /** By heading. */
  readonly snippets: ReadonlyMap<string, string>

  constructor(path: string) {
    this.page = readFileSync(join(root, path), 'utf8')
    const found = this.page.matchAll(/^## ([^\n]+)$(?:(?!^## ).)*?^```js\n(.*?)^```$/gms)
    this.snippets = new Map([...found].map(([, title = '', text = '']) => [title, text]))
  }

  /** Expects that it ends well and complains of nothing. */
  outputOf(title: string): string {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-'], {
      cwd: root,
      input: this.snippets.get(title) ?? '',
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    return stdout.trim()
  }
}
