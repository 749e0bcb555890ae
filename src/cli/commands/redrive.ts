/** `leveret redrive`: dead-lettered messages back to where each died. Leveret's own. */
import { Command, Option } from 'commander'
import { pathOf } from '../api-client'
import { acts } from '../run'
import { outcomeLines, outcomeOf, requireSome } from '../transfer-outcome'
import { positions, whole } from '../typed-values'

interface RedriveFlags {
  readonly count?: number
  readonly positions?: readonly number[]
  readonly json?: true
}

const examples = `
Examples:
  leveret redrive orders-dead
  leveret redrive orders-dead --count 1

Messages that tell of no death, or whose queue and exchange are gone, stay where they are and are counted by reason.`

export function redriveCommand(): Command {
  const command = new Command('redrive')
    .description('Send dead-lettered messages back to the queues they died in')
    .argument('<queue>', 'dead-letter queue')
    .addHelpText('after', examples)
    .optionsGroup('Redrive:')
    .option('--count <n>', 'so many, from the head', whole(1, 1e12))
    .addOption(
      new Option('--positions <n,n>', 'just these, as `get --peek` numbers them')
        .argParser(positions)
        .conflicts('count'),
    )
    .optionsGroup('Output:')
    .option('--json', "the API's own JSON")
  return acts<RedriveFlags, [string]>(command, async ({ api, vhost, flags, say }, queue) => {
    const answer = await api.post(pathOf('queues', vhost, queue, 'redrive'), {
      count: flags.count,
      positions: flags.positions,
    })
    const outcome = outcomeOf(answer)
    if (flags.json === true) process.stdout.write(`${JSON.stringify(answer)}\n`)
    else outcomeLines('redrove', outcome).forEach(say)
    requireSome(outcome)
  })
}
