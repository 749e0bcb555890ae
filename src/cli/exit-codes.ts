/**
 * How a command ends: codes that scripts can tell apart, each with its line in docs/reference/cli.md, which is made from
 * this table. What goes wrong is thrown as a `CommandError`; `run.ts` says it in one line and ends with its code.
 */
export const exitCodes = {
  ok: [0, 'Done.'],
  failed: [
    1,
    'The broker refused or could not do it, or something here failed (a file that cannot be read).',
  ],
  usage: [2, 'The command line is wrong: an unknown flag, a value that cannot be, an argument missing.'],
  cannotConnect: [3, 'Nothing answers at the URL, or what answers is not the management API.'],
  notAuthorised: [4, 'Wrong user or password, or the user may not do this.'],
  notFound: [5, 'There is no such queue, exchange, vhost, user …'],
  conflict: [6, 'It is there with other properties, in use, not empty, or locked by its owner.'],
  unroutable: [7, 'No queue took the message that was published, or any of those that were to be moved.'],
  different: [8, '`replay`: the broker answered otherwise than the one that was recorded.'],
  violated: [9, '`exec --strict`: the command did well, but in the broker there was what strict mode minds.'],
  noBroker: [125, '`exec` could not start its broker; the command was not run.'],
  notExecutable: [126, '`exec` may not run the command.'],
  noCommand: [127, '`exec` did not find the command.'],
  interrupted: [130, 'Ended by Ctrl-C.'],
} as const satisfies Record<string, readonly [number, string]>

export type Ending = keyof typeof exitCodes

export function exitCodeOf(ending: Ending): number {
  return exitCodes[ending][0]
}

/** The message is one line, made to be shown; it never holds a password. */
export class CommandError extends Error {
  override readonly name = 'CommandError'

  constructor(
    message: string,
    readonly ending: Ending = 'failed',
  ) {
    super(message)
  }
}
