/**
 * The house rules, held by reading src/ (docs/architecture.md draws the layers; docs/decisions/ has the why).
 * Each rule is also shown a planted violation: a rule that cannot fail holds nothing.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import * as rules from './support/house-rules'
import type { SourceFile } from './support/source-tree'

/** Who may import whom. Imports point down. */
const layers: rules.Layers = {
  'clock.ts': [],
  'turn.ts': ['clock.ts'],
  'logger.ts': ['structures'],
  'machine.ts': [],
  structures: ['clock.ts'],
  amqp: ['structures'],
  store: ['clock.ts', 'structures', 'turn.ts'],
  'message.ts': ['amqp'],
  exchanges: ['amqp', 'message.ts', 'structures'],
  queues: ['amqp', 'clock.ts', 'message.ts', 'store', 'structures', 'turn.ts'],
  auth: ['amqp', 'store'],
  broker: [
    'amqp',
    'auth',
    'clock.ts',
    'exchanges',
    'logger.ts',
    'machine.ts',
    'message.ts',
    'queues',
    'store',
    'structures',
    'turn.ts',
  ],
  channel: ['amqp', 'auth', 'broker', 'message.ts', 'queues', 'store', 'structures', 'turn.ts'],
  server: [
    'amqp',
    'auth',
    'broker',
    'channel',
    'clock.ts',
    'logger.ts',
    'message.ts',
    'store',
    'structures',
    'turn.ts',
  ],
  metrics: [
    'amqp',
    'auth',
    'broker',
    'channel',
    'clock.ts',
    'exchanges',
    'logger.ts',
    'message.ts',
    'queues',
    'server',
    'store',
    'structures',
  ],
  management: [
    'amqp',
    'auth',
    'broker',
    'channel',
    'clock.ts',
    'exchanges',
    'logger.ts',
    'message.ts',
    'metrics',
    'queues',
    'server',
    'store',
    'structures',
  ],
  config: [],
  embed: [
    'auth',
    'broker',
    'clock.ts',
    'config',
    'logger.ts',
    'machine.ts',
    'management',
    'metrics',
    'server',
    'store',
    'turn.ts',
  ],
  testing: [
    'amqp',
    'broker',
    'channel',
    'clock.ts',
    'config',
    'embed',
    'exchanges',
    'logger.ts',
    'message.ts',
    'queues',
    'server',
    'store',
    'structures',
    'turn.ts',
  ],
  exec: ['clock.ts', 'config', 'embed', 'server', 'store', 'testing'],
  recording: ['amqp', 'clock.ts', 'exec', 'server'],
  load: ['amqp'],
  cli: ['clock.ts', 'config', 'embed', 'exec', 'load', 'logger.ts', 'recording', 'structures', 'testing'],
  'main.ts': ['cli'],
  'index.ts': ['amqp', 'config', 'embed'],
}

/** They speak AMQP's words, and know nothing of how they travel; that message.ts knows, which stands between. */
const domain = ['exchanges', 'queues', 'auth', 'broker']
const vocabulary = [
  'amqp/erlang-text.ts',
  'amqp/errors.ts',
  'amqp/field-key.ts',
  'amqp/field-value.ts',
  'amqp/json-table.ts',
  'amqp/properties.ts',
  'amqp/property-edit.ts',
  'amqp/reply-codes.ts',
  'amqp/table-bytes.ts',
  'amqp/table.ts',
]

const entries = [
  'main.ts',
  'index.ts',
  'testing/index.ts',
  'amqp/generate.ts',
  'cli/reference.ts',
  'config/reference.ts',
  // what the management side asks for
  'broker/explain.ts',
  'broker/move.ts',
  'broker/topology.ts',
  'queues/browse.ts',
  'store/sqlite/disk-thread.ts',
]
const generated = ['amqp/methods.ts', 'amqp/reply-codes.ts', 'management/shown-answers.ts']

