/** What commands do when the broker, or what they write to, fails in the middle. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder'
import { FakeApi, type FakeRequest } from './fake-api'
import { killAll, leveret } from './leveret'

const folder = temporaryFolder()
let fake: FakeApi

beforeEach(async () => {
  fake = await FakeApi.open()
})

afterEach(async () => {
  killAll()
  await fake.close()
})

async function run(args: readonly string[], input?: string) {
  return await leveret(args, { LEVERET_URL: fake.url }, input)
}

function payloads(): unknown[] {
  return fake.requests.map(({ body }) => (JSON.parse(body) as { payload: unknown }).payload)
}

describe('leveret publish', () => {
  it('publishes lines one after the other, and stops at the first that fails', async () => {
    fake.answer = () =>
      fake.requests.length < 3
        ? { body: { routed: true } }
        : { status: 400, body: { error: 'bad_request', reason: '404 NOT_FOUND - no exchange' } }
    const ran = await run(['publish', '-e', 'x', '-k', 'y', '--lines'], '1\n2\n3\n4\n5\n')
    expect(ran).toMatchObject({ code: 5, errors: 'leveret: 404 NOT_FOUND - no exchange\n' })
    expect(payloads()).toEqual(['1', '2', '3'])
  })

  it('publishes copies side by side, just so many, and ends when one fails', async () => {
    fake.answer = () => ({ body: { routed: true } })
    expect(await run(['publish', '--queue', 'q', 'x', '--count', '100'])).toMatchObject({ code: 0 })
    expect(payloads()).toHaveLength(100)
    fake.answer = () => ({ status: 500 })
    expect(await run(['publish', '--queue', 'q', 'x', '--count', '100000'])).toMatchObject({ code: 1 })
    expect(payloads().length).toBeLessThan(120)
  })

  it('sends bytes that are no text in base64', async () => {
    fake.answer = () => ({ body: { routed: true } })
    const path = join(folder, 'body')
    writeFileSync(path, Buffer.from([0xff, 0, 10]))
    await run(['publish', '--queue', 'q', '--file', path])
    await run(['publish', '--queue', 'q'], 'té\n')
    expect(fake.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { payload: '/wAK', payload_encoding: 'base64' },
      { payload: 'té\n', payload_encoding: 'string' },
    ])
    expect(await run(['publish', '--queue', 'q', '--file', join(folder, 'nope')])).toMatchObject({ code: 1 })
  })

  it('counts those that no queue took', async () => {
    fake.answer = () => ({ body: { routed: fake.requests.length % 2 === 0 } })
    const ran = await run(['publish', '-e', 'x', '-k', 'y', '--lines', '--json'], 'a\nb\nc\nd\n')
    expect(ran).toMatchObject({ code: 7, output: '{"published":4,"unrouted":2}\n' })
    expect(ran.errors).toContain('no queue took 2 of them')
  })
})

describe('leveret list', () => {
  const whereADiskIsFull = existsSync('/dev/full') ? it : it.skip

  whereADiskIsFull('tells of a full disk in one line', async () => {
    fake.answer = () => ({ body: [{ name: 'a' }] })
    const main = join(__dirname, '../../dist/main.js')
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [main, 'list', 'users'], {
      stdio: ['ignore', full, 'pipe'],
      env: { PATH: process.env['PATH'], LEVERET_URL: fake.url },
    })
    let errors = ''
    child.stderr?.on('data', text => {
      errors += String(text)
    })
    const code = await new Promise(resolve => child.once('close', resolve))
    closeSync(full)
    expect(errors).toMatch(/^leveret: cannot write: .*ENOSPC.*\n$/)
    expect(code).toBe(1)
  })
})

describe('leveret close-connection --all', () => {
  it('does not mind those that have gone, and tells each why', async () => {
    const list = {
      items: [
        { name: 'a -> b', user: 'ada' },
        { name: 'gone', user: 'ada' },
        { name: 'c', user: 'bob' },
      ],
      page_count: 1,
    }
    fake.answer = ({ method, path }: FakeRequest) => {
      if (method === 'GET') return { body: list }
      return path.endsWith('gone')
        ? { status: 404, body: { error: 'Object Not Found', reason: 'Not Found' } }
        : { status: 204 }
    }
    const ran = await run(['close-connection', '--of-user', 'ada', '--reason', 'új deploy'])
    expect(ran).toEqual({ code: 0, output: 'closed 1 connection\n', errors: '' })
    const [, first] = fake.requests
    expect(first?.path).toBe('/api/connections/a%20-%3E%20b')
    expect(Buffer.from(String(first?.headers['x-reason']), 'latin1').toString('latin1')).toBe('új deploy')
    expect(await run(['close-connection', 'gone'])).toMatchObject({ code: 5 })
    expect(await run(['close-connection', 'a', '--all'])).toMatchObject({ code: 2 })
  })
})
