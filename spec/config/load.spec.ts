import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientVariables } from '../../src/config/client-environment'
import { loadOptions, OptionError, resolveOptions } from '../../src/config/load'
import { environmentOf, flagOf, type OptionSpec } from '../../src/config/option-spec'
import { type BrokerOptions, type OptionKey, optionKeys, optionTable } from '../../src/config/options'

const folder = mkdtempSync(join(tmpdir(), 'leveret-config-'))
const file = join(folder, 'leveret.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Values from both sides of every limit. */
function goodValues(spec: OptionSpec): unknown[] {
  switch (spec.type) {
    case 'integer':
      return [spec.min, spec.min + 1, spec.max - 1, spec.max]
    case 'boolean':
      return [true, false]
    case 'choice':
      return [...spec.values]
    case 'text':
      return ['a', 'a'.repeat(255), 'ü'.repeat(127), 'with space']
    case 'path':
      return ['data', '/var/lib/leveret', './x y']
    case 'amount':
      return ['2GB', '512MiB', '1500', '0', '0.6', '60%', 'off']
  }
}

function badValues(spec: OptionSpec): unknown[] {
  switch (spec.type) {
    case 'integer':
      return [spec.min - 1, spec.max + 1, spec.min + 0.5, Number.NaN, '1', true, null, []]
    case 'boolean':
      return ['true', 1, 0, null]
    case 'choice':
      return ['', 'other', 4.2, true, null]
    case 'text':
      return ['', 'a'.repeat(256), 'ü'.repeat(128), 1, true, null]
    case 'path':
      return ['', 1, false, null]
    case 'amount':
      return ['', '2 apples', '-1', -1, '1e9', '0.6GB', '1.2.3', 'OFF', true, null, Number.NaN, {}]
  }
}

const keys = optionKeys.map((key): [OptionKey, OptionSpec] => [key, optionTable[key]])
const good = keys.flatMap(([key, spec]) =>
  goodValues(spec).map((value): [OptionKey, unknown] => [key, value]),
)
const bad = keys.flatMap(([key, spec]) => badValues(spec).map((value): [OptionKey, unknown] => [key, value]))

describe('an option of createBroker', () => {
  it.each(good)('%s may be %j', (key, value) => {
    expect(resolveOptions({ [key]: value } as BrokerOptions)[key]).toBe(value)
  })

  it.each(bad)('%s may not be %j', (key, value) => {
    const resolve = () => resolveOptions({ [key]: value } as BrokerOptions)
    expect(resolve).toThrow(OptionError)
    expect(resolve).toThrow(`createBroker: option "${key}" must be `)
  })

  it('has its default when it is undefined or absent', () => {
    expect(resolveOptions({ port: undefined }).port).toBe(5672)
    expect(resolveOptions()).toMatchObject({
      host: '127.0.0.1',
      heartbeat: 60,
      frameMax: 131072,
      dataDir: undefined,
    })
  })

  it('logs only warnings by default, where the command line says more', () => {
    expect(resolveOptions().logLevel).toBe('warn')
    expect(resolveOptions({ logLevel: undefined }).logLevel).toBe('warn')
    expect(loadOptions({}).options.logLevel).toBe('info')
  })

  it.each([
    ['prot', 'createBroker: unknown option "prot"; did you mean "port"?'],
    ['frame-max', 'createBroker: unknown option "frame-max"; did you mean "frameMax"?'],
    ['toString', `createBroker: unknown option "toString"; allowed: ${optionKeys.join(', ')}`],
  ])('is refused by name when there is no %s', (name, message) => {
    expect(() => resolveOptions({ [name]: 1 } as BrokerOptions)).toThrow(message)
  })

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(resolveOptions())).toBe(true)
  })

  it('never takes the environment', () => {
    process.env['LEVERET_PORT'] = '1'
    try {
      expect(resolveOptions().port).toBe(5672)
    } finally {
      delete process.env['LEVERET_PORT']
    }
  })
})

