/**
 * `leveret consume`: `tail -f` for a queue. It looks, and takes nothing, unless told to: a command typed to see what a
 * queue gets must not eat it. Both ways ask the API again and again, for it has nothing to subscribe messages with.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { type ApiClient, pathOf } from '../api-client'
import { Follower } from '../follow'
import { type JsonObject, objectsIn } from '../json'
import { MessagePrinter } from '../message-printer'
import { acts } from '../run'
import { seconds, whole } from '../typed-values'

/** Taken at once, and lost at once if this process is killed before they are printed. */
const BATCH = 50

interface ConsumeFlags {
  readonly ack?: true
  readonly peek?: true
  readonly last: number
  readonly count?: number
  readonly truncate?: number
  readonly interval: number
  readonly raw?: true
  readonly json?: true
}

const examples = `
Examples:
  leveret consume orders                  shows what comes in, and leaves it there
  leveret consume orders --last 10 --json | jq .routing_key
  leveret consume orders --ack --json | ./handle-each-line
  leveret consume orders --ack --count 1 --raw

Ends with Ctrl-C or after --count. What consumers take between two looks is not seen without --ack. With --ack a
message is gone from the queue as soon as it was read, before it is printed.`

export function consumeCommand(): Command {
  const command = new Command('consume')
    .description('Follow the messages of a queue, like tail -f')
    .argument('<queue>', 'name of the queue')
    .addHelpText('after', examples)
    .optionsGroup('Messages:')
    .addOption(new Option('--peek', 'look only, which is what it does without --ack').conflicts('ack'))
    .option('--ack', 'take the messages out of the queue')
    .option('--last <n>', 'begin with so many that are there already', whole(0, 10_000), 0)
    .option('--count <n>', 'end after so many', whole(1, 1e12))
    .option('--truncate <bytes>', 'cut payloads', whole(1, 1e9))
    .option('--interval <s>', 'how often to look', seconds(0.1, 3600), 1)
    .optionsGroup('Output:')
    .option('--raw', 'bodies only, as they are')
    .option('--json', "the API's own JSON, a message per line")
  return acts<ConsumeFlags, [string]>(command, async ({ api, vhost, flags }, queue) => {
    const messages = flags.ack === true ? taken(api, vhost, queue, flags) : seen(api, vhost, queue, flags)
    const printer = new MessagePrinter(flags, 'lines')
    for await (const message of messages) {
      await printer.message(message)
      if (printer.count === flags.count) return
    }
  })
}

async function* seen(
  api: ApiClient,
  vhost: string,
  queue: string,
  flags: ConsumeFlags,
): AsyncGenerator<JsonObject> {
  const { truncate, interval, last } = flags
  const follower = new Follower(api, vhost, queue, { truncate })
  yield* await follower.start(last)
  for (;;) {
    await pause(interval * 1000)
    yield* await follower.next()
  }
}

async function* taken(
  api: ApiClient,
  vhost: string,
  queue: string,
  flags: ConsumeFlags,
): AsyncGenerator<JsonObject> {
  let left = flags.count ?? Number.POSITIVE_INFINITY
  while (left > 0) {
    const count = Math.min(BATCH, left)
    const answer = await api.post(pathOf('queues', vhost, queue, 'get'), {
      count,
      ackmode: 'ack_requeue_false',
      encoding: 'auto',
      truncate: flags.truncate,
    })
    const messages = objectsIn(answer)
    yield* messages
    left -= messages.length
    if (messages.length < count) await pause(flags.interval * 1000)
  }
}
