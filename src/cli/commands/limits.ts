/** `leveret limits set|clear`: how many connections, queues and channels a virtual host or a user may have. */
import { Command } from 'commander'
import { pathOf } from '../api-client'
import { acts } from '../run'
import { whole } from '../typed-values'

interface LimitFlags {
  readonly ofUser?: string
}

const examples = `
Examples:
  leveret limits set max-connections 100 -p shop
  leveret limits set max-channels 50 --of-user worker
  leveret limits clear max-connections -p shop

A virtual host has max-connections and max-queues, a user max-connections and max-channels; -1 is no limit, 0 none at
all. \`leveret list limits\` lists them.`

export function limitsCommand(): Command {
  return new Command('limits')
    .description('Set and clear the limits of a virtual host or a user')
    .addHelpText('after', examples)
    .addCommand(setCommand())
    .addCommand(clearCommand())
}

function setCommand(): Command {
  const command = withOwner(new Command('set').description('Set a limit'))
    .argument('<limit>', 'name of the limit')
    .argument('<value>', 'the most there may be', whole(-1, 1e9))
  return acts<LimitFlags, [string, number]>(command, async ({ api, vhost, flags, say }, limit, value) => {
    await api.put(limitPath(flags, vhost, limit), { value })
    say(`set ${limit} of ${ownerOf(flags, vhost)} to ${value}`)
  })
}

function clearCommand(): Command {
  const command = withOwner(new Command('clear').description('Clear a limit')).argument(
    '<limit>',
    'name of the limit',
  )
  return acts<LimitFlags, [string]>(command, async ({ api, vhost, flags, say }, limit) => {
    await api.delete(limitPath(flags, vhost, limit))
    say(`cleared ${limit} of ${ownerOf(flags, vhost)}`)
  })
}

function withOwner(command: Command): Command {
  return command.optionsGroup('Limit:').option('--of-user <name>', 'of a user instead of a virtual host')
}

function limitPath({ ofUser }: LimitFlags, vhost: string, limit: string): string {
  return ofUser === undefined ? pathOf('vhost-limits', vhost, limit) : pathOf('user-limits', ofUser, limit)
}

function ownerOf({ ofUser }: LimitFlags, vhost: string): string {
  return ofUser === undefined ? `vhost ${vhost}` : `user ${ofUser}`
}
