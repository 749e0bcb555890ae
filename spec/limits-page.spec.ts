/** docs/limits.md against the options and the errors there are. What it says of speed is measured, not checked. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { optionKeys, optionTable } from '../src/config/options'

const root = join(__dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const page = read('docs/limits.md')

describe('the page on limits', () => {
  it('names every option that limits what clients may ask for, and no other', () => {
    const named = [...page.matchAll(/\[`(\w+)`\]\(reference\/options\.md#(\w+)\)/g)]
    for (const [, key, anchor] of named) expect(key?.toLowerCase()).toBe(anchor)
    const keys = named.map(([, key]) => key as string)
    expect(keys.filter(key => !(optionKeys as string[]).includes(key))).toEqual([])
    const limiting = optionKeys.filter(key => optionTable[key].group === 'AMQP limits')
    expect(limiting.filter(key => !keys.includes(key))).toEqual([])
  })

  it('tells errors as the page on errors does', () => {
    const shape = (text: string): string => text.replace(/\d+/g, '1').replace(/'[^']*'/g, "'n'")
    const known = new Set(
      [...read('docs/reference/errors.md').matchAll(/`([^`]+)`/g)].map(([, t]) => shape(t!)),
    )
    const told = [...page.matchAll(/`[A-Z_]+ - ([^`…]+)`/g)].map(([, text]) => text as string)
    expect(told.length).toBeGreaterThan(10)
    expect(told.filter(text => !known.has(shape(text)))).toEqual([])
  })
})
