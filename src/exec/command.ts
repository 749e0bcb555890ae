/**
 * The command of `leveret exec`, as a child that has our terminal and our standard streams: signals to us are passed on
 * to it, and its end is ours. It is never left behind by anything but a SIGKILL.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'not found' }
  | { readonly kind: 'not started'; readonly why: string }

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
/** The terminal sends them to everybody in the foreground: passed on they would come twice. */
const sentByTerminals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/** Ends with the command, whatever it has left running. */
export async function runCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandEnd> {
  const [file = '', ...args] = words
  // Before there is a child: it may run, and we be told to end it, before we are back from starting it.
  const signals = new PassedSignals()
  try {
    const child = spawn(file, args, { stdio: 'inherit', env: environment })
    signals.to = child
    return await endOf(child)
  } catch (cause) {
    return { kind: 'not started', why: (cause as Error).message } // an argument with a NUL in it
  } finally {
    signals.to = undefined
  }
}

/** As a shell would tell it. Undefined: it never ran. */
export function exitCodeOfEnd(end: CommandEnd): number | undefined {
  if (end.kind === 'exited') return end.code
  return end.kind === 'killed' ? 128 + constants.signals[end.signal] : undefined
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  return new Promise(resolve => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return // it runs: a signal could not be delivered
      resolve(cause.code === 'ENOENT' ? { kind: 'not found' } : { kind: 'not started', why: cause.message })
    })
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'killed', signal })
    })
  })
}

/** Caught for good: what is left to do after the command takes a moment, and its exit code is to be ours. */
class PassedSignals {
  to: ChildProcess | undefined
  private isTerminated = false

  constructor() {
    for (const signal of passedOn) process.on(signal, () => this.pass(signal))
  }

  /** A second SIGTERM kills: whoever sends it waits no longer, and without us the command would go on without a broker. */
  private pass(signal: NodeJS.Signals): void {
    if (sentByTerminals.includes(signal) && hasTerminal()) return
    const again = signal === 'SIGTERM' && this.isTerminated
    this.isTerminated ||= signal === 'SIGTERM'
    this.to?.kill(again ? 'SIGKILL' : signal)
  }
}

function hasTerminal(): boolean {
  return process.stdin.isTTY === true || process.stdout.isTTY === true || process.stderr.isTTY === true
}