const socketKeepers = [
  'server/gate.ts',
  'server/listener.ts',
  'server/proxy-gate.ts',
  'server/proxy-header.ts',
  'server/socket-transport.ts',
  'server/tls-gate.ts',
  'server/unix-socket.ts',
  'management/held-answers.ts',
  'management/http-connections.ts',
  'management/http-door.ts',
  'management/request-lines.ts',
  'load/',
  'recording/replay-connection.ts',
  'testing/in-process/in-process.ts',
  'testing/in-process/in-process-hosts.ts',
  'testing/in-process/in-process-socket.ts',
]
const packageKeepers: rules.Keepers = {
  'better-sqlite3': ['store/sqlite/database.ts'],
  pino: ['logger.ts'],
  'pino-pretty': ['logger.ts'],
  commander: ['cli/'],
  'node:net': socketKeepers,
  'node:tls': ['server/tls-gate.ts', 'server/tls-certificate.ts', 'load/'],
  'node:http': ['management/http-door.ts', 'management/request-lines.ts', 'server/websocket-transport.ts'],
  'node:https': ['management/http-door.ts', 'cli/api-transport.ts'],
  fastify: ['management/'],
  '@fastify/cookie': ['management/'],
  '@fastify/static': ['management/'],
  '@fastify/swagger': ['management/'],
  '@fastify/swagger-ui': ['management/'],
  '@sinclair/typebox': ['management/'],
  ws: ['management/', 'server/websocket-transport.ts'],
  'prom-client': ['metrics/'],
  'cli-progress': ['cli/progress.ts'],
  'cli-table3': ['cli/table.ts'],
  'node:timers': [],
}

const timeKeepers = ['clock.ts', 'turn.ts', 'load/', 'cli/']
const callKeepers: rules.Keepers = {
  'Date.now': timeKeepers,
  'new Date': timeKeepers,
  'performance.now': timeKeepers,
  'process.hrtime': timeKeepers,
  'process.hrtime.bigint': timeKeepers,
  setTimeout: timeKeepers,
  setInterval: timeKeepers,
  setImmediate: timeKeepers,
  'console.*': ['cli/', 'load/', 'amqp/generate.ts'],
}

const fileLinesMax = 300
const functionLinesMax = 60
/** The present exceptions. A number may only get smaller, and nothing may be added. */
const longFiles: rules.Ratchet = {}
const longFunctions: rules.Ratchet = {}

/** The web UI is a program of its own (docs/architecture.md): none of these layers, but sizes and comments as well. */
const ui = 'management/ui/'
const uiFiles = sourceFiles(/\.tsx?$/).filter(file => file.path.startsWith(ui))

const files = sourceFiles(/\.ts$/).filter(file => !file.path.startsWith(ui))
const handwritten = files.filter(file => !generated.includes(file.path))

describe('the house', () => {
  it('has rooms', () => {
    expect(files.map(file => file.path)).toEqual(expect.arrayContaining(generated))
  })

  it('imports downwards only', () => {
    expect(rules.upwardImports(files, layers)).toEqual([])
  })

  it('imports only files that are there', () => {
    expect(rules.brokenImports(files)).toEqual([])
  })

  it('keeps the wire format out of the domain', () => {
    expect(rules.framingInTheDomain(files, domain, vocabulary)).toEqual([])
  })

  it('has no cycles between files', () => {
    expect(rules.importCycles(files)).toEqual([])
  })

  it('has no file that nobody imports', () => {
    expect(rules.deadFiles(files, entries)).toEqual([])
  })

  it('imports packages in their one place, and only those it depends on', () => {
    expect(rules.forbiddenPackages(files, dependencies(), packageKeepers)).toEqual([])
  })

  it('asks the clock for the time, and the logger to speak', () => {
    expect(rules.forbiddenCalls(files, callKeepers)).toEqual([])
  })

  it(`has files of ${fileLinesMax} lines at most`, () => {
    expect(rules.longFiles(handwritten, fileLinesMax, longFiles)).toEqual([])
  })

  it(`has functions of ${functionLinesMax} lines at most`, () => {
    expect(rules.longFunctions(handwritten, functionLinesMax, longFunctions)).toEqual([])
  })

  it('says in each file what it is', () => {
    expect(rules.missingOpeningComments(files)).toEqual([])
  })

  it('puts nothing off without a decision', () => {
    expect(rules.undecidedTodos([...files, ...uiFiles])).toEqual([])
  })

  it('holds the web UI to the same sizes, and to saying what each file is', () => {
    expect(uiFiles.length).toBeGreaterThan(0)
    expect(rules.longFiles(uiFiles, fileLinesMax, {})).toEqual([])
    expect(rules.longFunctions(uiFiles, functionLinesMax, {})).toEqual([])
    expect(rules.missingOpeningComments(uiFiles)).toEqual([])
  })

  it('keeps the web UI a program of its own, without cycles', () => {
    const styles = { path: `${ui}app.css.ts`, text: '' } // main.tsx imports it, as the bundler lets it
    expect(rules.importCycles(uiFiles)).toEqual([])
    expect(rules.brokenImports([...uiFiles, styles])).toEqual([])
  })
})

