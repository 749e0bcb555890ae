import { allowed, environmentOf, flagOf, type OptionSpec, optionGroups } from '../../src/config/option-spec'
import { optionKeys, optionTable } from '../../src/config/options'
import { createLogger } from '../../src/logger'

const lines = optionKeys.map((key): [string, OptionSpec] => [key, optionTable[key]])

describe('the option table', () => {
  it('has the options that every other page speaks of', () => {
    expect(optionKeys).toEqual(
      expect.arrayContaining([
        'host',
        'port',
        'dataDir',
        'inMemory',
        'managementPort',
        'logLevel',
        'heartbeat',
        'frameMax',
      ]),
    )
  })

  it('listens to this machine only, on the port of AMQP, unless told otherwise', () => {
    expect(optionTable.host.default).toBe('127.0.0.1')
    expect(optionTable.port.default).toBe(5672)
    expect(optionTable.managementHost.default).toBe('127.0.0.1')
    expect(optionTable.managementPort.default).toBe(15672)
  })

  it.each(lines)('describes %s in sentences', (_, spec) => {
    expect(spec.description).toMatch(/^[A-Z].*\.$/)
    expect(optionGroups).toContain(spec.group)
  })

  it.each(lines)('gives %s a default within its own limits', (_, spec) => {
    if (spec.type === 'integer') {
      expect(spec.default).toBeGreaterThanOrEqual(spec.min)
      expect(spec.default).toBeLessThanOrEqual(spec.max)
    }
    if (spec.type === 'choice') expect(spec.values).toContain(spec.default)
  })

  it('spells flags and environment variables from the key', () => {
    expect(flagOf('maxMessageSize')).toBe('--max-message-size')
    expect(environmentOf('maxMessageSize')).toBe('LEVERET_MAX_MESSAGE_SIZE')
  })

  it('says what an option accepts, with its unit and what 0 means', () => {
    expect(allowed(optionTable.heartbeat)).toBe('a whole number from 0 to 65535 s (0 is off)')
    expect(allowed(optionTable.compat)).toBe('one of "3.13", "4.2", "4.3"')
    expect(allowed(optionTable.inMemory)).toBe('true or false')
    expect(allowed(optionTable.host)).toBe('text of 1 to 255 bytes')
    expect(allowed(optionTable.dataDir)).toBe('a path')
  })

  it('names the log levels that the logger knows', () => {
    const written: string[] = []
    for (const level of optionTable.logLevel.values) {
      createLogger({ level, pretty: false, destination: { write: line => written.push(line) } }).error(
        'heard',
      )
    }
    expect(written).toHaveLength(optionTable.logLevel.values.length - 1) // all but silent
  })
})
