/** `leveret purge`: empties queues of what is ready; what consumers have unacknowledged stays theirs. */
import { Command } from 'commander'
import { pathOf } from '../api-client'
import { acts } from '../run'
import { whole } from '../typed-values'

const examples = `
Examples:
  leveret purge orders
  leveret purge orders --count 100      (the oldest hundred; RabbitMQ itself purges all)`

export function purgeCommand(): Command {
  const command = new Command('purge')
    .description('Remove the ready messages of queues')
    .argument('<queue...>', 'names of the queues')
    .addHelpText('after', examples)
    .optionsGroup('Purge:')
    .option('--count <n>', 'only so many, from the head', whole(1, 1e12))
  return acts<{ count?: number }, [string[]]>(command, async ({ api, vhost, flags, say }, queues) => {
    for (const queue of queues) {
      await api.delete(pathOf('queues', vhost, queue, 'contents'), { count: flags.count })
      say(`purged queue ${queue}`)
    }
  })
}
