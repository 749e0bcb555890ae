/**
 * A command's action, from flags to exit code: connects, acts, and says what went wrong in one line. Exit codes are set,
 * not forced, so that what was written is read by whoever reads it.
 */
import { isNativeError } from 'node:util/types'
import type { Command } from 'commander'
import { printable } from '../structures/printable'
import { ApiClient } from './api-client'
import { addConnectionFlags, apiTarget, type ConnectionFlags, givenVhost } from './connection-flags'
import { CommandError, exitCodeOf } from './exit-codes'

export interface Session<Flags> {
  readonly api: ApiClient
  readonly flags: Flags
  /** As given, else `/`. */
  readonly vhost: string
  /** Undefined: none was given, which for a list means all. */
  readonly givenVhost: string | undefined
  /** A line for people; not with --quiet. */
  say(line: string): void
}

export interface CommonFlags extends ConnectionFlags {
  readonly quiet?: true
}

/** Adds the flags every command of the API has, and what it does. Arguments come as commander gives them. */
export function acts<Flags, Args extends unknown[]>(
  command: Command,
  act: (session: Session<Flags>, ...args: Args) => Promise<void>,
): Command {
  addConnectionFlags(command)
  addQuietFlag(command)
  return command.action(async (...given: unknown[]) => {
    const flags = given.at(-2) as Flags & CommonFlags
    await ending(async () => {
      const session = await openSession(flags)
      await act(session, ...(given.slice(0, -2) as Args))
    })
  })
}

export function addQuietFlag(command: Command): void {
  command.optionsGroup('Output:').option('-q, --quiet', 'say nothing but what was asked for, and errors')
}

/** Runs `act` as the whole of a command: its failure is printed and becomes the exit code. */
export async function ending(act: () => Promise<void> | void): Promise<void> {
  endQuietlyOnBrokenPipe()
  process.once('SIGINT', () => process.exit(exitCodeOf('interrupted')))
  try {
    await act()
  } catch (cause) {
    const text = isNativeError(cause) ? cause.message : String(cause)
    process.stderr.write(`leveret: ${printable(text)}\n`)
    process.exitCode = exitCodeOf(cause instanceof CommandError ? cause.ending : 'failed')
  }
}

/** `leveret list queues | head`: who has read enough is no error, and there is no one left to write for. */
function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') process.exit(process.exitCode ?? 0)
    process.stderr.write(`leveret: cannot write: ${cause.message}\n`) // a full disk, say
    process.exit(exitCodeOf('failed'))
  })
}

async function openSession<Flags>(flags: Flags & CommonFlags): Promise<Session<Flags>> {
  const given = givenVhost(flags)
  return {
    api: new ApiClient(await apiTarget(flags)),
    flags,
    vhost: given ?? '/',
    givenVhost: given,
    say: line => {
      if (flags.quiet !== true) process.stdout.write(`${printable(line)}\n`)
    },
  }
}

/** Waits while the reader of a pipe is slower than the broker. */
export async function write(text: string | Uint8Array): Promise<void> {
  if (process.stdout.write(text)) return
  await new Promise<void>(resolve => process.stdout.once('drain', resolve))
}
