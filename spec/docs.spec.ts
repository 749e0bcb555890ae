/** What the pages of the project say of themselves: links that lead somewhere, commands and decisions that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(__dirname, '..')
const pages = [
  '.',
  'docs',
  'docs/decisions',
  'docs/reference',
  'docs/guides',
  'examples',
  'conformance',
  'bench',
]
  .filter(folder => existsSync(join(root, folder)))
  .flatMap(folder => readdirSync(join(root, folder)).map(name => join(folder, name)))
  .filter(path => path.endsWith('.md'))

describe('a page', () => {
  it.each(pages)('%s has links that lead somewhere', page => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? '')
    const broken = links
      .filter(target => !/^[a-z]+:/.test(target))
      .filter(target => !existsSync(join(root, dirname(page), target)))
    expect(broken).toEqual([])
  })

  it.each(pages)('%s names only npm scripts that there are', page => {
    const named = [...read(page).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name)
    expect(named.filter(name => !scripts().includes(name ?? ''))).toEqual([])
  })
})

describe('CONTRIBUTING.md', () => {
  it('tells what every npm script is for', () => {
    const text = read('CONTRIBUTING.md')
    const untold = scripts().filter(
      name => name !== 'prepack' && !new RegExp(`npm (run )?${name}\\b`).test(text),
    )
    expect(untold).toEqual([])
  })
})

describe('docs/decisions', () => {
  const decisions = readdirSync(join(root, 'docs', 'decisions')).filter(name => /^\d{4}-.*\.md$/.test(name))

  it('are numbered without gaps, and listed in their order', () => {
    const listed = [...read('docs/decisions/README.md').matchAll(/\]\((\d{4}-[^)]+)\)/g)].map(
      ([, name]) => name,
    )
    expect(listed).toEqual([...decisions].sort())
    expect(listed.map(name => Number.parseInt(name ?? '', 10))).toEqual(listed.map((_, index) => index + 1))
  })

  it.each(decisions)('%s has its three parts', name => {
    const parts = [...read(join('docs', 'decisions', name)).matchAll(/^## (.*)$/gm)].map(([, part]) => part)
    expect(parts).toEqual(['Context', 'Decision', 'Consequences'])
  })
})

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function scripts(): string[] {
  return Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts)
}
