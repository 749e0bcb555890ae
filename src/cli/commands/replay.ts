/** `leveret replay`: plays a recording of `leveret exec --record` at a broker, over AMQP, and tells where its answers differ. */
import { Command, Option } from 'commander'
import { SystemClock } from '../../clock'
import { DEFAULT_AMQP_URL, parseAmqpUrl } from '../../load/amqp-url'
import { readRecording } from '../../recording/read-recording'
import { replay } from '../../recording/replay'
import type { ReplayServer } from '../../recording/replayed-connection'
import { printable } from '../../structures/printable'
import { CommandError, exitCodeOf } from '../exit-codes'
import { ending } from '../run'

const DIFFERENCES_SHOWN = 100

const notes = `
Replies are compared by their kind. What the broker named itself (amq.gen-…) may have another name.

Examples:
  leveret exec --record traffic.jsonl -- pytest
  leveret exec -- leveret replay traffic.jsonl
  leveret replay traffic.jsonl --url amqp://guest:guest@rabbit:5672 --speed 1`

interface ReplayFlags {
  readonly url?: string
  readonly speed: string
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('Play a recording at a broker and compare the replies')
    .argument('<file>', 'what `leveret exec --record` has written')
    .addOption(
      new Option(
        '--url <url>',
        `where to, with user and password (default ${DEFAULT_AMQP_URL}; environment AMQP_URL)`,
      ),
    )
    .addOption(
      new Option(
        '--speed <factor>',
        '1: as fast as it was recorded; 2: twice as fast; max: no waiting',
      ).default('max'),
    )
    .addHelpText('after', notes)
    .action((file: string, flags: ReplayFlags) => ending(() => play(file, flags)))
}

async function play(file: string, flags: ReplayFlags): Promise<void> {
  const speed = speedOf(flags.speed)
  const server = serverOf(flags.url ?? (process.env['AMQP_URL'] || DEFAULT_AMQP_URL))
  let shown = 0
  const { connections, frames, differences } = await replay(readRecording(file), {
    server,
    clock: new SystemClock(),
    speed,
    onDifference: text => {
      if (++shown <= DIFFERENCES_SHOWN) process.stdout.write(`${printable(text)}\n`)
    },
  })
  if (shown > DIFFERENCES_SHOWN) process.stdout.write(`… and ${shown - DIFFERENCES_SHOWN} more\n`)
  process.stdout.write(`frames played: ${frames}, connections: ${connections}, differences: ${differences}\n`)
  if (differences > 0) process.exitCode = exitCodeOf('different')
}

function speedOf(text: string): number | undefined {
  if (text === 'max') return undefined
  const speed = Number(text)
  if (Number.isFinite(speed) && speed > 0) return speed
  throw new CommandError('--speed must be a number above 0, or max', 'usage')
}

function serverOf(url: string): ReplayServer {
  try {
    const target = parseAmqpUrl(url)
    return { ...target, vhost: new URL(url).pathname.length > 1 ? target.vhost : undefined }
  } catch {
    // Whatever it is, it may hold a password: it is not repeated.
    throw new CommandError(`the URL must be like ${DEFAULT_AMQP_URL}`, 'usage')
  }
}
