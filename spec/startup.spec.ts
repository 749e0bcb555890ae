/** `node bench/startup.mjs` as a person runs it, for a moment only. */
import { join } from 'node:path'
import { Program } from './support/processes'

jest.setTimeout(60_000)

const root = join(__dirname, '..')

function startup(...args: string[]): Program {
  return new Program('bench/startup.mjs', args, { cwd: root })
}

describe('the measurement of starts', () => {
  it('has times for starts, for a suite with a broker for each test, and for messages', async () => {
    const brief = ['--rounds', '1', '--tests', '2', '--only', 'without a port']
    const lines = await startup(...brief).finished()
    const took = String.raw`[\d.]+ (µs|ms|s)`
    expect(lines[0]).toMatch(/Node v\d+.*; medians of 1 rounds$/)
    expect(lines).toContainEqual(expect.stringMatching(/^\| 2 tests \|/))
    for (const row of [
      `^\\| TestBroker without a port( \\| ${took}){4} \\|$`,
      `^\\| a TestBroker each, without a port( \\| ${took}){3} \\|$`,
      `^\\| TestBroker without a port \\| ${took} \\| [\\d,]+ \\|$`,
    ])
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(row)))
  })

  it.each([
    ['--nope', /Unknown option '--nope'/],
    ['--tests=0', /--tests must be/],
  ])('refuses %s with exit code 1', async (arg, why) => {
    const program = startup(arg)
    expect(await program.exitCode).toBe(1)
    await expect(program.finished()).rejects.toThrow(why)
  })
})