describe('a violation of the house rules', () => {
  it('is seen when a layer imports one above it', () => {
    const planted = [file('queues/queue.ts', "import { Channel } from '../channel/channel'")]
    expect(rules.upwardImports(planted, layers)).toEqual([
      'queues/queue.ts: queues may not import channel (channel/channel.ts)',
    ])
  })

  it.each([
    ["import type { A } from '../server/a'"],
    ["export * from '../server/a'"],
    ["export { a } from '../server/a'"],
    ["import a = require('../server/a')"],
    ["const a = require('../server/a')"],
    ["const a = await import('../server/a')"],
    ["type A = import('../server/a').A"],
  ])('is seen in %s', statement => {
    expect(rules.upwardImports([file('queues/queue.ts', statement)], layers)).toHaveLength(1)
  })

  it('is not seen in a comment or a text', () => {
    const planted = file('queues/queue.ts', "// import '../server/a'\nconst a = `require('../server/a')`")
    expect(rules.upwardImports([planted], layers)).toEqual([])
  })

  it('is seen in a folder that no one knows', () => {
    expect(rules.upwardImports([file('utils/strings.ts', '')], layers)).toEqual([
      'utils/strings.ts: the layer utils is not in the list',
    ])
  })

  it('is seen when an import leads nowhere', () => {
    expect(rules.brokenImports([file('a.ts', "import './b'")])).toEqual(['a.ts: there is no b.ts'])
  })

  it('is seen when the domain reads frames', () => {
    const planted = [
      file('queues/queue.ts', "import '../amqp/frame-parser'"),
      file('queues/options.ts', "import '../amqp/table'"),
      file('channel/channel.ts', "import '../amqp/methods'"),
    ]
    expect(rules.framingInTheDomain(planted, domain, vocabulary)).toEqual([
      expect.stringMatching(/^queues\/queue.ts: .* not amqp\/frame-parser.ts$/),
    ])
  })

  it('is seen when files import each other', () => {
    const planted = [
      file('a.ts', "import type { B } from './b'"),
      file('b.ts', "import { C } from './c'"),
      file('c.ts', "import { B } from './b'"),
    ]
    expect(rules.importCycles(planted)).toEqual(['b.ts → c.ts → b.ts'])
  })

  it('is seen when files only lead to each other', () => {
    const planted = [
      file('main.ts', "import './a'"),
      file('a.ts', ''),
      file('b.ts', "import './c'"),
      file('c.ts', "import './b'"),
    ]
    expect(rules.deadFiles(planted, ['main.ts'])).toEqual([
      'b.ts: nobody imports it',
      'c.ts: nobody imports it',
    ])
  })

  it('is seen when a package is imported outside its one place', () => {
    const planted = [
      file('logger.ts', "import { pino } from 'pino'"),
      file('queues/queue.ts', "import { pino } from 'pino'"),
      file('channel/channel.ts', "import { createServer } from 'node:net'"),
      file('channel/peer.ts', "import { types } from 'node:util'\nimport { left } from 'left-pad/left'"),
    ]
    expect(rules.forbiddenPackages(planted, ['pino'], packageKeepers)).toEqual([
      'queues/queue.ts: only logger.ts may import pino',
      `channel/channel.ts: only ${socketKeepers.join(', ')} may import node:net`,
      'channel/peer.ts: left-pad/left is neither `node:` nor a dependency',
    ])
  })

  it.each([
    'Date.now()',
    'new Date()',
    'setTimeout(run, 1)',
    'globalThis.setImmediate(run)',
    'performance.now()',
    'process.hrtime.bigint()',
    'console.log(1)',
    'console.error(1)',
  ])('is seen in %s', call => {
    const text = `/** Waits. */\nexport class Queue {\n  wait() {\n    ${call}\n  }\n}\n`
    expect(rules.forbiddenCalls([file('queues/queue.ts', text)], callKeepers)).toEqual([
      expect.stringMatching(/^queues\/queue.ts:4: only /),
    ])
    expect(rules.forbiddenCalls([file('load/publisher.ts', text)], callKeepers)).toEqual([])
  })

  it('is not seen in new Date(0) or clock.setTimeout()', () => {
    const planted = file('queues/queue.ts', 'new Date(0)\nclock.setTimeout(1)\n')
    expect(rules.forbiddenCalls([planted], callKeepers)).toEqual([])
  })

  it('is seen in a long file, on the line after the last one allowed', () => {
    expect(rules.longFiles([file('a.ts', '//\n'.repeat(300))], 300, {})).toEqual([])
    expect(rules.longFiles([file('a.ts', '//\n'.repeat(301))], 300, {})).toEqual([
      'a.ts: 301 lines, 300 allowed',
    ])
  })

  it.each([
    ['function long() {', '}'],
    ['const it = {\n  long() {', '}\n}'],
    ['class It {\n  long() {', '}\n}'],
    ['class It {\n  #long() {', '}\n}'],
  ])('is seen in a long function: %s', (head, end) => {
    const planted = (lines: number): SourceFile =>
      file('a.ts', `#!/usr/bin/env node\n// é: two bytes\n${head}${'\n0'.repeat(lines - 2)}\n${end}\n`)
    expect(rules.longFunctions([planted(60)], 60, {})).toEqual([])
    expect(rules.longFunctions([planted(61)], 60, {})).toEqual(['a.ts: long: 61 lines, 60 allowed'])
  })

  it('is seen in a long constructor, accessor or arrow function', () => {
    const body = `{${'\n'.repeat(60)}}`
    const planted = [
      file('a.ts', `class A { constructor() ${body} }`),
      file('b.ts', `class B { get size() ${body} }`),
      file('c.ts', `const c = () => ${body}`),
      file('d.ts', `const d = { set size(n) ${body} }`),
      file('e.ts', `run(function () ${body})`),
    ]
    expect(rules.longFunctions(planted, 60, {})).toHaveLength(5)
  })

  it('is let pass by an exception, which may only shrink', () => {
    const planted = [file('a.ts', '//\n'.repeat(310))]
    expect(rules.longFiles(planted, 300, { 'a.ts': 310 })).toEqual([])
    expect(rules.longFiles(planted, 300, { 'a.ts': 309 })).toEqual(['a.ts: 310 lines, 309 allowed'])
    expect(rules.longFiles(planted, 300, { 'a.ts': 311 })).toEqual([
      'a.ts: shrank to 310 lines, lower its exception from 311',
    ])
    expect(rules.longFiles([file('a.ts', '//\n')], 300, { 'a.ts': 310 })).toEqual([
      'a.ts: the exception is no longer needed',
    ])
    expect(rules.longFiles([], 300, { 'b.ts': 310 })).toEqual(['b.ts: the exception is no longer needed'])
  })

  it('is seen in a file that does not say what it is', () => {
    const planted = [
      file('main.ts', '#!/usr/bin/env node\n/** The command. */\n'),
      file('a.ts', "import './b'\n/** Too late. */\n"),
    ]
    expect(rules.missingOpeningComments(planted)).toEqual([
      'a.ts: does not open with a comment on what it is',
    ])
  })

  it('is seen in a TODO without a decision', () => {
    // Written in two parts, so that this file may be searched for them too.
    const planted = [file('a.ts', `// ${'TO'}DO later\n// ${'TO'}DO(decision 0007) later\n// ${'FIX'}ME\n`)]
    expect(rules.undecidedTodos(planted)).toEqual([
      expect.stringMatching(/^a.ts:1: /),
      expect.stringMatching(/^a.ts:3: /),
    ])
  })
})

function file(path: string, text: string): SourceFile {
  return { path, text }
}

function sourceFiles(names: RegExp): SourceFile[] {
  const src = join(__dirname, '..', 'src')
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter(path => names.test(path))
    .map(path => ({ path: path.split(sep).join('/'), text: readFileSync(join(src, path), 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function dependencies(): string[] {
  const manifest = readFileSync(join(__dirname, '..', 'package.json'), 'utf8')
  return Object.keys((JSON.parse(manifest) as { dependencies: object }).dependencies)
}
