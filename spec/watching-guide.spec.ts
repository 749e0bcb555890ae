/** docs/guides/watching.md: its snippets run as they stand there, and its tables name what there is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { optionTable } from '../src/config/options'
import { Guide } from './support/guide'

jest.setTimeout(60_000)

const root = join(__dirname, '..')
const guide = new Guide('docs/guides/watching.md')
const { page, snippets } = guide

describe('the guide to watching', () => {
  it.each(['Events', 'Messages: the firehose'])('prints what it says: %s', title => {
    const output = guide.outputOf(title)
    expect(output).not.toBe('')
    expect(page).toContain(`prints \`${output}\``)
  })

  it('prints the line of a refused login', () => {
    expect(guide.outputOf('Log lines')).toMatch(
      / \[warning\] PLAIN login refused: user 'guest' - invalid credentials/,
    )
  })

  it('has no other snippets', () => {
    expect(snippets.size).toBe(page.match(/^```js$/gm)?.length ?? 0)
    expect(snippets.size).toBe(3)
  })

  it('leads to options that there are', () => {
    const anchors = [...page.matchAll(/options\.md#(\w+)/g)].map(([, anchor]) => anchor)
    const options = Object.keys(optionTable).map(key => key.toLowerCase())
    expect(anchors.length).toBeGreaterThan(4)
    expect(anchors.filter(anchor => !options.includes(anchor ?? ''))).toEqual([])
  })

  it('lists every event', () => {
    const source = readFileSync(join(root, 'src/broker/events/events.ts'), 'utf8')
    const sources = source + readFileSync(join(root, 'src/auth/changes.ts'), 'utf8')
    const kinds = [...sources.matchAll(/^\s+(?:\| \{ )?readonly kind: (.*?)(?:;.*)?$/gm)].flatMap(
      ([, type = '']) => [...type.matchAll(/'([\w.]+)'/g)].map(([, kind]) => kind ?? ''),
    )
    expect(kinds.length).toBeGreaterThan(25)
    const listed = keysIn(page)
    expect(kinds.filter(kind => !listed.includes(kind))).toEqual([])
    expect(listed.filter(key => !kinds.includes(key))).toEqual([])
  })
})

/** `user.created`, `.tags.set`: keys that begin with a dot are of the thing named last. */
function keysIn(text: string): string[] {
  const rows = [...text.matchAll(/^\| (`(?!amq\.)(?:\w+\.)+\w+`.*?) \|/gm)].map(([, cell = '']) => cell)
  return rows.flatMap(cell => {
    let thing = ''
    return [...cell.matchAll(/`([\w.]+)`/g)].map(([, key = '']) => {
      if (key.startsWith('.')) return thing + key
      thing = key.replace(/\.(created|set|success)$/, '')
      return key
    })
  })
}
