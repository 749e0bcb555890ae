/** `node bench/startup.mjs` as a person runs it, for a moment only. */
import { join } from 'node:path'
import { Program } from './support/processes'

jest.setTimeout(60_000)

const root = join(__dirname, '..')

function startup(...args: string[]): Program {
  return new Program('bench/startup.mjs', args, { cwd: root })
}

describe('the measurement of starts', () => {
  it('has a time for every side, and a suite with a broker for each test', async () => {
    const lines = await startup('--rounds', '1', '--tests', '2').finished()
    const took = String.raw`[\d.]+ (µs|ms|s)`
    expect(lines[0]).toMatch(/Node v\d+.*; medians of 1 rounds$/)
    for (const side of ['TestBroker', 'TestBroker without a port'])
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^\\| ${side}( \\| ${took}){4} \\|$`)))
    for (const side of ['leveret serve --in-memory', 'leveret serve'])
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^\\| ${side}( \\| ${took}){2} \\|`)))
    expect(lines).toContainEqual(expect.stringMatching(/^\| 2 tests \|/))
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^\\| a TestBroker each( \\| ${took}){3} \\|`)),
    )
    expect(lines.at(-1)).toMatch(new RegExp(`^\\| in-process \\| ${took} \\| [\\d,]+ \\|$`))
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
