/** `leveret close-connection`: one by its name, those of a user, or all. The client is told why. */
import { Command } from 'commander'
import { type ApiClient, pathOf } from '../api-client'
import { CommandError } from '../exit-codes'
import { textField } from '../json'
import { progressOf } from '../progress'
import { counted } from '../quantities'
import { acts } from '../run'

interface CloseFlags {
  readonly all?: true
  readonly ofUser?: string
  readonly reason: string
  readonly quiet?: true
}

const examples = `
Examples:
  leveret close-connection '127.0.0.1:50312 -> 127.0.0.1:5672'
  leveret close-connection --of-user worker --reason 'deploying'
  leveret close-connection --all -p shop`

export function closeConnectionCommand(): Command {
  const command = new Command('close-connection')
    .description('Close connections of clients')
    .argument('[name...]', 'as `leveret list connections` shows them')
    .addHelpText('after', examples)
    .optionsGroup('Connections:')
    .option('--all', 'all of them, or all of --vhost')
    .option('--of-user <name>', 'all of a user')
    .option('--reason <text>', 'what the client is told', 'closed by the operator')
  return acts<CloseFlags, [string[]]>(command, async ({ api, givenVhost, flags, say }, names) => {
    if ([names.length > 0, flags.all === true, flags.ofUser !== undefined].filter(Boolean).length !== 1) {
      throw new CommandError('name connections, or give one of --all and --of-user', 'usage')
    }
    const chosen = names.length > 0 ? names : await namesOf(api, flags.ofUser, givenVhost)
    const progress = progressOf('close', chosen.length, flags)
    let closed = 0
    try {
      for (const name of chosen) {
        if (await close(api, name, flags.reason, names.length > 0)) closed++
        progress.step()
      }
    } finally {
      progress.end()
    }
    say(`closed ${counted(closed, 'connection')}`)
  })
}

async function namesOf(
  api: ApiClient,
  user: string | undefined,
  vhost: string | undefined,
): Promise<string[]> {
  const path = vhost === undefined ? '/connections' : pathOf('vhosts', vhost, 'connections')
  const names: string[] = []
  for await (const page of api.pages(path, { columns: 'name,user' })) {
    for (const connection of page) {
      if (user === undefined || connection['user'] === user) names.push(textField(connection, 'name'))
    }
  }
  return names
}

/** One that has gone meanwhile is closed as well, unless it was named. */
async function close(api: ApiClient, name: string, reason: string, isNamed: boolean): Promise<boolean> {
  try {
    await api.delete(pathOf('connections', name), {}, { 'x-reason': headerText(reason) })
    return true
  } catch (cause) {
    if (!isNamed && cause instanceof CommandError && cause.ending === 'notFound') return false
    throw cause
  }
}

/** A header holds Latin letters on one line. */
function headerText(text: string): string {
  return text.replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, '?')
}
