/**
 * The package as others get it: packed, unpacked into an empty project, and used from there in every way we promise.
 * Only what package.json names as dependencies is linked beside it, so a forgotten one fails here.
 */
import { execFile } from 'node:child_process'
import {
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
const project = realpathSync(mkdtempSync(join(tmpdir(), 'leveret-package-')))
const installed = join(project, 'node_modules', 'leveret')

/** What a test of a user does first. */
const useBroker = `
  const broker = await createBroker({ port: 0 })
  if (!/^amqp:\\/\\/.*:[1-9]\\d*/.test(broker.url)) throw new Error('no port in ' + broker.url)
  await broker.close()
`
const required = "const { createBroker } = require('leveret')"
const imported = "import { createBroker } from 'leveret'"

beforeAll(async () => {
  await run(process.execPath, [join(root, 'scripts', 'build.mjs')], root)
  const tarball = await pack()
  mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], project)
  for (const name of Object.keys(manifest().dependencies)) link(name)
  write('package.json', '{ "private": true }')
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('the package', () => {
  it('holds what its manifest points to, and no sources, specs or build stamps', () => {
    const { main, types, bin } = manifest()
    for (const path of [main, types, bin.leveret, 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.mjs']) {
      expect([path, existsSync(join(installed, path))]).toEqual([path, true])
    }
    for (const path of ['src', 'spec', 'conformance', 'scripts', 'dist/.built']) {
      expect([path, existsSync(join(installed, path))]).toEqual([path, false])
    }
  })

  it('is used by require, and lets the process end', async () => {
    write('required.cjs', `${required}\n;(async () => {${useBroker}})()`)
    await node('required.cjs')
  })

  it('is used by import, and lets the process end', async () => {
    write('imported.mjs', `${imported}\n${useBroker}`)
    await node('imported.mjs')
  })

  it('gives the same things to require and to import', async () => {
    write(
      'same.mjs',
      `import { createRequire } from 'node:module'
       import * as imported from 'leveret'
       const required = createRequire(import.meta.url)('leveret')
       const names = Object.keys(required).sort().join()
       if (names !== Object.keys(imported).sort().join()) throw new Error(names + ' but ' + Object.keys(imported))
       for (const name in required) if (required[name] !== imported[name]) throw new Error(name)`,
    )
    await node('same.mjs')
  })

  it('has the test broker as an entry of its own, for require and import', async () => {
    const body = 'const broker = await TestBroker.start(); await broker.stop()'
    write('testing.cjs', `const { TestBroker } = require('leveret/testing')\n;(async () => { ${body} })()`)
    await node('testing.cjs')
    write('testing.mjs', `import { TestBroker } from 'leveret/testing'\n${body}`)
    await node('testing.mjs')
  })

  it('has an executable', async () => {
    const { stdout } = await node(join('node_modules', 'leveret', manifest().bin.leveret), '--version')
    expect(stdout.trim()).toBe(manifest().version)
    expect(readFileSync(join(installed, manifest().bin.leveret), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})

describe('the types of the package', () => {
  const typed = `${imported}
    const start: Promise<void> = (async () => {
      const broker = await createBroker({ port: 0 })
      const url: string = broker.url
      // @ts-expect-error: were the types not found, anything would do
      await createBroker({ port: {} })
      return broker.close()
    })()
    export { start }`

  beforeAll(() => link('@types/node'))

  it.each([
    ['nodenext, from CommonJS', 'typed.cts', { module: 'nodenext', moduleResolution: 'nodenext' }],
    ['nodenext, from an ES module', 'typed.mts', { module: 'nodenext', moduleResolution: 'nodenext' }],
    ['bundler', 'typed.ts', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('are found with module resolution %s', async (_, file, options) => {
    write(file, typed)
    const compilerOptions = { ...options, target: 'es2022', strict: true, noEmit: true, types: ['node'] }
    write(`${file}.json`, JSON.stringify({ compilerOptions, files: [file] }))
    await node(tool('typescript', 'bin/tsc'), '-p', `${file}.json`)
  })

  it('of the test broker are found from CommonJS and from an ES module', async () => {
    const using = `import { TestBroker } from 'leveret/testing'
      export async function use(): Promise<string> {
        // @ts-expect-error: were the types not found, anything would do
        await TestBroker.start({ port: {} })
        await using broker = await TestBroker.start()
        return broker.url
      }`
    const files = ['testing.cts', 'testing.mts']
    for (const file of files) write(file, using)
    const lib = ['es2023', 'esnext.disposable']
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      lib,
      strict: true,
      noEmit: true,
      types: ['node'],
    }
    write('testing.json', JSON.stringify({ compilerOptions, files }))
    await node(tool('typescript', 'bin/tsc'), '-p', 'testing.json')
  })

  it('are found by compilers that know no "exports", beside "main"', () => {
    expect(manifest().types).toBe(manifest().main.replace(/\.js$/, '.d.ts'))
  })
})

describe('the package in a test', () => {
  const body = `async () => {${useBroker}}`

  it('runs under jest', async () => {
    write('jest.test.js', `${required}\ntest('starts', ${body})`)
    await node(tool('jest', 'bin/jest.js'), '--rootDir', project, '--testMatch', '**/jest.test.js')
  })

  it.each([
    ['required', 'cjs', required, "const test = require('node:test')"],
    ['imported', 'mjs', imported, "import test from 'node:test'"],
  ])('runs under node:test, %s', async (_, extension, leveret, test) => {
    write(`node.test.${extension}`, `${leveret}\n${test}\ntest('starts', ${body})`)
    await node('--test', `node.test.${extension}`)
  })

  it('runs as the README shows it', async () => {
    link('amqplib')
    const [, example] = /```js\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
    expect(example).toContain('createBroker')
    write('readme.test.mjs', example ?? '')
    await node('--test', 'readme.test.mjs')
  })

  it.each([
    ['required', 'cjs', required],
    ['imported', 'mjs', imported],
  ])('runs under mocha, %s', async (_, extension, leveret) => {
    write(`mocha.${extension}`, `${leveret}\nit('starts', ${body})`)
    await node(tool('mocha', 'bin/mocha.js'), `mocha.${extension}`)
  })

  it('runs under vitest', async () => {
    link('vitest')
    write('vitest.test.mjs', `${imported}\nimport { test } from 'vitest'\ntest('starts', ${body})`)
    await node(tool('vitest', 'vitest.mjs'), 'run', 'vitest.test.mjs')
  })
})

interface Manifest {
  readonly version: string
  readonly main: string
  readonly types: string
  readonly bin: { readonly leveret: string }
  readonly dependencies: Readonly<Record<string, string>>
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
}

/** With the npm that runs us when there is one; what it packs is npm's business, so no other tool will do. */
async function pack(): Promise<string> {
  const npm = process.env['npm_execpath']
  const args = ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', project]
  const { stdout } = npm?.endsWith('.js')
    ? await run(process.execPath, [npm, ...args], root)
    : await run('npm', args, root)
  return join(project, stdout.trim().split('\n').at(-1) ?? '')
}

function write(file: string, text: string): void {
  writeFileSync(join(project, file), text)
}

function link(name: string): void {
  const path = join(project, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), path, 'junction')
}

function tool(name: string, file: string): string {
  return join(root, 'node_modules', name, file)
}

function node(...args: string[]): Promise<{ stdout: string }> {
  return run(process.execPath, args, project)
}

/** Without our own jest's environment; rejects with all the program printed. */
function run(command: string, args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  const { JEST_WORKER_ID: _, NODE_ENV: __, ...env } = process.env
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, timeout: 50_000 }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout })
      else reject(new Error(`${error.message}\n${stdout}${stderr}`))
    })
  })
}
