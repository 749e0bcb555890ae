/** docs/guides/testing.md: its tables of strict rules and of RabbitMQ's versions say what the code does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Compat, compatOf, compatVersions } from '../../src/broker/compat'
import { strictRules } from '../../src/testing/strict/rules'

const page = readFileSync(join(__dirname, '../../docs/guides/testing.md'), 'utf8')

/** The rows that begin with a name in code, of the section of this title. */
function rowsOf(title: string): string[][] {
  const [, section = ''] = page.split(`\n## ${title}\n`)
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter(line => /^\| `\w+` \|/.test(line))
  return lines.map(line => line.slice(2, -2).split(' | '))
}

function cellOf(value: Compat[keyof Compat]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return value === undefined ? 'none' : `\`${value}\``
}

describe('the guide to testing', () => {
  it('has each strict rule, and whether it is on', () => {
    const rows = rowsOf('Strict').map(([name, isOn, meaning]) => [name, isOn, meaning])
    const rules = Object.entries(strictRules).map(([name, { byDefault, meaning }]) => {
      return [`\`${name}\``, byDefault ? 'yes' : 'no', meaning]
    })
    expect(rows).toEqual(rules)
  })

  it('tells the versions apart as they differ', () => {
    const rows = rowsOf('Against several versions').map(cells => cells.slice(0, 4))
    expect(rows.length).toBeGreaterThan(5)
    for (const [name = '', ...cells] of rows) {
      const row = name.replaceAll('`', '') as keyof Compat
      expect([name, ...cells]).toEqual([
        name,
        ...compatVersions.map(version => cellOf(compatOf(version)[row])),
      ])
      expect(new Set(cells).size).toBeGreaterThan(1)
    }
  })
})
