/** The broker under test, as a process that is killed without a word. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const MAIN = join(__dirname, '../../dist/main.js')
/** Moves messages inside it when told to. */
const MOVER = join(__dirname, 'mover-inside.cjs')
const BOOT_MS = 20_000
const STOP_MS = 20_000

// Ports of their own, which only one broker at a time can have.
const SILENT = ['--no-management', '--no-prometheus']

/** What it logs of errors that are its own. */
const DEFECT = /defect of ours/

export class BrokerProcess {
  /** Settles when it has ended and its output was read: its exit code, or null after a signal. */
  readonly ended: Promise<number | null>
  private readonly child: ChildProcess
  private output = ''
  private errors = ''
  private isExpectedToEnd = false

  constructor(
    dataDir: string,
    options: {
      readonly durability: 'fsync' | 'os'
      readonly environment: Record<string, string>
      /** Flags of node, and what is loaded before the broker. */
      readonly node?: readonly string[]
      readonly flags?: readonly string[]
    },
    /** It did what no broker should. */
    complain: (what: string) => void,
  ) {
    const place = ['--port', '0', '--data-dir', dataDir]
    const args = ['serve', ...place, '--durability', options.durability, ...(options.flags ?? SILENT)]
    const environment = { PATH: process.env['PATH'], ...options.environment }
    const child = spawn(process.execPath, [...(options.node ?? ['--require', MOVER]), MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: environment,
    })
    this.child = child
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    this.ended = new Promise(resolve => child.once('close', resolve))
    void this.ended.then(code => {
      if (!this.isExpectedToEnd)
        complain(`the broker ended by itself with exit code ${code}: ${this.errors.trim()}`)
      for (const line of this.errors.split('\n')) if (DEFECT.test(line)) complain(`the broker logged ${line}`)
    })
  }

  get pid(): number {
    return this.child.pid!
  }

  /** Where its HTTP API is; undefined before it listens. */
  get managementUrl(): string | undefined {
    return /http:\/\/\S+/.exec(this.output)?.[0]
  }

  /** Not to be confused with an end: it does nothing until it is let go on. */
  freeze(): void {
    this.child.kill('SIGSTOP')
  }

  thaw(): void {
    this.child.kill('SIGCONT')
  }

  /** Asks what was loaded into it, which answers once. Undefined when the broker ended. */
  async ask(question: string): Promise<unknown> {
    const { child } = this
    const answer = new Promise<unknown>(resolve => child.once('message', resolve))
    if (!child.connected) return undefined
    child.send(question, () => {}) // a broker that is gone answers nothing
    return await Promise.race([answer, this.ended.then(() => undefined)])
  }

  /** Where it listens; undefined when it ended before it did. @throws Error when it takes too long */
  async url(): Promise<string | undefined> {
    const deadline = Date.now() + BOOT_MS
    let isOver = false
    void this.ended.then(() => {
      isOver = true
    })
    while (!isOver) {
      const url = /amqp:\/\/\S+/.exec(this.output)?.[0]
      if (url !== undefined && this.output.endsWith('\n')) return url
      if (Date.now() > deadline)
        throw new Error(`the broker did not come up in ${BOOT_MS} ms: ${this.errors}`)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    return undefined
  }

  /** SIGKILL, now. */
  kill(): Promise<number | null> {
    this.isExpectedToEnd = true
    this.child.kill('SIGKILL')
    return this.ended
  }

  /** SIGTERM, and again so soon, which ends it at once. */
  async stopTwice(afterMs: number): Promise<void> {
    this.isExpectedToEnd = true
    this.child.kill('SIGTERM')
    await new Promise(resolve => setTimeout(resolve, afterMs))
    this.child.kill('SIGTERM')
    await this.ended
  }

  /** SIGTERM. @throws Error when it does not end, or not well */
  async stop(): Promise<void> {
    this.isExpectedToEnd = true
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS)
    const code = await this.ended
    clearTimeout(timer)
    if (code !== 0) throw new Error(`the broker stopped with exit code ${code}: ${this.errors.trim()}`)
  }
}
