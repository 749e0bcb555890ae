/** `leveret policy set|clear`: policies and operator policies. */
import { Command } from 'commander'
import { pathOf } from '../api-client'
import { acts } from '../run'
import { pairsOrObject, whole } from '../typed-values'

interface PolicyFlags {
  readonly operator?: true
  readonly priority: number
  readonly applyTo?: string
}

const examples = `
Examples:
  leveret policy set short-lived '^tmp\\.' message-ttl=60000 max-length=1000 --apply-to queues
  leveret policy set dead '^orders' '{"dead-letter-exchange": "dlx"}' --priority 5
  leveret policy set ceiling '.*' max-length=100000 --operator
  leveret policy clear short-lived

\`leveret list policies\` lists them.`

export function policyCommand(): Command {
  return new Command('policy')
    .description('Set and clear policies')
    .addHelpText('after', examples)
    .addCommand(setCommand())
    .addCommand(clearCommand())
}

function setCommand(): Command {
  const command = new Command('set')
    .description('Set a policy, in place of one with its name')
    .argument('<name>', 'name of the policy')
    .argument('<pattern>', 'regular expression for names of queues and exchanges')
    .argument('<definition...>', 'name=value pairs, or one JSON object')
    .optionsGroup('Policy:')
    .option('--operator', 'an operator policy: a ceiling for what others set')
    .option('--priority <n>', 'of those that match, the highest holds', whole(-1e9, 1e9), 0)
    .option('--apply-to <kind>', 'queues, exchanges, classic_queues, quorum_queues or all')
  return acts<PolicyFlags, [string, string, string[]]>(
    command,
    async ({ api, vhost, flags, say }, name, pattern, definition) => {
      await api.put(pathOf(resourceOf(flags), vhost, name), {
        pattern,
        definition: pairsOrObject(definition),
        priority: flags.priority,
        // RabbitMQ: an operator policy is for queues only, and is refused with "all".
        'apply-to': flags.applyTo ?? (flags.operator === true ? 'queues' : 'all'),
      })
      say(`set policy ${name}`)
    },
  )
}

function clearCommand(): Command {
  const command = new Command('clear')
    .description('Clear policies')
    .argument('<name...>', 'names of the policies')
    .optionsGroup('Policy:')
    .option('--operator', 'operator policies')
  return acts<PolicyFlags, [string[]]>(command, async ({ api, vhost, flags, say }, names) => {
    for (const name of names) {
      await api.delete(pathOf(resourceOf(flags), vhost, name))
      say(`cleared policy ${name}`)
    }
  })
}

function resourceOf({ operator }: Pick<PolicyFlags, 'operator'>): string {
  return operator === true ? 'operator-policies' : 'policies'
}
