/** `npm run build`, `npm start` and `npm test` as a newcomer meets them, in a small project with the same scripts. */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

jest.setTimeout(60_000)

const root = join(__dirname, '..')
const project = realpathSync(mkdtempSync(join(tmpdir(), 'leveret-scripts-')))

const sources = {
  'src/index.ts': "/** Public. */\nexport { createBroker } from './broker'\n",
  'src/broker.ts': '/** Starts nothing. */\nexport async function createBroker(): Promise<void> {}\n',
  'src/main.ts': `#!/usr/bin/env node
/** Says what it was asked, and ends on a signal with a code of its own. */
setInterval(() => {}, 1000)
process.on('SIGTERM', () => process.exit(7))
process.on('SIGINT', () => process.exit(8))
console.log(process.argv.slice(2).join(' '))
`,
}

beforeAll(() => {
  for (const file of [
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ]) {
    cpSync(join(root, file), join(project, file), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'), 'junction')
})

beforeEach(() => {
  for (const [file, text] of Object.entries(sources)) write(file, text)
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('the build', () => {
  it('makes what is stale, and nothing else', async () => {
    expect((await script('build')).output).toContain('built dist, 3 files')
    expect((await script('build')).output).toContain('built dist, nothing to do')
    write(
      'src/broker.ts',
      '/** Other. */\nexport async function createBroker(): Promise<number> { return 1 }\n',
    )
    expect((await script('build')).output).toContain('built dist, 3 files')
    expect(read('dist/broker.d.ts')).toContain('Promise<number>')
  })

  it('makes anew what was deleted', async () => {
    await script('build')
    rmSync(join(project, 'dist/index.mjs'))
    await script('build')
    expect(read('dist/index.mjs')).toContain('createBroker')
  })

  it('removes what has left the sources', async () => {
    write('src/queues/old.ts', '/** Goes. */\nexport const old = 1\n')
    await script('build')
    expect(existsSync(join(project, 'dist/queues/old.js'))).toBe(true)
    rmSync(join(project, 'src/queues/old.ts'))
    await script('build')
    for (const ending of ['js', 'js.map', 'd.ts']) {
      expect([ending, existsSync(join(project, `dist/queues/old.${ending}`))]).toEqual([ending, false])
    }
  })

  it('fails by the name of the file, again and again, until the types are right', async () => {
    write('src/broker.ts', '/** Wrong. */\nexport const createBroker: number = "one"\n')
    for (const attempt of ['first', 'second']) {
      const { code, output } = await script('build')
      expect([attempt, code, output]).toEqual([attempt, 1, expect.stringContaining('src/broker.ts(2,14)')])
    }
  })
})

describe('npm start', () => {
  it.each([
    ['SIGTERM', 7],
    ['SIGINT', 8],
  ] as const)(
    'builds, passes the arguments on, and ends on %s with the exit code of the broker',
    async (signal, code) => {
      const program = npm('start', '--', '--port', '0')
      await program.says('serve --port 0')
      program.child.kill(signal)
      expect((await program.ended).code).toBe(code)
    },
  )
})

describe('npm test with a path', () => {
  it('runs the specs under that path only, and fails when they do', async () => {
    write('jest.config.js', 'module.exports = {}')
    write('spec/good/a.test.js', "it('holds', () => {})")
    write('spec/bad/b.test.js', "it('does not hold', () => { throw new Error('it does not') })")
    const good = await npm('test', '--', 'spec/good').ended
    expect([good.code, good.output]).toEqual([0, expect.stringMatching(/all +[\d.]+ s {2}passed/)])
    expect(good.output).not.toContain('it does not')
    const bad = await npm('test', '--', 'spec/bad').ended
    expect([bad.code, bad.output]).toEqual([1, expect.stringMatching(/all +[\d.]+ s {2}FAILED: specs/)])
  })
})

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; output: string }>
  says(text: string): Promise<void>
}

function script(name: string): Promise<{ code: number | null; output: string }> {
  return start(process.execPath, [join('scripts', `${name}.mjs`)]).ended
}

function npm(...args: string[]): Started {
  const path = process.env['npm_execpath']
  return path?.endsWith('.js') ? start(process.execPath, [path, ...args]) : start('npm', args)
}

function start(command: string, args: readonly string[]): Started {
  const child = spawn(command, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const heard = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk)
      for (const listen of heard) listen()
    })
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, output }))
  })
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      heard.add(() => output.includes(`${text}\n`) && resolve())
      void ended.then(() => reject(new Error(`ended without saying ${text}:\n${output}`)), reject)
    })
  return { child, ended, says }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true })
  writeFileSync(join(project, file), text)
}

function read(file: string): string {
  return readFileSync(join(project, file), 'utf8')
}
