/** docs/dependencies.md names each package that package.json does, in its part of the page, and no other. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '..')
const [, shipped = '', forWork = ''] = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8').split(
  /^## (?!A new one)/m,
)
const packageJson: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)

/** The names in the first column of a table. */
function named(part: string): string[] {
  const firstCells = [...part.matchAll(/^\|(.*?)\|/gm)].map(([, cell]) => cell ?? '')
  return firstCells.flatMap(cell => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''))
}

describe('docs/dependencies.md', () => {
  it.each([
    ['what comes with the package', 'dependencies', shipped],
    ['what is for working on it', 'devDependencies', forWork],
  ])('names %s', (_, kind, part) => {
    expect(named(part).sort()).toEqual(Object.keys(packageJson[kind] ?? {}).sort())
  })
})