describe('an option in the environment', () => {
  it.each(good)('%s may be %j', (key, value) => {
    const name = environmentOf(key)
    const { options, sources } = loadOptions({ environment: { [name]: String(value) } })
    expect(options[key]).toBe(value)
    expect(sources[key]).toBe(`environment ${name}`)
  })

  it.each([
    [
      'LEVERET_PORT',
      'http',
      'a whole number from 0 to 65535 (0 is a free port) or false (no such port), got "http"',
    ],
    [
      'LEVERET_PORT',
      '65536',
      'a whole number from 0 to 65535 (0 is a free port) or false (no such port), got 65536',
    ],
    ['LEVERET_PORT', '', 'a whole number from 0 to 65535 (0 is a free port) or false (no such port), got ""'],
    [
      'LEVERET_PORT',
      '1e3',
      'a whole number from 0 to 65535 (0 is a free port) or false (no such port), got "1e3"',
    ],
    ['LEVERET_HEARTBEAT', '-1', 'a whole number from 0 to 65535 s (0 is off), got -1'],
    ['LEVERET_IN_MEMORY', 'yes', 'true or false, got "yes"'],
    ['LEVERET_COMPAT', '3.8', 'one of "3.13", "4.2", "4.3", got "3.8"'],
    ['RABBITMQ_DEFAULT_USER', '', 'text of 1 to 255 bytes, got ""'],
  ])('%s=%s is refused with what is allowed', (name, text, message) => {
    expect(() => loadOptions({ environment: { [name]: text } })).toThrow(
      `environment ${name} must be ${message}`,
    )
  })

  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('switches a boolean with %s', (text, value) => {
    expect(loadOptions({ environment: { LEVERET_IN_MEMORY: text } }).options.inMemory).toBe(value)
  })

  it('is refused by name when it is unknown', () => {
    expect(() => loadOptions({ environment: { LEVERET_PROT: '1' } })).toThrow(
      'environment: unknown option "LEVERET_PROT"; did you mean "LEVERET_PORT"?',
    )
    expect(() => loadOptions({ environment: { LEVERET_COLOUR: '1' } })).toThrow(
      /^environment: unknown option "LEVERET_COLOUR"; allowed: LEVERET_HOST, .*LEVERET_CONFIG$/,
    )
  })

  it('may be named as in RabbitMQ’s image, below our own name', () => {
    const environment = {
      RABBITMQ_DEFAULT_USER: 'anna',
      RABBITMQ_DEFAULT_PASS: 'b',
      RABBITMQ_DEFAULT_VHOST: 'shop',
    }
    expect(loadOptions({ environment }).options).toMatchObject({
      defaultUser: 'anna',
      defaultPass: 'b',
      defaultVhost: 'shop',
    })
    const both = loadOptions({ environment: { ...environment, LEVERET_DEFAULT_USER: 'otto' } })
    expect(both.options.defaultUser).toBe('otto')
    expect(both.sources.defaultPass).toBe('environment RABBITMQ_DEFAULT_PASS')
  })

  it('is not confused by those of the commands that talk to a broker, but by one that is mistyped', () => {
    const environment = Object.fromEntries(clientVariables.map(name => [name, 'x']))
    expect(clientVariables).toContain('LEVERET_PASSWORD')
    expect(loadOptions({ environment }).options.port).toBe(5672)
    expect(() => loadOptions({ environment: { LEVERET_PASSWROD: 'x' } })).toThrow(OptionError)
  })

  it('is not confused by other programs’ variables, nor by those Kubernetes sets for a service "leveret"', () => {
    const environment = {
      PORT: '1',
      RABBITMQ_NODENAME: 'x',
      LEVERET_SERVICE_HOST: '10.0.0.1',
      LEVERET_SERVICE_PORT: '5672',
      LEVERET_SERVICE_PORT_AMQP: '5672',
      LEVERET_PORT: 'tcp://10.0.0.1:5672',
      LEVERET_PORT_5672_TCP: 'tcp://10.0.0.1:5672',
      LEVERET_PORT_5672_TCP_ADDR: '10.0.0.1',
    }
    const { options, sources } = loadOptions({ environment })
    expect(options.port).toBe(5672)
    expect(sources.port).toBe('default')
  })
})

describe('an option as a flag', () => {
  it.each(good)('%s may be %j', (key, value) => {
    const { options, sources } = loadOptions({
      flags: { [key]: typeof value === 'boolean' ? value : String(value) },
    })
    expect(options[key]).toBe(value)
    expect(sources[key]).toBe(`flag ${flagOf(key)}`)
  })

  it('is refused with its name and what is allowed', () => {
    expect(() => loadOptions({ flags: { frameMax: '4095' } })).toThrow(
      'flag --frame-max must be a whole number from 4096 to 16777216 bytes, got 4095',
    )
    expect(() => loadOptions({ flags: { frameMaxx: '1' } })).toThrow(
      'flag: unknown option "--frame-maxx"; did you mean "--frame-max"?',
    )
  })

  it('is not given when undefined', () => {
    expect(loadOptions({ flags: { port: undefined } }).sources.port).toBe('default')
  })
})

