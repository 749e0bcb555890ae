/**
 * Programs run as child processes, watched through what they print. A spec waits for a line or for the end, never for
 * time to pass; a program that ends too soon, or stays silent too long, fails the wait with all it has said.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'

const SILENCE_MS = 20_000

export class Program {
  /** What it has printed on standard output, a string per line. */
  readonly lines: string[] = []
  /** Settles when it has ended and all of its output was read; null: ended by a signal. */
  readonly exitCode: Promise<number | null>

  private readonly child: ChildProcess
  private readonly output: Interface
  private readonly name: string
  private errors = ''

  /** Starts `node file ...args` in `cwd`, with `env` added to this process's environment. */
  constructor(file: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }) {
    this.name = [file, ...args].join(' ')
    const child = spawn(process.execPath, [file, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    this.output = createInterface({ input: child.stdout })
    this.output.on('line', line => this.lines.push(line))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    this.exitCode = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
  }

  /** The first line that is `expected`, or matches it: printed already or still to come. */
  line(expected: string | RegExp): Promise<string> {
    const matches = (line: string) => (typeof expected === 'string' ? line === expected : expected.test(line))
    const printed = new Promise<string>(resolve => {
      const look = () => {
        const line = this.lines.find(matches)
        if (line === undefined) return
        this.output.off('line', look)
        resolve(line)
      }
      this.output.on('line', look)
      look()
    })
    const ended = this.exitCode.then(code => {
      throw this.complaint(`ended with exit code ${code} before it printed ${expected}`)
    })
    return this.beforeSilence(Promise.race([printed, ended]), `did not print ${expected}`)
  }

  /** Waits until it ends by itself, which must be with exit code 0; gives back its lines. */
  async finished(): Promise<readonly string[]> {
    const code = await this.beforeSilence(this.exitCode, 'did not end')
    if (code !== 0) throw this.complaint(`ended with exit code ${code}`)
    return this.lines
  }

  /** Ends it at once, as a crash would. Nothing happens when it has ended already. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exitCode
  }

  private async beforeSilence<T>(event: Promise<T>, otherwise: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.complaint(`${otherwise} within ${SILENCE_MS} ms`)), SILENCE_MS)
    })
    try {
      return await Promise.race([event, silence])
    } finally {
      clearTimeout(timer)
    }
  }

  private complaint(what: string): Error {
    const output = this.lines.join('\n')
    return new Error(`${this.name} ${what}. Its output:\n${output}\nIts errors:\n${this.errors}`)
  }
}
