/** The page of the command line and the program say the same, and every example is a command line the program takes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { exitCodes } from '../../src/cli/exit-codes'
import { notesOf } from '../../src/cli/help-notes'
import { createProgram } from '../../src/cli/program'
import { cliReference } from '../../src/cli/reference'

const page = readFileSync(join(__dirname, '../../docs/reference/cli.md'), 'utf8')
const commands = allOf(createProgram(), [])

describe('the page of the command line', () => {
  it('is what the program says; `node dist/cli/reference.js` writes it anew', () => {
    expect(page).toBe(cliReference())
  })

  it.each(Object.values(exitCodes))('tells exit code %i', (code, meaning) => {
    expect(page).toContain(`| ${code} | ${meaning} |`)
  })

  it.each(commands.map(({ path }) => path))('has leveret %s', path => {
    const words = path.split(' ')
    const inGroup = page.includes(`## leveret ${words[0]}\n`) && page.includes(`| \`${words.at(-1)}\` |`)
    expect(page.includes(`## leveret ${path}\n`) || inGroup).toBe(true)
  })

  it('has every flag of every command but those of serve', () => {
    const missing = commands
      .filter(({ path }) => path !== 'serve')
      .flatMap(({ path, command }) =>
        command.options
          .filter(({ flags, hidden }) => !hidden && !page.includes(`\`${flags}\``))
          .map(({ flags }) => `${path} ${flags}`),
      )
    expect(missing).toEqual([])
  })

  it('names no flag that there is not', () => {
    const known = new Set([
      '--help',
      ...commands.flatMap(({ command }) => command.options.map(({ long }) => long)),
    ])
    const named = [...page.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag)
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter(flag => !known.has(flag))).toEqual([])
  })
})

describe('the table of what people type elsewhere', () => {
  const linked = [...page.matchAll(/\[`leveret ([a-z -]+)`\]\(#leveret-([a-z-]+)\)/g)]

  it('leads to commands that there are', () => {
    expect(linked.length).toBeGreaterThan(15)
    for (const [, path = '', anchor] of linked) {
      expect(commands.map(command => command.path)).toContain(path)
      expect(anchor).toBe(path.replaceAll(' ', '-'))
      expect(page).toContain(`# leveret ${path}\n`)
    }
  })
})

describe('an example in the help', () => {
  const examples = commands.flatMap(({ command }) =>
    notesOf(command)
      .split('\n')
      .filter(line => /^ {2}(\S.*\| )?\bleveret /.test(line)),
  )

  it('is there for every command of the API', () => {
    const silent = commands
      .filter(({ command }) => command.commands.length === 0)
      .filter(({ path }) => !['serve', 'bench', 'inspect'].includes(path) && !path.startsWith('list '))
      .filter(({ command }) => !notesOf(command).includes('leveret '))
    expect(silent.map(({ path }) => path)).toEqual([])
  })

  it.each([...new Set(examples)])('is a command line the program takes: %s', line => {
    const call = /\bleveret (.*?)( {2,}\S.*|\s*\(.*| \| .*| > .*| >> .*)?$/.exec(line)?.[1] ?? ''
    const program = createProgram(wordsOf(call))
    let taken: readonly string[] | undefined
    for (const { command } of allOf(program, [])) {
      command.exitOverride(error => {
        throw error
      })
      command.action((...given: unknown[]) => {
        taken = (given.at(-1) as Command).args
      })
    }
    program.parse(wordsOf(call), { from: 'user' })
    expect(taken).toBeDefined()
  })
})

interface Found {
  readonly path: string
  readonly command: Command
}

function allOf(command: Command, above: readonly string[]): Found[] {
  return command.commands.flatMap(inner => {
    const path = [...above, inner.name()]
    return [{ path: path.join(' '), command: inner }, ...allOf(inner, path)]
  })
}

/** As a shell takes them apart. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  )
}
