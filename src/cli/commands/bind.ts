/** `leveret bind`: an exchange to a queue, or to another exchange. */
import { Command } from 'commander'
import { pathOf } from '../api-client'
import type { JsonObject } from '../json'
import { acts } from '../run'
import { pair } from '../typed-values'

export interface BindingFlags {
  readonly toExchange?: true
  readonly routingKey?: string
  readonly argument?: JsonObject
}

const examples = `
Examples:
  leveret bind events orders --routing-key 'order.*'
  leveret bind events audit --to-exchange
  leveret bind by-header vip --argument x-match=all --argument tier=gold`

export function bindCommand(): Command {
  const command = new Command('bind')
    .description('Bind a queue or an exchange to an exchange')
    .addHelpText('after', examples)
  return acts<BindingFlags, [string, string]>(
    withBinding(command),
    async ({ api, vhost, flags, say }, source, destination) => {
      await api.post(bindingsPath(vhost, source, destination, flags), {
        routing_key: flags.routingKey ?? '',
        arguments: flags.argument ?? {},
      })
      say(`bound ${source} to ${flags.toExchange === true ? 'exchange' : 'queue'} ${destination}`)
    },
  )
}

export function withBinding(command: Command): Command {
  return command
    .argument('<source>', 'exchange the messages come from')
    .argument('<destination>', 'queue they go to')
    .optionsGroup('Binding:')
    .option('--to-exchange', 'the destination is an exchange')
    .option('-k, --routing-key <key>', 'routing key, or a pattern for a topic exchange')
    .option('--argument <name=value>', 'an argument; may be given more than once', pair)
}

export function bindingsPath(
  vhost: string,
  source: string,
  destination: string,
  { toExchange }: Pick<BindingFlags, 'toExchange'>,
): string {
  return pathOf('bindings', vhost, 'e', source, toExchange === true ? 'e' : 'q', destination)
}
