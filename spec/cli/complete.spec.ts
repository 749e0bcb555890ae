/** What a shell offers at Tab. The names come from an API; where there is none, there are none. */
import { spawn, spawnSync } from 'node:child_process'
import { complete } from '../../src/cli/complete'
import { createProgram } from '../../src/cli/program'
import { FakeApi } from './fake-api'
import { killAll, leveret } from './leveret'

afterEach(killAll)

async function values(...words: string[]): Promise<string[]> {
  return (await complete(createProgram(words), words)).map(({ value }) => value)
}

describe('completion without a broker', () => {
  it('offers every command there is', async () => {
    const names = createProgram()
      .commands.map(command => command.name())
      .sort()
    expect((await values('')).sort()).toEqual(names)
    expect(await values('pu')).toEqual(['purge', 'publish'])
  })

  it('offers the commands of a group, and only those', async () => {
    expect(await values('policy', '')).toEqual(['set', 'clear'])
    expect(await values('list', 'q')).toEqual(['queues'])
    expect(await values('list', 'queues', 'q')).toEqual([])
  })

  it('offers the flags of a command, but no hidden ones', async () => {
    expect(await values('get', '--a')).toEqual(['--ack-mode'])
    expect(await values('list', 'queues', '--')).toEqual(
      expect.arrayContaining(['--json', '--vhost', '--help']),
    )
    expect(await values('completion', '--co')).toEqual([])
  })

  it('offers the values a flag can have', async () => {
    expect(await values('get', 'q', '--ack-mode', 're')).toEqual(['requeue', 'reject', 'reject-requeue'])
    expect(await values('hash-password', '--algorithm', '')).toEqual(['sha256', 'sha512'])
    expect(await values('top', 'c')).toEqual(['connections'])
  })
})

describe('completion with a broker', () => {
  let fake: FakeApi

  beforeEach(async () => {
    fake = await FakeApi.open()
    fake.answer = ({ path }) => ({
      body: path.startsWith('/api/queues/')
        ? { items: [{ name: 'orders' }, { name: 'or\u00e9' }, { name: 'my-orders' }], page_count: 1 }
        : [{ name: 'shop' }, { name: '/' }],
    })
  })

  afterEach(() => fake.close())

  it('offers the names that begin so, of the vhost that was typed', async () => {
    const found = await values('delete', 'queue', '--url', fake.url, '-p', 'shop', 'done', 'or')
    expect(found).toEqual(['orders', 'oré'])
    expect(fake.requests[0]?.path).toMatch(/^\/api\/queues\/shop\?name=or&/)
  })

  it('offers the names for a flag', async () => {
    expect(await values('get', `--url=${fake.url}`, '-p', '')).toEqual(['shop', '/'])
    expect(await values('publish', '--url', fake.url, '--queue', 'my')).toEqual(['my-orders'])
  })

  it('offers no name that would be a flag, or a command of the terminal', async () => {
    const names = ['--url=http://evil.example', '-q', 'a\u001b[2J', 'fine']
    fake.answer = () => ({ body: { items: names.map(name => ({ name })), page_count: 1 } })
    expect(await values('purge', '--url', fake.url, '')).toEqual(['fine'])
  })

  it('offers none for a queue that is to be made', async () => {
    expect(await values('declare', 'queue', '--url', fake.url, 'or')).toEqual([])
    expect(fake.requests).toEqual([])
  })

  it('offers none where the broker refuses or asks for a password', async () => {
    fake.answer = () => ({ status: 401, body: { reason: 'Login failed' } })
    expect(await values('get', '--url', fake.url, 'or')).toEqual([])
    expect(await values('get', '--url', fake.url, '--user', 'ada', 'or')).toEqual([])
  })

  it('comes from the program a line each, with its note', async () => {
    const { output, errors } = await leveret(['completion', '--complete', '--', 'get', 'or'], {
      LEVERET_URL: fake.url,
    })
    expect({ output, errors }).toEqual({ output: 'orders\t\noré\t\n', errors: '' })
    const flags = await leveret(['completion', '--complete', '--', 'status', '--js'])
    expect(flags.output).toBe("--json\tthe API's own JSON: overview and nodes\n")
  })

  it('works in bash', async () => {
    const { output: script } = await leveret(['completion', 'bash'])
    const line = `COMP_WORDS=(leveret get or); COMP_CWORD=2; _leveret; printf '%s\\n' "\${COMPREPLY[@]}"`
    const child = spawn(
      'bash',
      ['-c', `leveret() { "${process.execPath}" dist/main.js "$@"; }\n${script}\n${line}`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { PATH: process.env['PATH'], LEVERET_URL: fake.url },
      },
    )
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    await new Promise(resolve => child.once('close', resolve))
    expect(output.split('\n')[0]).toBe('orders')
  })
})

describe('a completion script', () => {
  it.each(['bash', 'zsh', 'fish'])('is one that %s reads', async shell => {
    const { code, output } = await leveret(['completion', shell])
    expect(code).toBe(0)
    expect(output).toContain('leveret completion --complete --')
    const check = spawnSync(shell, ['-n', '-c', output], { encoding: 'utf8' })
    // A shell that is not on this machine cannot be asked.
    if (check.error === undefined)
      expect({ status: check.status, stderr: check.stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('is refused for a shell that there is not', async () => {
    const { code, errors } = await leveret(['completion', 'tcsh'])
    expect({ code, errors }).toEqual({ code: 2, errors: 'leveret: name your shell: bash, zsh, fish\n' })
  })
})
