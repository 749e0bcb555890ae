/**
 * `leveret` as a process: what it prints, how it ends, and signals to it. Needs `dist/`, which `npm test` builds. Each has
 * a working folder of its own, for a broker keeps its data there unless told otherwise.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../support/eventually'

const main = join(__dirname, '../../dist/main.js')
const running = new Set<ChildProcess>()

export class Leveret {
  output = ''
  errors = ''
  /** Settles when it has ended and all it said was read; null: ended by a signal. */
  readonly exitCode: Promise<number | null>
  readonly workingFolder = mkdtempSync(join(tmpdir(), 'leveret-cli-'))
  private readonly child: ChildProcess

  /** `input`: what is piped in; without it there is nothing to read. */
  constructor(args: readonly string[], environment: Record<string, string> = {}, input = '') {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: this.workingFolder,
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its management and metrics have fixed ports, unless told otherwise: only one at a time may have those.
      env: {
        PATH: process.env['PATH'],
        LEVERET_MANAGEMENT: 'false',
        LEVERET_PROMETHEUS: 'false',
        ...environment,
      },
    })
    this.child = child
    running.add(child)
    child.stdin.on('error', () => {}).end(input) // it may end before it has read all
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    this.exitCode = new Promise(resolve => child.once('close', resolve))
    void this.exitCode.then(() => {
      running.delete(child)
      rmSync(this.workingFolder, { recursive: true, force: true })
    })
  }

  async says(expected: RegExp): Promise<string> {
    const timeoutMs = 10_000
    return await eventually(
      () => {
        const found = expected.exec(this.output)
        if (found === null)
          throw new Error(`said ${JSON.stringify(this.output + this.errors)}, not ${expected}`)
        return found[0]
      },
      { timeoutMs },
    )
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }
}

/** Runs to its end. */
export async function leveret(args: readonly string[], environment?: Record<string, string>, input?: string) {
  const program = new Leveret(args, environment, input)
  const code = await program.exitCode
  return { code, output: program.output, errors: program.errors }
}

/** For `afterEach`: no process outlives its spec. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
