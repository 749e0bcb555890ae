/** `leveret declare queue|exchange`: makes one, or finds that it is there as asked for. */
import { Command, Option } from 'commander'
import { pathOf } from '../api-client'
import type { JsonObject } from '../json'
import { acts } from '../run'
import { jsonObject, pair } from '../typed-values'

interface DeclareFlags {
  readonly transient?: true
  readonly autoDelete?: true
  readonly argument?: JsonObject
  readonly arguments?: JsonObject
}

interface QueueFlags extends DeclareFlags {
  readonly type?: string
}

interface ExchangeFlags extends DeclareFlags {
  readonly type: string
  readonly internal?: true
}

const examples = `
Examples:
  leveret declare queue orders --type quorum --argument x-delivery-limit=5
  leveret declare queue scratch --transient --argument x-max-length=1000
  leveret declare exchange events --type topic
  leveret declare exchange late --type x-delayed-message --argument x-delayed-type=direct

It is no error when it is there already with the same properties; with others it is (exit code 6).
For the rest see bind, user add, vhost add, policy set and permission set.`

export function declareCommand(): Command {
  return new Command('declare')
    .description('Declare a queue or an exchange')
    .addHelpText('after', examples)
    .addCommand(queueCommand())
    .addCommand(exchangeCommand())
}

function queueCommand(): Command {
  const command = new Command('queue')
    .description('Declare a queue')
    .argument('<name>', 'name of the queue')
    .optionsGroup('Queue:')
    .option('--type <type>', 'classic or quorum (x-queue-type)')
  return acts<QueueFlags, [string]>(withDeclareFlags(command), async ({ api, vhost, flags, say }, name) => {
    const type = flags.type === undefined ? {} : { 'x-queue-type': flags.type }
    const created = await api.put(pathOf('queues', vhost, name), {
      ...lifeOf(flags),
      arguments: { ...type, ...flags.arguments, ...flags.argument },
    })
    say(created ? `declared queue ${name}` : `queue ${name} is there already`)
  })
}

function exchangeCommand(): Command {
  const command = new Command('exchange')
    .description('Declare an exchange')
    .argument('<name>', 'name of the exchange')
    .optionsGroup('Exchange:')
    .option('--type <type>', 'direct, fanout, topic, headers or another type the broker has', 'direct')
    .option('--internal', 'takes messages from other exchanges only')
  return acts<ExchangeFlags, [string]>(
    withDeclareFlags(command),
    async ({ api, vhost, flags, say }, name) => {
      const created = await api.put(pathOf('exchanges', vhost, name), {
        type: flags.type,
        ...lifeOf(flags),
        internal: flags.internal === true,
        arguments: { ...flags.arguments, ...flags.argument },
      })
      say(created ? `declared exchange ${name}` : `exchange ${name} is there already`)
    },
  )
}

function withDeclareFlags(command: Command): Command {
  return command
    .option('--transient', 'gone after a restart (declared ones are durable)')
    .option('--auto-delete', 'deleted once its last user is gone')
    .option('--argument <name=value>', 'an argument; may be given more than once', pair)
    .addOption(new Option('--arguments <json>', 'all arguments as a JSON object').argParser(jsonObject))
}

function lifeOf(flags: DeclareFlags): JsonObject {
  return { durable: flags.transient !== true, auto_delete: flags.autoDelete === true }
}
