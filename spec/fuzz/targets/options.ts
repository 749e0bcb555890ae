/** Options from flags, environment and config file: taken, or refused in one line that names the option and no secret. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadOptions, OptionError } from '../../../src/config/load'
import { environmentOf } from '../../../src/config/option-spec'
import { optionKeys, optionTable } from '../../../src/config/options'
import type { Random } from '../../crash/random'
import type { Input, Target, World } from '../target'

const SECRET = 'xyzzy'
const VALUES = [
  '',
  '0',
  '1',
  '-1',
  '1.5',
  '1e9',
  '65536',
  '99999999999999999999',
  'true',
  'false',
  'yes',
  'null',
  '[]',
  '{}',
  'é'.repeat(200),
  'a'.repeat(256),
  '127.0.0.1',
  '\0',
  '::',
  'none',
  'disk',
  'tcp://10.0.0.1:5672',
]

export const options: Target = {
  name: 'options',
  briefly: 200,
  dictionary: [...VALUES, '__proto__', 'constructor', '"defaultPass": "xyzzy"', '\n', ',', '"', '\ufeff'].map(
    text => Buffer.from(text),
  ),
  inputsPerWorld: 100_000,
  forgets: true,
  generate,
  open: async () => new OptionsWorld(),
}

/** The file first, then `flag key value` and `env NAME value`. */
function generate(random: Random): Input {
  const entries = Array.from({ length: random.between(0, 4) }, () => [key(random), jsonValue(random)])
  const file = JSON.stringify(
    Object.fromEntries([...entries, ['defaultPass', SECRET]]),
    null,
    random.pick([0, 2]),
  )
  const others = Array.from({ length: random.between(0, 3) }, () =>
    random.chance(0.5)
      ? `flag ${key(random)} ${random.pick(VALUES)}`
      : `env ${environmentOf(key(random))} ${random.pick(VALUES)}`,
  )
  return [file, ...others].map(text => Buffer.from(text))
}

function key(random: Random): string {
  return random.chance(0.9)
    ? random.pick(optionKeys)
    : random.pick(['__proto__', 'constructor', 'prot', 'x', ''])
}

function jsonValue(random: Random): unknown {
  return random.chance(0.5)
    ? random.pick(VALUES)
    : random.pick<unknown>([0, -1, 1.5, 1e300, true, null, [], {}, 5672])
}

class OptionsWorld implements World {
  private readonly folder = mkdtempSync(join(tmpdir(), 'leveret-fuzz-'))

  feed([file, ...others]: Input): void {
    const configFile = join(this.folder, 'leveret.json')
    writeFileSync(configFile, file ?? '')
    const flags: Record<string, unknown> = {}
    const environment: Record<string, string> = { LEVERET_DEFAULT_PASS: SECRET }
    for (const piece of others) {
      const [kind, name = '', ...value] = piece.toString().split(' ')
      if (kind === 'flag') flags[name] = value.join(' ')
      else environment[name] = value.join(' ')
    }
    try {
      const loaded = loadOptions({ flags, environment, configFile })
      for (const name of optionKeys) {
        const { type } = optionTable[name]
        if (type === 'integer' && !Number.isInteger(loaded.options[name]))
          throw new Error(`${name} is no whole number`)
      }
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      requireLine(error)
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function requireLine({ message, option }: OptionError): void {
  if (message.includes('\n')) throw new Error(`more than a line: ${JSON.stringify(message)}`)
  // Where damage has made it another option's value it is shown as that.
  const isAboutPassword = /default.?pass/i.test(option) || message.includes('not valid JSON')
  if (isAboutPassword && message.includes(SECRET)) throw new Error(`tells the password: ${message}`)
}
