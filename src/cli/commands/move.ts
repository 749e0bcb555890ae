/**
 * `leveret move`: messages from one queue to another or through an exchange, each in one step, so that none is lost or
 * doubled. A long move goes in batches, which can be watched and interrupted; what was moved stays moved. Leveret's own.
 */
import { Command, Option } from 'commander'
import { type ApiClient, pathOf } from '../api-client'
import { CommandError } from '../exit-codes'
import { type JsonObject, numberField } from '../json'
import { progressOf } from '../progress'
import { acts } from '../run'
import { nothingMoved, type Outcome, outcomeLines, outcomeOf, requireSome, sum } from '../transfer-outcome'
import { positions, whole } from '../typed-values'

const BATCH = 1000

interface MoveFlags {
  readonly toExchange?: string
  readonly routingKey?: string
  readonly count?: number
  readonly positions?: readonly number[]
  readonly copy?: true
  readonly quiet?: true
  readonly json?: true
}

const examples = `
Examples:
  leveret move orders orders-parked
  leveret move orders --to-exchange events --routing-key order.again --count 100
  leveret move orders orders-copy --copy --positions 3,7,12`

export function moveCommand(): Command {
  const command = new Command('move')
    .description('Move or copy messages from a queue to another queue or an exchange')
    .argument('<queue>', 'queue they are in')
    .argument('[destination]', 'queue they go to')
    .addHelpText('after', examples)
    .optionsGroup('Move:')
    .option('--to-exchange <name>', 'through an exchange instead of into a queue')
    .option('-k, --routing-key <key>', "with --to-exchange: routing key instead of the message's own")
    .option('--count <n>', 'so many, from the head', whole(1, 1e12))
    .addOption(
      new Option('--positions <n,n>', 'just these, as `get --peek` numbers them')
        .argParser(positions)
        .conflicts('count'),
    )
    .option('--copy', 'leave them where they are too')
    .optionsGroup('Output:')
    .option('--json', "the API's own JSON")
  return acts<MoveFlags, [string, string | undefined]>(
    command,
    async ({ api, vhost, flags, say }, queue, destination) => {
      const request = {
        destination: destinationOf(destination, flags),
        mode: flags.copy === true ? 'copy' : 'move',
      }
      const path = pathOf('queues', vhost, queue)
      const inBatches = destination !== undefined && flags.copy !== true && flags.positions === undefined
      const outcome = inBatches
        ? await moveInBatches(api, path, request, flags)
        : await moveOnce(api, path, { ...request, count: flags.count, positions: flags.positions })
      if (flags.json === true) process.stdout.write(`${JSON.stringify(outcome)}\n`)
      else outcomeLines(flags.copy === true ? 'copied' : 'moved', outcome).forEach(say)
      requireSome(outcome)
    },
  )
}

async function moveOnce(api: ApiClient, path: string, request: JsonObject): Promise<Outcome> {
  return outcomeOf(await api.post(`${path}/move`, request))
}

/**
 * No more than there were at the start: who moves messages to where they come back from would never end. To one queue
 * only: through an exchange some may stay at the head, and each batch would meet them again.
 */
async function moveInBatches(
  api: ApiClient,
  path: string,
  request: JsonObject,
  flags: MoveFlags,
): Promise<Outcome> {
  const ready = numberField(await api.getObject(path), 'messages_ready')
  const total = Math.min(flags.count ?? Number.POSITIVE_INFINITY, ready)
  const progress = progressOf('move', total, flags)
  let outcome = nothingMoved
  try {
    // Once at least: a destination that is not there is told even when there is nothing to move.
    do {
      const count = Math.min(BATCH, total - outcome.moved)
      const step = await moveOnce(api, path, { ...request, count })
      outcome = sum(outcome, step)
      progress.step(step.moved)
      if (step.moved < count) break
    } while (outcome.moved < total)
  } finally {
    progress.end()
  }
  return outcome
}

function destinationOf(queue: string | undefined, { toExchange, routingKey }: MoveFlags): JsonObject {
  if ((queue === undefined) === (toExchange === undefined)) {
    throw new CommandError('name one destination: a queue, or --to-exchange', 'usage')
  }
  if (queue !== undefined && routingKey !== undefined) {
    throw new CommandError('--routing-key goes with --to-exchange', 'usage')
  }
  return queue === undefined ? { exchange: toExchange, routing_key: routingKey } : { queue }
}
