/**
 * `leveret get`: takes messages from the head of a queue, or looks at them. Taking them is `basic.get` by the API, so
 * they come redelivered afterwards if put back; looking (`--peek`) leaves no trace, but is Leveret's own.
 */
import { Command, Option } from 'commander'
import { type ApiClient, pathOf } from '../api-client'
import { CommandError } from '../exit-codes'
import { type Json, type JsonObject, objectsIn } from '../json'
import { MessagePrinter } from '../message-printer'
import { acts } from '../run'
import { whole } from '../typed-values'

/** Messages are held at both ends while they travel: more than this go in several requests. */
const AT_ONCE = 200

const ackModes = ['ack', 'requeue', 'reject', 'reject-requeue'] as const
type AckMode = (typeof ackModes)[number]

const apiAckMode: Readonly<Record<AckMode, string>> = {
  ack: 'ack_requeue_false',
  requeue: 'ack_requeue_true',
  reject: 'reject_requeue_false',
  'reject-requeue': 'reject_requeue_true',
}

interface GetFlags {
  readonly count: number
  readonly ackMode: AckMode
  readonly peek?: true
  readonly offset?: number
  readonly search?: string
  readonly truncate?: number
  readonly raw?: true
  readonly json?: true
}

const examples = `
Examples:
  leveret get orders                           look at the first message and put it back
  leveret get orders --count 100 --ack-mode ack --json > taken.json
  leveret get orders --peek --count 20 --search customer-7
  leveret get orders --ack-mode ack --raw > body.bin`

export function getCommand(): Command {
  const command = new Command('get')
    .description('Get messages from a queue, or peek at them')
    .argument('<queue>', 'name of the queue')
    .addHelpText('after', examples)
    .optionsGroup('Messages:')
    .option('--count <n>', 'how many at most', whole(1, 1e9), 1)
    .addOption(
      new Option('--ack-mode <mode>', 'requeue puts them back, ack removes them, reject dead-letters them')
        .choices(ackModes)
        .default('requeue'),
    )
    .addOption(
      new Option('--peek', 'look without touching: no redelivered flag, no order changed').conflicts(
        'ackMode',
      ),
    )
    .option('--offset <n>', 'with --peek: so many messages further on', whole(0, 1e12))
    .option('--search <text>', 'with --peek: in routing key, headers or payload')
    .option('--truncate <bytes>', 'cut payloads', whole(1, 1e9))
    .option('--raw', 'bodies only, as they are')
    .option('--json', "the API's own JSON, a message per line")
  return acts<GetFlags, [string]>(command, async ({ api, vhost, flags, say }, queue) => {
    if (flags.peek !== true && (flags.offset ?? flags.search) !== undefined) {
      throw new CommandError('--offset and --search go with --peek', 'usage')
    }
    const print = new MessagePrinter(flags, 'array')
    const source = flags.peek === true ? peeked(api, vhost, queue, flags) : taken(api, vhost, queue, flags)
    for await (const messages of source) {
      for (const message of messages) await print.message(message)
    }
    await print.end()
    if (print.count === 0 && flags.json !== true && flags.raw !== true) say(`no messages in ${queue}`)
  })
}

/** In several requests, and no more: what is put back would come again. */
async function* taken(
  api: ApiClient,
  vhost: string,
  queue: string,
  flags: GetFlags,
): AsyncGenerator<readonly JsonObject[]> {
  const puttingBack = flags.ackMode.endsWith('requeue')
  let left = flags.count
  while (left > 0) {
    const count = puttingBack ? left : Math.min(left, AT_ONCE)
    const answer = await api.post(pathOf('queues', vhost, queue, 'get'), {
      count,
      ackmode: apiAckMode[flags.ackMode],
      encoding: 'auto',
      truncate: flags.truncate,
    })
    const messages = objectsIn(answer)
    yield messages
    left -= count
    if (messages.length < count) return
  }
}

async function* peeked(
  api: ApiClient,
  vhost: string,
  queue: string,
  flags: GetFlags,
): AsyncGenerator<readonly JsonObject[]> {
  let left = flags.count
  let offset: Json | undefined = flags.offset ?? 0
  while (left > 0 && typeof offset === 'number') {
    const page: JsonObject = await api.getObject(pathOf('queues', vhost, queue, 'messages'), {
      offset,
      limit: Math.min(left, AT_ONCE),
      search: flags.search,
      truncate: flags.truncate,
    })
    const messages = objectsIn(page['items'])
    yield messages
    left -= messages.length
    offset = page['next_offset']
  }
}
