/**
 * `leveret bench`: puts load on an AMQP broker, Leveret or another, and prints what it did, for people or as
 * JSON.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_AMQP_URL, parseAmqpUrl } from '../../load/amqp-url'
import { type LocalBroker, startLocalBroker } from '../../load/local-broker'
import type { LoadPlan } from '../../load/plan'
import { jsonReport, textReport } from '../../load/report'
import { runLoad } from '../../load/run'
import { printable } from '../../structures/printable'
import { whole } from '../typed-values'

const DEFAULT_SECONDS = 5

interface BenchFlags {
  readonly url?: string
  readonly broker?: true
  readonly publishers: number
  readonly consumers: number
  readonly size: number
  readonly confirms: number
  readonly ackEvery: number
  readonly prefetch: number
  readonly queues: number
  readonly rate: number
  readonly duration?: number
  readonly count: number
  readonly persistent?: true
  readonly exchange: string
  readonly queueType?: string
  readonly queue: string
  readonly keep?: true
  readonly pid?: number
  readonly json?: true
}

export function benchCommand(): Command {
  const command = new Command('bench').description(
    'Measure an AMQP broker: rates, latencies, and what they cost',
  )
  return addFlags(command).action(bench)
}

function addFlags(command: Command): Command {
  return command
    .optionsGroup('Broker:')
    .option('--url <url>', `broker to measure (default ${DEFAULT_AMQP_URL})`)
    .addOption(
      new Option('--broker', 'start a Leveret on a free port and measure that').conflicts(['url', 'pid']),
    )
    .option('--pid <pid>', 'process of the broker on this machine, for its CPU and memory', whole(1, 4194304))
    .optionsGroup('Load:')
    .option('--publishers <n>', 'publishing connections', whole(0, 10000), 1)
    .option('--consumers <n>', 'consuming connections', whole(0, 10000), 1)
    .option('--queues <n>', 'queues, shared out among them', whole(1, 10000), 1)
    .option('--size <bytes>', 'body of a message; latency needs 8', whole(0, 134217728), 16)
    .option('--rate <n>', 'messages per second of all publishers; 0 is as fast as possible', whole(0, 1e9), 0)
    .option(
      '--duration <s>',
      `how long (default ${DEFAULT_SECONDS}; with --count: until they are through)`,
      seconds,
    )
    .option('--count <n>', 'messages of all publishers; 0 is no limit', whole(0, 1e12), 0)
    .optionsGroup('Guarantees:')
    .option(
      '--confirms <window>',
      'publishes that may wait for their confirm; 0 is no confirms',
      whole(0, 1e6),
      0,
    )
    .option('--ack-every <n>', 'acknowledge every n messages; 0 is no acknowledgements', whole(0, 65535), 0)
    .option('--prefetch <n>', 'unacknowledged messages per consumer; 0 is no limit', whole(0, 65535), 0)
    .option('--persistent', 'persistent messages to durable queues')
    .optionsGroup('Names:')
    .option('--exchange <name>', 'publish through it, with the queues bound by their names', shortText, '')
    .addOption(
      new Option('--queue <prefix>', 'queues are <prefix>-0, <prefix>-1, …')
        .argParser(shortText)
        .default(`leveret-bench-${process.pid}`, 'leveret-bench-<process id>'),
    )
    .option('--queue-type <type>', 'x-queue-type of the queues', shortText)
    .option('--keep', 'leave the queues behind')
    .optionsGroup('Output:')
    .option('--json', 'one line of JSON')
}

async function bench(flags: BenchFlags, command: Command): Promise<void> {
  let broker: LocalBroker | undefined
  try {
    broker = flags.broker === true ? await startLocalBroker() : undefined
    const plan = planOf(flags, broker)
    if (plan.ackEvery > plan.prefetch && plan.prefetch > 0) {
      command.error(
        `error: --ack-every ${plan.ackEvery} would wait for more than --prefetch ${plan.prefetch} lets through`,
      )
    }
    const result = await runLoad(plan, firstCtrlC())
    process.stdout.write(`${flags.json === true ? jsonReport(result) : textReport(plan, result)}\n`)
    for (const error of result.errors) process.stderr.write(`leveret bench: ${printable(error)}\n`)
    if (result.errors.length > 0) process.exitCode = 1
  } catch (cause) {
    process.stderr.write(
      `leveret bench: ${printable(cause instanceof Error ? cause.message : String(cause))}\n`,
    )
    process.exitCode = 1
  } finally {
    await broker?.stop()
  }
}

function planOf(flags: BenchFlags, broker: LocalBroker | undefined): LoadPlan {
  return {
    target: parseAmqpUrl(broker?.url ?? flags.url ?? DEFAULT_AMQP_URL),
    publishers: flags.publishers,
    consumers: flags.consumers,
    size: flags.size,
    confirmWindow: flags.confirms,
    ackEvery: flags.ackEvery,
    prefetch: flags.prefetch,
    queues: flags.queues,
    rate: flags.rate,
    durationSeconds: flags.duration ?? (flags.count > 0 ? 0 : DEFAULT_SECONDS),
    count: flags.count,
    persistent: flags.persistent === true,
    exchange: flags.exchange,
    queueType: flags.queueType,
    queuePrefix: flags.queue,
    keep: flags.keep === true,
    pid: broker?.pid ?? flags.pid,
  }
}

/** The first Ctrl-C ends the run and prints what was measured; the second one ends the process, as it always does. */
function firstCtrlC(): AbortSignal {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  return interruption.signal
}

function seconds(text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 86400) return value
  throw new InvalidArgumentError('It must be a number of seconds above 0, at most 86400.')
}

function shortText(text: string): string {
  if (Buffer.byteLength(text) <= 200) return text
  throw new InvalidArgumentError('It must be at most 200 bytes.')
}