describe('an option in the config file', () => {
  it.each(good)('%s may be %j', (key, value) => {
    writeFileSync(file, JSON.stringify({ [key]: value }))
    const { options, sources } = loadOptions({ configFile: file })
    expect(options[key]).toBe(value)
    expect(sources[key]).toBe(`config file ${file}`)
  })

  it.each([
    ['{"prot": 1}', 'unknown option "prot"; did you mean "port"?'],
    [
      '{"port": "1"}',
      'option "port" must be a whole number from 0 to 65535 (0 is a free port) or false (no such port), got "1"',
    ],
    ['{"compat": 4.2}', 'option "compat" must be one of "3.13", "4.2", "4.3", got 4.2'],
    [
      '{"port": null}',
      'option "port" must be a whole number from 0 to 65535 (0 is a free port) or false (no such port), got null',
    ],
    ['[1]', 'must hold one JSON object, got [1]'],
    ['null', 'must hold one JSON object, got null'],
    ['{"port": 1', 'not valid JSON: '],
    ['', 'not valid JSON: '],
  ])('%s is refused with the file’s name', (text, message) => {
    writeFileSync(file, text)
    expect(() => loadOptions({ configFile: file })).toThrow(`config file ${file}: ${message}`)
  })

  it('is refused when there is no such file', () => {
    expect(() => loadOptions({ configFile: 'nowhere.json' })).toThrow(
      'config file nowhere.json: cannot be read: ENOENT: no such file or directory',
    )
  })

  it('may be named in the environment, below the flag', () => {
    writeFileSync(file, '{"port": 1}')
    expect(loadOptions({ environment: { LEVERET_CONFIG: file } }).options.port).toBe(1)
    expect(
      loadOptions({ environment: { LEVERET_CONFIG: 'nowhere.json' }, configFile: file }).options.port,
    ).toBe(1)
  })
})

describe('one option from several sources', () => {
  const flags = { heartbeat: '4' }
  const environment = { LEVERET_HEARTBEAT: '3', LEVERET_CHANNEL_MAX: '3' }

  it('has the value of the flag, else the environment’s, else the file’s, else the default', () => {
    writeFileSync(file, '{"heartbeat": 2, "channelMax": 2, "frameMax": 8192}')
    const { options, sources } = loadOptions({ flags, environment, configFile: file })
    expect(options).toMatchObject({ heartbeat: 4, channelMax: 3, frameMax: 8192, port: 5672 })
    expect(sources).toMatchObject({
      heartbeat: 'flag --heartbeat',
      channelMax: 'environment LEVERET_CHANNEL_MAX',
      frameMax: `config file ${file}`,
      port: 'default',
    })
  })

  it('can be switched off by a flag where the file switched it on', () => {
    writeFileSync(file, '{"inMemory": true}')
    expect(loadOptions({ flags: { inMemory: false }, configFile: file }).options.inMemory).toBe(false)
  })

  it('is refused where it is bad, even when a better source has it too', () => {
    expect(() => loadOptions({ flags, environment: { LEVERET_HEARTBEAT: 'x' } })).toThrow(/^environment/)
  })
})

describe('the message of a refused option', () => {
  it('does not show a password', () => {
    const secret = 's'.repeat(300)
    expect(() => loadOptions({ flags: { defaultPass: secret } })).toThrow(
      /^flag --default-pass must be text of 1 to 255 bytes$/,
    )
  })

  it('cuts a long value', () => {
    const message = `flag --host must be text of 1 to 255 bytes, got "${'h'.repeat(56)}...`
    expect(() => loadOptions({ flags: { host: 'h'.repeat(300) } })).toThrow(message)
  })

  it('names the option on its own, for programs', () => {
    try {
      resolveOptions({ port: -1 })
      throw new Error('was not refused')
    } catch (cause) {
      expect(cause).toBeInstanceOf(OptionError)
      expect(cause).toMatchObject({ name: 'OptionError', option: 'port' })
    }
  })
})
