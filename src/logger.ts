/**
 * Log lines. `Logger` is what the parts of the broker are handed; this is the only importer of pino, which is loaded
 * with the first line that is really written: a silent broker never pays for it (about 20 ms). Lines go to standard
 * error, so that what a command prints stays clean: for people on a terminal, JSON elsewhere. What peers chose reaches
 * neither as commands of a terminal nor as lines of its own. Never on the path of a message.
 */
import type { DestinationStream, Logger as PinoLogger } from 'pino'
import { printable, printableLines } from './structures/printable'

export type LogFields = Readonly<Record<string, unknown>>

/** `log.info('listening')` or `log.warn({ peer, err }, 'connection refused')`; an error goes in as `err`. */
export interface LogMethod {
  (message: string): void
  (fields: LogFields, message: string): void
}

export interface Logger {
  readonly trace: LogMethod
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** The same log, with these fields in every line. */
  child(fields: LogFields): Logger
}

const severities = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, silent: 100 } as const
export type LogLevel = keyof typeof severities
export type LineLevel = Exclude<LogLevel, 'silent'>

export interface LoggerOptions {
  readonly level: LogLevel
  /** Lines for people, or JSON. Default: for people when standard error is a terminal. */
  readonly pretty?: boolean
  /** Where lines go instead of standard error. */
  readonly destination?: DestinationStream
}

export function createLogger(options: LoggerOptions): Logger {
  if (options.level === 'silent') return silentLogger
  let root: PinoLogger | undefined
  return lazyLogger(severities[options.level], () => {
    root ??= openPino(options)
    return root
  })
}

/** The same log, whose lines of this level or above are also handed to `copy`, whether or not they are written. */
export function alsoTo(
  logger: Logger,
  level: LineLevel,
  copy: (level: LineLevel, message: string, fields: LogFields) => void,
): Logger {
  const threshold = severities[level]
  const copying = (to: Logger, inherited: LogFields): Logger => {
    const method = (level: LineLevel): LogMethod => {
      if (severities[level] < threshold) return to[level]
      return (first: string | LogFields, message?: string) => {
        if (typeof first === 'string') {
          to[level](first)
          copy(level, first, inherited)
        } else {
          const text = message ?? ''
          to[level](first, text)
          copy(level, text, { ...inherited, ...first })
        }
      }
    }
    return {
      trace: method('trace'),
      debug: method('debug'),
      info: method('info'),
      warn: method('warn'),
      error: method('error'),
      child: fields => copying(to.child(fields), { ...inherited, ...fields }),
    }
  }
  return copying(logger, {})
}

const nothing: LogMethod = () => {}

export const silentLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
}

function lazyLogger(threshold: number, open: () => PinoLogger): Logger {
  const method = (level: LineLevel): LogMethod => {
    if (severities[level] < threshold) return nothing
    return (first: string | LogFields, message?: string) => {
      if (typeof first === 'string') open()[level](first)
      else open()[level](first, message)
    }
  }
  return {
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child(fields) {
      let child: PinoLogger | undefined
      return lazyLogger(threshold, () => {
        child ??= open().child(fields)
        return child
      })
    },
  }
}

/** `require` where the line is written and not `import` at the top: this is what keeps pino out of a quiet start. */
function openPino(options: LoggerOptions): PinoLogger {
  const { pino } = require('pino') as typeof import('pino')
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true })
  const pinoOptions = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const pretty = options.pretty ?? process.stderr.isTTY === true
  return pino(pinoOptions, pretty ? forPeople(destination) : forPrograms(destination))
}

/** JSON escapes control characters, but not all of those that terminals obey. */
function forPrograms(destination: DestinationStream): DestinationStream {
  return { write: line => destination.write(`${printable(line.trimEnd())}\n`) }
}

/** Formats in this thread: pino's worker transport would start another one and lose the last lines of a crash. */
function forPeople(destination: DestinationStream): DestinationStream {
  const { prettyFactory } = require('pino-pretty') as typeof import('pino-pretty')
  const format = prettyFactory({ colorize: process.stderr.isTTY === true, translateTime: 'SYS:HH:MM:ss.l' })
  return { write: line => destination.write(format(JSON.parse(line, harmless))) }
}

/** Only the stack of an error has lines. */
function harmless(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  return key === 'stack' ? printableLines(value) : printable(value)
}
