/** `leveret delete queue|exchange`: one or several, with RabbitMQ's conditions. */
import { Command } from 'commander'
import { pathOf } from '../api-client'
import { acts } from '../run'

interface DeleteFlags {
  readonly ifUnused?: true
  readonly ifEmpty?: true
}

const examples = `
Examples:
  leveret delete queue orders
  leveret delete queue scratch-1 scratch-2 --if-empty --if-unused
  leveret delete exchange events -p shop

One that is not there ends the command with exit code 5, one that is in use with 6.
For the rest see unbind, user delete, vhost delete, policy clear and permission clear.`

export function deleteCommand(): Command {
  const queue = new Command('queue')
    .description('Delete queues and the messages in them')
    .argument('<name...>', 'names of the queues')
    .optionsGroup('Conditions:')
    .option('--if-unused', 'only while it has no consumers')
    .option('--if-empty', 'only while it has no messages')
  const exchange = new Command('exchange')
    .description('Delete exchanges and their bindings')
    .argument('<name...>', 'names of the exchanges')
    .optionsGroup('Conditions:')
    .option('--if-unused', 'only while nothing is bound to it')
  return new Command('delete')
    .description('Delete queues or exchanges')
    .addHelpText('after', examples)
    .addCommand(deleting(queue, 'queue'))
    .addCommand(deleting(exchange, 'exchange'))
}

function deleting(command: Command, kind: 'queue' | 'exchange'): Command {
  return acts<DeleteFlags, [string[]]>(command, async ({ api, vhost, flags, say }, names) => {
    for (const name of names) {
      await api.delete(pathOf(`${kind}s`, vhost, name), {
        'if-unused': flags.ifUnused,
        'if-empty': flags.ifEmpty,
      })
      say(`deleted ${kind} ${name}`)
    }
  })
}
