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

/** A password to set: typed twice at a terminal, or the first line of what is piped in. */
export async function newPassword(user: string): Promise<string> {
  if (process.stdin.isTTY) {
    const password = await askPassword(user)
    if (password === (await askPassword(`${user} again`))) return password
    throw new CommandError('the two passwords differ', 'usage')
  }
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== '') return line
    break
  }
  throw new CommandError('a password is needed: as an argument, typed, or piped in', 'usage')
}
