/** docs/reference/queue-arguments.md against the arguments and policy keys there are, in both directions. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATOR_POLICY_KEYS, POLICY_KEYS } from '../../src/broker/policies/policy-definition'
import { COMPARED_ARGUMENTS } from '../../src/queues/arguments'

const page = readFileSync(join(__dirname, '../../docs/reference/queue-arguments.md'), 'utf8')

/** Argument and policy of the rows that have a setting. */
function settingsOn(text: string): [argument: string, policy: string][] {
  const parts = ['Settings', 'Without effect'].map(
    title => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '',
  )
  return parts
    .flatMap(part => part.split('\n').filter(line => line.startsWith('| ')))
    .map(line => line.split('|').map(cell => cell.trim()))
    .map(([, argument = '', policy = '']): [string, string] => [argument, policy])
    .filter(cells => cells.some(cell => cell.startsWith('`')))
}

function words(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '')
}

const settings = settingsOn(page)

describe('the page on queue arguments', () => {
  it('has every argument that is checked, and no others', () => {
    const told = settings.flatMap(([argument]) => words(argument))
    expect(told.sort()).toEqual([...COMPARED_ARGUMENTS].sort())
  })

  it('has every policy key, and no others', () => {
    expect(settings.flatMap(([, policy]) => words(policy)).sort()).toEqual([...POLICY_KEYS].sort())
  })

  it('says which of them an operator policy may have', () => {
    const told = settings
      .filter(([, policy]) => policy.endsWith('operator'))
      .flatMap(([, policy]) => words(policy))
    expect(told.sort()).toEqual([...OPERATOR_POLICY_KEYS].sort())
  })

  it('is found out when it lacks one', () => {
    expect(settingsOn(page.replace(/^\| `x-expires`.*\n/m, ''))).toHaveLength(settings.length - 1)
  })
})
