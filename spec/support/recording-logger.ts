/** A logger that remembers: how many lines of each level, and what the last ones said. */
import type { LogFields, Logger, LogMethod } from '../../src/logger'

const LINES_KEPT = 1000

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: LogFields
}

export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = []
  readonly trace = this.method('trace')
  readonly debug = this.method('debug')
  readonly info = this.method('info')
  readonly warn = this.method('warn')
  readonly error = this.method('error')

  /** One log, whoever writes. */
  child(): Logger {
    return this
  }

  /** The texts of a level, with the error if there is one: a line at `error` is a defect of ours. */
  at(level: string): string[] {
    return this.lines
      .filter(line => line.level === level)
      .map(({ message, fields }) => textOf(message, fields))
  }

  clear(): void {
    this.lines.length = 0
  }

  private method(level: string): LogMethod {
    return (first: string | LogFields, message?: string) => {
      if (typeof first === 'string') this.add({ level, message: first, fields: {} })
      else this.add({ level, message: message ?? '', fields: first })
    }
  }

  /** Forgets old lines, but no errors: they are to be none. */
  private add(line: LogLine): void {
    this.lines.push(line)
    if (this.lines.length <= LINES_KEPT) return
    const old = this.lines.splice(0, LINES_KEPT / 2)
    this.lines.unshift(...old.filter(isError))
  }
}

function isError(line: LogLine): boolean {
  return line.level === 'error'
}

function textOf(message: string, fields: LogFields): string {
  const { err } = fields
  return err instanceof Error ? `${message}: ${err.stack}` : message
}
