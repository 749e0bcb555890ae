/** `leveret vhost add|delete`. */
import { Command } from 'commander'
import { pathOf } from '../api-client'
import { acts } from '../run'

interface AddFlags {
  readonly description?: string
  readonly tags?: string
  readonly defaultQueueType?: string
}

const examples = `
Examples:
  leveret vhost add shop --description 'orders and stock'
  leveret vhost delete shop       (with all its queues and messages)`

export function vhostCommand(): Command {
  return new Command('vhost')
    .description('Add and delete virtual hosts')
    .addHelpText('after', examples)
    .addCommand(addCommand())
    .addCommand(deleteCommand())
}

function addCommand(): Command {
  const command = new Command('add')
    .description('Add a virtual host, or change what describes it')
    .argument('<name>', 'name of the virtual host')
    .optionsGroup('Virtual host:')
    .option('--description <text>', 'what it is for')
    .option('--tags <a,b>', 'words to find it by')
    .option('--default-queue-type <type>', 'classic or quorum, for queues that do not say')
  return acts<AddFlags, [string]>(command, async ({ api, flags, say }, name) => {
    const created = await api.put(pathOf('vhosts', name), {
      description: flags.description,
      tags: flags.tags,
      default_queue_type: flags.defaultQueueType,
    })
    say(created ? `added vhost ${name}` : `vhost ${name} is there already`)
  })
}

function deleteCommand(): Command {
  const command = new Command('delete')
    .description('Delete virtual hosts and everything in them')
    .argument('<name...>', 'names of the virtual hosts')
  return acts<object, [string[]]>(command, async ({ api, say }, names) => {
    for (const name of names) {
      await api.delete(pathOf('vhosts', name))
      say(`deleted vhost ${name}`)
    }
  })
}
