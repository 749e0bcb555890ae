/** docs/guides/testing.md: its snippets run as they stand there, and print what it says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Guide } from '../support/guide'

jest.setTimeout(60_000)

const root = join(__dirname, '..', '..')
const guide = new Guide('docs/guides/testing.md')
const { page, snippets } = guide

/** The times in a journey are those of one run. */
function untimed(text: string): string {
  return text.replace(/^ *\d+\.\d{3} s/gm, '…').replace(/^ +/gm, '')
}

describe('the guide to testing', () => {
  it('shows a test that passes', () => {
    expect(guide.outputOf('A test')).toMatch(/pass 1\n(.*\n)*.*fail 0/)
  })

  it('prints what it says: Time', () => {
    expect(page).toContain(`prints \`${guide.outputOf('Time')}\``)
  })

  const printing = ['What was seen', 'Faults', 'Restart and crash', 'Strict', 'Against several versions']
  it.each(printing)('prints what it says: %s', title => {
    const output = untimed(guide.outputOf(title))
    expect(output).not.toBe('')
    expect(untimed(page)).toContain(`prints\n\n${output}\n`)
  })

  it('has no other snippets', () => {
    expect(snippets.size).toBe(7)
    expect(page.match(/^```js$/gm)).toHaveLength(7)
  })

  it('names every fault there is', () => {
    const source = readFileSync(join(root, 'src/testing/faults/faults.ts'), 'utf8')
    const own = ['attach', 'through', 'watch', 'clear', 'constructor', 'queuesOf', 'describeRandom']
    const names = [...source.matchAll(/^ {2}([a-z]\w+)\(/gm)].map(([, name = '']) => name)
    const faults = names.filter(name => !own.includes(name))
    expect(faults.length).toBeGreaterThan(8)
    expect(faults.filter(name => !page.includes(`faults.${name}(`))).toEqual([])
  })
})
