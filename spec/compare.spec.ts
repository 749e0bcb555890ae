/** `node bench/compare.mjs` as a person runs it, for a moment only, with one Leveret in the part of the other broker. */
import { join } from 'node:path'
import { killAll, Leveret } from './cli/leveret'
import { Program } from './support/processes'

jest.setTimeout(60_000)
afterAll(killAll)

const root = join(__dirname, '..')

function compare(...args: string[]): Program {
  return new Program('bench/compare.mjs', args, { cwd: root })
}

describe('the comparison of brokers', () => {
  it('puts a Leveret of its own beside another broker, with the ratio', async () => {
    const other = await new Leveret(['serve', '--in-memory', '--port', '0', '--log-level', 'error']).says(
      /amqp:\/\/\S+/,
    )
    const brief = ['--rounds', '2', '--seconds', '0.2', '--load-only', '--only', 'transient']
    const lines = await compare(...brief, '--with', `another=${other}`).finished()
    const ours = String.raw`Leveret \S+, in memory`
    const count = String.raw`[\d,]+( of [\d,]+)?`
    expect(lines[0]).toMatch(/Node v\d+.*; medians of 2 × 0\.2 s$/)
    expect(lines[2]).toMatch(new RegExp(`\\| ${ours} \\| another \\| ${ours} : another \\|$`))
    for (const [line, title] of [
      [lines[4], '16 B, transient, auto-ack'],
      [lines[5], '1 KiB, transient, auto-ack'],
    ]) {
      expect(line).toMatch(new RegExp(`^\\| ${title} \\| ${count} \\| ${count} \\| [\\d.]+ × \\|$`))
    }
  })

  it('makes no ratio of messages that only one of the two keeps', async () => {
    const other = await new Leveret(['serve', '--in-memory', '--port', '0', '--log-level', 'error']).says(
      /amqp:\/\/\S+/,
    )
    const brief = ['--rounds', '1', '--seconds', '0.2', '--load-only', '--only', 'window 100,']
    const lines = await compare(...brief, '--with', `another=${other}`).finished()
    expect(lines[2]).not.toContain('×')
    expect(lines[4]).toMatch(
      /^\| 1 KiB, persistent, confirm window 100, ack every 50 \| [\d,]+ \| [\d,]+ \|$/,
    )
  })

  it.each([
    ['--nope', /Unknown option '--nope'/],
    ['--only=zebra', /no case has zebra in its title/],
    ['--with=http://127.0.0.1/', /no amqp:/],
    ['--rounds=0', /--rounds must be/],
  ])('refuses %s with exit code 1', async (arg, why) => {
    const program = compare(arg)
    expect(await program.exitCode).toBe(1)
    await expect(program.finished()).rejects.toThrow(why)
  })
})
