import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentOf, flagOf, optionGroups } from '../../src/config/option-spec'
import { optionKeys, optionTable } from '../../src/config/options'
import { killAll, leveret } from './leveret'

afterEach(killAll)

/** Help text without its line breaks. */
async function helpOf(command: string): Promise<string> {
  const { code, output } = await leveret([command, '--help'])
  expect(code).toBe(0)
  return output.replace(/\s+/g, ' ')
}

describe('leveret', () => {
  it('prints its version', async () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
      version: string
    }
    expect(await leveret(['--version'])).toEqual({ code: 0, output: `${manifest.version}\n`, errors: '' })
  })

  it('shows its commands', async () => {
    const { code, output } = await leveret(['--help'])
    expect(code).toBe(0)
    expect(output).toMatch(/serve .*Run a broker/)
    expect(output).toMatch(/inspect .*data folder/)
    expect(output).toMatch(/bench .*Measure/)
  })

  it.each([
    [['sevre'], "error: unknown command 'sevre'\n(Did you mean serve?)"],
    [['serve', '--prot', '1'], "error: unknown option '--prot'\n(Did you mean --port?)"],
    [['bench', '--publisher', '1'], "error: unknown option '--publisher'\n(Did you mean --publishers?)"],
    [['serve', 'now'], "error: too many arguments for 'serve'."],
    [['serve', '--port'], "error: option '--port <number>' argument missing"],
    [['list', 'queus'], "error: unknown command 'queus'\n(Did you mean queues?)"],
    [['get'], "error: missing required argument 'queue'"],
    [['user', 'add', 'x', '--tag', 'y'], "error: unknown option '--tag'\n(Did you mean --tags?)"],
  ])('refuses %j by name', async (args, message) => {
    const { code, output, errors } = await leveret(args)
    expect(code).toBe(2)
    expect(errors).toContain(message)
    expect(output).toBe('')
  })
})

describe('leveret serve --help', () => {
  it('has every option with its description and its variable, in its group', async () => {
    const help = await helpOf('serve')
    for (const key of optionKeys) {
      expect(help).toContain(` ${flagOf(key)} `)
      expect(help).toContain(optionTable[key].description)
      expect(help).toContain(environmentOf(key))
    }
    for (const group of optionGroups) expect(help).toContain(`${group}:`)
    expect(help).toContain('--config <file>')
  })

  it('tells defaults, limits and units', async () => {
    const help = await helpOf('serve')
    expect(help).toContain('--frame-max <bytes>')
    expect(help).toContain(
      '(default 131072; a whole number from 4096 to 16777216 bytes; environment LEVERET_FRAME_MAX)',
    )
    expect(help).toContain('environment LEVERET_DEFAULT_USER or RABBITMQ_DEFAULT_USER')
  })
})
