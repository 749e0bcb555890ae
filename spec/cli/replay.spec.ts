/** `leveret exec --record` and `leveret replay` as processes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'
import { killAll, leveret } from './leveret'

jest.setTimeout(60_000)
afterAll(killAll)

const newPath = pathsIn(temporaryFolder())
const quick = { LEVERET_MANAGEMENT: 'false' }
const main = join(__dirname, '../../dist/main.js')
const amqplib = require.resolve('amqplib')
const password = 'no one knows it'

async function recording(): Promise<string> {
  const path = newPath()
  const script = `(async () => { const connection = await require(${JSON.stringify(amqplib)}).connect(process.env.AMQP_URL)
    const channel = await connection.createConfirmChannel(); await channel.assertQueue('q', { durable: true })
    channel.sendToQueue('q', Buffer.from('hello')); await channel.waitForConfirms(); await connection.close() })()`
  const command = [process.execPath, '-e', script]
  const ran = await leveret(['exec', '--record', path, '--password', password, '--', ...command], quick)
  expect(ran).toEqual({ code: 0, output: '', errors: '' })
  return path
}

describe('leveret replay', () => {
  it('plays what was recorded, where AMQP_URL leads', async () => {
    const path = await recording()
    const replay = [process.execPath, main, 'replay', path]
    const { code, output } = await leveret(['exec', '--report', 'always', '--', ...replay], quick)
    expect({ code, output }).toEqual({
      code: 0,
      output: 'frames played: 7, connections: 1, differences: 0\n',
    })
  })

  it('is given a recording without passwords', async () => {
    const lines = readFileSync(await recording(), 'utf8')
      .trimEnd()
      .split('\n')
    const payloads = lines.map(line => Buffer.from(JSON.parse(line).payload ?? '', 'base64').toString())
    expect(payloads.join()).toContain('hello')
    expect(payloads.join() + lines.join()).not.toContain(password)
  })

  it('ends with an exit code of its own when replies differ', async () => {
    const path = await recording()
    const definitions = newPath()
    const queue = { name: 'q', vhost: '/', durable: false, auto_delete: false, arguments: {} }
    writeFileSync(definitions, JSON.stringify({ vhosts: [{ name: '/' }], queues: [queue] }))
    const replay = [process.execPath, main, 'replay', path, '--speed', '1000']
    const ran = await leveret(['exec', '--definitions', definitions, '--', ...replay], quick)
    expect(ran.code).toBe(8)
    expect(ran.output).toMatch(
      /^connection 1, channel 1: then queue\.declare-ok, now channel\.close \(406 PRECONDITION_FAILED - .*\)\nframes played: /,
    )
  })

  it.each([
    [['--speed', '0'], 'leveret: --speed must be a number above 0, or max\n'],
    [['--speed', 'fast'], 'leveret: --speed must be a number above 0, or max\n'],
    [
      ['--url', 'http://guest:secret@there'],
      'leveret: the URL must be like amqp://guest:guest@127.0.0.1:5672\n',
    ],
  ])('refuses %j', async (flags, errors) => {
    expect(await leveret(['replay', 'traffic.jsonl', ...flags])).toEqual({ code: 2, output: '', errors })
  })

  it('says in one line that a file is no recording', async () => {
    const path = newPath()
    writeFileSync(path, 'hello\n')
    const ran = await leveret(['replay', path])
    expect(ran).toEqual({ code: 1, output: '', errors: `leveret: ${path}: this is no recording\n` })
  })
})
