import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { alsoTo, createLogger, type Logger, type LoggerOptions, silentLogger } from '../src/logger'
import { RecordingLogger } from './support/recording-logger'

function logging(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => lines.push(line) }
  const logger = createLogger({ level: 'info', pretty: false, destination, ...options })
  return { logger, lines, records: () => lines.map(line => JSON.parse(line) as Record<string, unknown>) }
}

describe('the logger', () => {
  it('writes a line of JSON with time, level, fields and message', () => {
    const { logger, records } = logging()
    logger.info('listening')
    logger.warn({ port: 5672 }, 'port in use')
    expect(records()).toEqual([
      { level: 30, time: expect.stringMatching(/^\d{4}-.*Z$/), msg: 'listening' },
      { level: 40, time: expect.anything(), port: 5672, msg: 'port in use' },
    ])
  })

  it('writes errors with their stack', () => {
    const { logger, records } = logging()
    logger.error({ err: new TypeError('no') }, 'failed')
    expect(records()[0]?.['err']).toMatchObject({
      type: 'TypeError',
      message: 'no',
      stack: expect.any(String),
    })
  })

  it.each([
    ['trace', 5],
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ] as const)('at level %s writes %d of the five levels', (level, amount) => {
    const { logger, lines } = logging({ level })
    for (const method of ['trace', 'debug', 'info', 'warn', 'error'] as const) logger[method](method)
    expect(lines).toHaveLength(amount)
  })

  it('has children that say more', () => {
    const { logger, records } = logging()
    logger.child({ connection: 7 }).child({ channel: 1 }).info('opened')
    expect(records()).toEqual([expect.objectContaining({ connection: 7, channel: 1, msg: 'opened' })])
  })

  it('writes for people when asked', () => {
    const { logger, lines } = logging({ pretty: true })
    logger.info({ port: 5672 }, 'listening')
    expect(lines.join('')).toMatch(/INFO.*listening\s+.*port.*5672/)
  })

  it.each([true, false])(
    'gives a terminal neither commands nor lines that peers chose (pretty: %s)',
    pretty => {
      const { logger, lines } = logging({ pretty })
      const name = "q'\u001b]0;mine\u0007\u009b2J\n[12:00] INFO: all is well\u202e"
      const err = new Error(name)
      logger.warn({ name, err }, `NOT_FOUND - no queue '${name}'`)
      const text = lines.join('')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
      expect(text).not.toMatch(/^\[12:00\] INFO/m)
      expect(text).toContain('\\u009b2J')
    },
  )

  it('does nothing when silent', () => {
    expect(createLogger({ level: 'silent' })).toBe(silentLogger)
    expect(silentLogger.child({ a: 1 })).toBe(silentLogger)
    silentLogger.error('nobody hears this')
  })

  it('loads pino with the first line that is written, not before', () => {
    const script = `
      const { createLogger } = require('./logger')
      const loaded = () => Object.keys(require.cache).some(path => /node_modules.pino/.test(path))
      const logger = createLogger({ level: 'warn' })
      logger.child({ a: 1 }).info('below the level')
      const before = loaded()
      logger.warn('written')
      console.log(JSON.stringify([before, loaded()]))`
    const output = execFileSync(process.execPath, ['-e', script], {
      cwd: join(__dirname, '../dist'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    expect(JSON.parse(output)).toEqual([false, true])
  })
})

describe('a log that is also copied', () => {
  const copied: unknown[][] = []
  let log: Logger
  let lines: RecordingLogger

  beforeEach(() => {
    copied.length = 0
    lines = new RecordingLogger()
    log = alsoTo(lines, 'warn', (...line) => copied.push(line))
  })

  it('writes every line, and copies those of the level and above with their fields', () => {
    log.info('below')
    log.warn('text')
    log.child({ connection: 'c' }).error({ user: 'ann' }, 'refused')
    expect(lines.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info below',
      'warn text',
      'error refused',
    ])
    expect(copied).toEqual([
      ['warn', 'text', {}],
      ['error', 'refused', { connection: 'c', user: 'ann' }],
    ])
  })

  it('copies lines that are not written', () => {
    alsoTo(silentLogger, 'debug', (...line) => copied.push(line)).debug('unwritten')
    expect(copied).toEqual([['debug', 'unwritten', {}]])
  })
})
