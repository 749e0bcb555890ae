/** Asks for a password at a terminal, on stderr and without an echo. Where no one can type, it is missing instead. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandError } from './exit-codes'

export async function askPassword(user: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CommandError(
      `user '${user}' needs a password: set LEVERET_PASSWORD or give --password`,
      'usage',
    )
  }
  const silent = new Writable({ write: (_bytes, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(`Password of ${user}: `)
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('SIGINT', () => reject(new CommandError('interrupted', 'interrupted')))
      lines.once('close', () => reject(new CommandError('no password was given', 'usage')))
    })
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
