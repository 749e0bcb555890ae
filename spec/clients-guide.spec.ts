/** docs/guides/clients.md: every snippet of it run as it stands there, but for the address, against a Leveret. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { killAll, Leveret } from './cli/leveret'

jest.setTimeout(60_000)
afterAll(killAll)

const root = join(__dirname, '..')
const page = readFileSync(join(root, 'docs/guides/clients.md'), 'utf8')
const address = 'amqp://guest:guest@localhost:5672'

/** What runs a snippet from its standard input, and what succeeds where the client is installed. */
const runners: Readonly<Record<string, { run: string[]; probe: string[] }>> = {
  js: { run: [process.execPath, '--input-type=module', '-'], probe: [process.execPath, '--version'] },
  python: { run: ['/usr/bin/python3', '-'], probe: ['/usr/bin/python3', '-c', 'import pika'] },
  sh: { run: ['sh', '-e'], probe: ['amqp-get', '--help'] },
}

const snippets = [...page.matchAll(/^## (.+?)$(?:(?!^## ).)*?^```(\w+)\n(.*?)^```$/gms)].map(
  ([, client = '', language = '', text = '']) => ({ client, language, text }),
)

describe('the guide to clients', () => {
  let url: string
  beforeAll(async () => {
    const announced = await new Leveret(['serve', '--in-memory', '--port', '0', '--log-level', 'error']).says(
      /amqp:\/\/\S+/,
    )
    url = announced.replace(/\/$/, '')
  })

  it('has a snippet for each client it claims to have tried', () => {
    expect(snippets).toHaveLength(page.match(/^Tried with /gm)?.length ?? 0)
    expect(snippets.filter(({ text }) => !text.includes(address))).toEqual([])
  })

  it('names the versions that are tried here', () => {
    const claims = [...page.matchAll(/^## (\S+)\n\nTried with ([\d.]+\d)/gm)].filter(([, name]) =>
      isPackage(name),
    )
    expect(claims.map(([, name, version]) => `${name} ${version}`)).toEqual(
      claims.map(([, name]) => `${name} ${versionOf(name ?? '')}`),
    )
    expect(claims).toHaveLength(4)
  })

  for (const { client, language, text } of snippets) {
    const runner = runners[language]
    const isHere = runner !== undefined && run(runner.probe, '').status === 0
    const test = isHere || runner === undefined ? it : it.skip
    test(`says hello through ${client}`, () => {
      const { output, errors, status } = run(runner?.run ?? [], text.replaceAll(address, url))
      expect({ output: output.trim(), errors, status }).toEqual({ output: 'hello', errors: '', status: 0 })
    })
  }
})

function run([command = '', ...args]: readonly string[], input: string) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: root,
    input,
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { output: stdout ?? '', errors: stderr ?? '', status }
}

function isPackage(name = ''): boolean {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return name in devDependencies
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version
}
