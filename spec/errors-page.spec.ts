/**
 * docs/reference/errors.md against src/: every class with its code, its name and what it closes, and every text under
 * the class that says it, compared in both directions. A planted error shows that each comparison can fail.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as errors from '../src/amqp/errors'
import { AmqpError } from '../src/amqp/errors'
import { replyCodeName } from '../src/amqp/reply-codes'
import { ANYTHING, type ThrownText, thrownTexts } from './support/error-texts'
import type { SourceFile } from './support/source-tree'

const root = join(__dirname, '..')
const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
const sources = readSources(join(root, 'src'))

/**
 * Its texts reach the peer only when they are about a message's properties; in a method they become `cannot decode`.
 * So the page needs not list them all, but what it lists must be there.
 */
const partlyHeard = ['Undecodable']

/** They end a broker that starts, and no peer hears them. */
const startErrors = [
  'OptionError',
  'UnusableDatabase',
  'DatabaseInUse',
  'UnusableCertificate',
  'UnusableSocket',
]

/** Gives on what was said in another thread, by a place that is looked at itself. */
const passesOn = 'store/sqlite/threaded-disk.ts'

describe('the error classes in docs/reference/errors.md', () => {
  it('are those that a peer can hear, with their code, name and what they close', () => {
    const rows = rowsOf(section(page, '## The classes')).map(cells => cells.slice(0, 4).join(' | '))
    expect([...rows].sort()).toEqual(peerErrors().map(rowOf).sort())
  })

  it('are called never sent just when nothing in src/ makes them', () => {
    const said = rowsOf(section(page, '## The classes')).filter(cells => /^Never sent/.test(cells[4] ?? ''))
    const made = textsIn(sources).map(text => text.className)
    const unmade = classNames().filter(name => !made.includes(name))
    expect(said.map(([name]) => name?.replaceAll('`', '')).sort()).toEqual(unmade.sort())
  })
})

describe('the error texts in docs/reference/errors.md', () => {
  it('are all that src/ says', () => expect(untold(sources, page)).toEqual([]))

  it('are said by src/, under their class', () => expect(invented(sources, page)).toEqual([]))

  it('can be read off the place that says them', () => {
    // The words of whoever closes a connection over the HTTP API are his own.
    const texts = textsIn(sources).filter(
      ({ place }) => !place.startsWith('management/resources/connections.ts'),
    )
    const unclear = texts.filter(({ pattern }) => pattern.source === `^${ANYTHING}$`)
    expect(unclear.map(({ className, place }) => `${className}, ${place}`)).toEqual([])
  })

  it('stand under classes that there are', () => {
    const titles = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name)
    expect(titles.filter(name => !classNames().includes(name ?? ''))).toEqual([])
  })
})

describe('the comparison', () => {
  const planted: SourceFile = {
    path: 'queues/planted.ts',
    text: `
const RESOURCE = 'queue'
function kind(short: boolean): string {
  return short ? 'q' : RESOURCE
}
export function refuse(name: string): never {
  const problem = \`the \${kind(true)} \${name}\`
  throw new NotFound(problem + ' is a hare')
}
`,
  }

  it('finds a text that the page does not have', () => {
    expect(untold([planted], page)).toEqual([
      'NotFound, queues/planted.ts:8: /^the (?:q|queue) .* is a hare$/s',
    ])
  })

  it('finds a text that nothing says, also when another class does', () => {
    const title = '### `ResourceLocked`\n\n| text | when |\n|---|---|\n'
    const told = page.replace(title, `${title}| \`the queue a is a hare\` | now |\n`)
    expect(invented([...sources, planted], told)).toEqual(['ResourceLocked: the queue a is a hare'])
  })

  it('follows constants, helpers and conditions', () => {
    const told = '### `NotFound`\n\n| text | when |\n|---|---|\n| `the queue a is a hare` | now |\n'
    expect(untold([planted], told)).toEqual([])
    expect(invented([planted], told)).toEqual([])
    expect(invented([planted], told.replace('queue', 'exchange'))).toEqual([
      'NotFound: the exchange a is a hare',
    ])
  })

  it.each(['a: string', 'a: string, b = "there"'])('finds what a class says itself of (%s)', parameters => {
    const text = `class NotFound extends AmqpError { constructor(${parameters}) { super("no " + a + " there") } }`
    expect(untold([{ path: 'amqp/planted.ts', text }], page)).toEqual([
      'NotFound, amqp/planted.ts:1: /^no .* there$/s',
    ])
  })
})

/** Places in `files` that say what is not under their class. */
function untold(files: readonly SourceFile[], onPage: string): string[] {
  return textsIn(files)
    .filter(({ className }) => !partlyHeard.includes(className))
    .filter(({ className, pattern }) => !textsOf(onPage, className).some(text => pattern.test(text)))
    .map(({ className, place, pattern }) => `${className}, ${place}: ${pattern}`)
}

/** Texts on the page that nothing in `files` says. */
function invented(files: readonly SourceFile[], onPage: string): string[] {
  const thrown = textsIn(files)
  return classNames().flatMap(className => {
    const patterns = thrown.filter(text => text.className === className).map(text => text.pattern)
    const unsaid = textsOf(onPage, className).filter(text => !patterns.some(pattern => pattern.test(text)))
    return unsaid.map(text => `${className}: ${text}`)
  })
}

function textsIn(files: readonly SourceFile[]): ThrownText[] {
  return thrownTexts(files, classNames()).filter(({ place }) => !place.startsWith(passesOn))
}

type PeerError = new (text: never) => AmqpError

function peerErrors(): PeerError[] {
  const exported: unknown[] = Object.values(errors)
  return exported.filter(
    (value): value is PeerError => typeof value === 'function' && value.prototype instanceof AmqpError,
  )
}

function classNames(): string[] {
  return [...peerErrors().map(({ name }) => name), ...startErrors]
}

function rowOf(PeerErrorClass: PeerError): string {
  const { name, replyCode, closes } = new PeerErrorClass('' as never)
  return `\`${name}\` | ${replyCode} | \`${replyCodeName(replyCode)}\` | ${closes}`
}

/** The texts under `### \`NotFound\``, as they go over the wire behind the name of the code. */
function textsOf(onPage: string, className: string): string[] {
  return rowsOf(section(onPage, `### \`${className}\``)).map(([text = '']) =>
    text === '(no text)' ? '' : text.replace(/^(`+)(.*)\1$/, '$2').replaceAll('\\n', '\n'),
  )
}

function section(onPage: string, title: string): string {
  const [, behind = ''] = `\n${onPage}`.split(`\n${title}\n`)
  return behind.split(/\n#+ /)[0] ?? ''
}

/** The cells of a table's rows, without its head. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter(line => line.startsWith('| '))
  return lines.slice(1).map(line => line.slice(2, -2).split(' | '))
}

function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(folder, path), 'utf8') }))
}
