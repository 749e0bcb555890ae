/** docs/guides/tls.md and connecting.md: certificates made as they say, brokers started as they say, snippets run. */
import { spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { killAll, Leveret } from './cli/leveret'
import { temporaryFolder } from './support/temporary-folder'

jest.setTimeout(60_000)
afterAll(killAll)

const root = join(__dirname, '..')
const folder = temporaryFolder()
const hasOpenssl = run(['openssl', 'version'], '').status === 0
const hasPika = run(['/usr/bin/python3', '-c', 'import pika'], '').status === 0

const tlsGuide = guide('tls.md')
const connectingGuide = guide('connecting.md')

interface Guide {
  readonly snippets: readonly { readonly language: string; readonly text: string }[]
  /** Arguments of `leveret`. */
  readonly commands: readonly (readonly string[])[]
}

function guide(name: string): Guide {
  const page = readFileSync(join(root, 'docs/guides', name), 'utf8')
  return {
    snippets: [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
      language,
      text,
    })),
    commands: [...page.matchAll(/^ {4}leveret (serve .*)$/gm)].map(([, command = '']) => command.split(' ')),
  }
}

function run([command = '', ...args]: readonly string[], input: string) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: folder,
    input,
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { output: stdout ?? '', errors: stderr ?? '', status }
}

/** On any free ports, with the files of the folder. */
function serve(command: readonly string[] | undefined, ...others: string[]): Leveret {
  const args = (command ?? []).map(word => (/\.(pem|key|sock)$/.test(word) ? join(folder, word) : word))
  const port = args.includes('--no-port') ? [] : ['--port', '0']
  return new Leveret([...args, ...others, '--in-memory', ...port, '--log-level', 'error'])
}

function snippets({ snippets }: Guide, language: string): string[] {
  return snippets.filter(snippet => snippet.language === language).map(({ text }) => text)
}

function saysHello(language: string, text: string): void {
  const runner =
    language === 'js' ? [process.execPath, '--input-type=module', '-'] : ['/usr/bin/python3', '-']
  const { output, errors, status } = run(runner, text)
  expect({ output: output.trim(), errors, status }).toEqual({ output: 'hello', errors: '', status: 0 })
}

beforeAll(() => symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules')))

const withOpenssl = hasOpenssl ? describe : describe.skip
withOpenssl('the guide to TLS', () => {
  const [plain, alone, verifying] = tlsGuide.commands
  const [helloJs = '', certifiedJs = '', externalJs = ''] = snippets(tlsGuide, 'js')
  const [helloPython = ''] = snippets(tlsGuide, 'python')
  const address = 'localhost:5671'

  beforeAll(() => {
    for (const text of snippets(tlsGuide, 'sh')) expect(run(['sh', '-e'], text).status).toBe(0)
  })

  async function tlsAddress(command: readonly string[] | undefined): Promise<string> {
    const url = await serve(command, '--tls-port', '0').says(/amqps:\/\/\S+/)
    return `localhost:${new URL(url).port}`
  }

  it('has no more than is run here', () => {
    expect(tlsGuide.commands).toHaveLength(3)
    expect(tlsGuide.snippets.map(({ language }) => language)).toEqual([
      'sh',
      'js',
      'python',
      'sh',
      'js',
      'js',
    ])
  })

  it('says hello through amqplib', async () => {
    saysHello('js', helloJs.replace(address, await tlsAddress(plain)))
  })

  it('says hello to a broker with TLS only', async () => {
    const broker = serve(alone, '--tls-port', '0')
    const url = await broker.says(/amqps:\/\/\S+/)
    saysHello('js', helloJs.replace(address, `localhost:${new URL(url).port}`))
    expect(broker.output).not.toContain('amqp:')
  })

  const pika = hasPika ? it : it.skip
  pika('says hello through pika', async () => {
    saysHello('python', helloPython.replace(address, await tlsAddress(plain)))
  })

  it('lets a client with a certificate in, and none without', async () => {
    const there = await tlsAddress(verifying)
    saysHello('js', certifiedJs.replace(address, there))
    expect(
      run([process.execPath, '--input-type=module', '-'], helloJs.replace(address, there)).status,
    ).not.toBe(0)
  })

  it('lets a client log in by its certificate', () => {
    saysHello('js', externalJs.replace("'leveret'", JSON.stringify(join(root, 'dist/index.mjs'))))
  })
})

describe('the guide to ways in', () => {
  const [hello = ''] = snippets(connectingGuide, 'js')

  it('has no more than is run here', () => {
    expect(connectingGuide.commands.map(words => words.slice(0, 2).join(' '))).toEqual([
      'serve --proxy-protocol',
      'serve --socket',
    ])
    expect(connectingGuide.snippets.map(({ language }) => language)).toEqual(['js'])
  })

  it('says hello through a WebSocket', async () => {
    const program = serve(['serve'], '--management', '--management-port', '0')
    const url = await program.says(/http:\/\/\S+/)
    const text = hello.replace('localhost:15672', `localhost:${new URL(url).port}`)
    saysHello('js', `import { WebSocket } from 'ws'\nglobalThis.WebSocket ??= WebSocket\n${text}`)
  })

  it('starts brokers as it says', async () => {
    const [proxied, local] = connectingGuide.commands
    await serve(proxied).says(/amqp:/)
    await serve(local?.map(word => (word.endsWith('.sock') ? 'leveret.sock' : word))).says(
      /unix socket .*leveret\.sock/,
    )
  })
})
