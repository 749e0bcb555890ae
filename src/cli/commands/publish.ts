/**
 * `leveret publish`: one message, or many. Through the API, not AMQP: one URL and one login for every command, https
 * included, and the broker's answer tells of each message whether a queue took it. Messages that differ go one after
 * the other, so that they keep their order; copies of one cannot be out of order, and go side by side. For load there is
 * `leveret bench`.
 */
import { isUtf8 } from 'node:buffer'
import { Command, InvalidArgumentError } from 'commander'
import { nearestName } from '../../config/nearest'
import { type ApiClient, pathOf } from '../api-client'
import { CommandError } from '../exit-codes'
import { isObject, type JsonObject } from '../json'
import { payloadsOf } from '../payloads'
import { progressOf } from '../progress'
import { counted } from '../quantities'
import { acts } from '../run'
import { pair, whole } from '../typed-values'

const SIDE_BY_SIDE = 8

const propertyNames = [
  'content_type',
  'content_encoding',
  'delivery_mode',
  'priority',
  'correlation_id',
  'reply_to',
  'expiration',
  'message_id',
  'timestamp',
  'type',
  'user_id',
  'app_id',
  'cluster_id',
]
/** Numbers on the wire; the others are texts, also where they look like numbers. */
const numericProperties = ['delivery_mode', 'priority', 'timestamp']

interface PublishFlags {
  readonly exchange?: string
  readonly routingKey?: string
  readonly queue?: string
  readonly file?: string
  readonly lines?: true
  readonly property?: JsonObject
  readonly header?: JsonObject
  readonly persistent?: true
  readonly count: number
  readonly quiet?: true
  readonly json?: true
}

const examples = `
Examples:
  leveret publish --queue orders '{"id": 7}' --persistent --property content_type=application/json
  leveret publish --exchange events --routing-key order.created hello --header tenant=7
  tail -f app.log | leveret publish --exchange logs --routing-key app --lines
  leveret publish --queue images --file cat.jpg

A message that no queue took ends the command with exit code 7.`

export function publishCommand(): Command {
  const command = new Command('publish')
    .description('Publish messages: from an argument, a file or stdin')
    .argument('[payload]', 'body of the message; without it or with -, stdin')
    .addHelpText('after', examples)
    .optionsGroup('Route:')
    .option(
      '-e, --exchange <name>',
      'exchange to publish to; the default one routes to the queue named by the key',
    )
    .option('-k, --routing-key <key>', 'routing key')
    .option('--queue <name>', 'short for the default exchange with this routing key')
    .optionsGroup('Message:')
    .option('-f, --file <path>', 'body from a file')
    .option('--lines', 'each line of the input is a message')
    .option('--property <name=value>', 'content_type, priority, …; may be given more than once', property)
    .option('--header <name=value>', 'a header; may be given more than once', pair)
    .option('--persistent', 'delivery mode 2')
    .option('--count <n>', 'publish it so many times', whole(1, 1e9), 1)
    .optionsGroup('Output:')
    .option('--json', 'how many were published and how many of them reached no queue')
  return acts<PublishFlags, [string | undefined]>(command, async ({ api, vhost, flags, say }, payload) => {
    const { exchange, key } = routeOf(flags)
    const publisher = new Publisher(api, pathOf('exchanges', vhost, exchange || 'amq.default', 'publish'), {
      routing_key: key,
      properties: propertiesOf(flags),
    })
    const total = flags.lines === true ? undefined : flags.count
    const progress = progressOf('publish', total, flags)
    try {
      const source = { text: payload, file: flags.file, lines: flags.lines === true }
      for await (const body of payloadsOf(source)) {
        await publisher.publish(body, flags.count, () => progress.step())
      }
    } finally {
      progress.end()
    }
    const { published, unrouted } = publisher
    if (flags.json === true) process.stdout.write(`${JSON.stringify({ published, unrouted })}\n`)
    else say(`published ${counted(published, 'message')}`)
    if (unrouted > 0) {
      const which = published === 1 ? 'no queue took it' : `no queue took ${unrouted} of them`
      throw new CommandError(`${which}: nothing is bound for that routing key`, 'unroutable')
    }
  })
}

class Publisher {
  published = 0
  unrouted = 0

  constructor(
    private readonly api: ApiClient,
    private readonly path: string,
    private readonly message: JsonObject,
  ) {}

  async publish(body: Buffer, copies: number, done: () => void): Promise<void> {
    const text = isUtf8(body)
    const request = {
      ...this.message,
      payload: body.toString(text ? 'utf8' : 'base64'),
      payload_encoding: text ? 'string' : 'base64',
    }
    let left = copies
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left--
        const answer = await this.api.post(this.path, request).catch((cause: unknown) => {
          left = 0 // the other lanes end as well
          throw cause
        })
        this.published++
        if (isObject(answer) && answer['routed'] === false) this.unrouted++
        done()
      }
    }
    await Promise.all(Array.from({ length: Math.min(copies, SIDE_BY_SIDE) }, lane))
  }
}

function routeOf({ exchange = '', routingKey, queue }: PublishFlags): { exchange: string; key: string } {
  if (queue === undefined) {
    if (exchange === '' && routingKey === undefined) {
      throw new CommandError('name where to publish: --queue, or --exchange and --routing-key', 'usage')
    }
    return { exchange, key: routingKey ?? '' }
  }
  if (exchange !== '' || routingKey !== undefined) {
    throw new CommandError('--queue excludes --exchange and --routing-key', 'usage')
  }
  return { exchange: '', key: queue }
}

function propertiesOf({ property: given, header, persistent }: PublishFlags): JsonObject {
  return {
    ...(persistent === true ? { delivery_mode: 2 } : {}),
    ...given,
    ...(header === undefined ? {} : { headers: header }),
  }
}

function property(text: string, gathered: JsonObject = {}): JsonObject {
  const [name = '', value = ''] = text.split(/=(.*)/s)
  if (!text.includes('=')) throw new InvalidArgumentError('It must be name=value.')
  if (!propertyNames.includes(name)) {
    const near = nearestName(name, propertyNames)
    throw new InvalidArgumentError(
      near === undefined ? `There are ${propertyNames.join(', ')}.` : `Did you mean ${near}?`,
    )
  }
  if (!numericProperties.includes(name)) return { ...gathered, [name]: value }
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError(`${name} must be a whole number.`)
  return { ...gathered, [name]: Number(value) }
}
