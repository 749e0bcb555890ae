/**
 * `leveret exec -- command`: a broker for as long as a command runs, and variables that tell the command where it is. Its
 * exit code is the command's; whatever is said here goes to stderr, as stdout belongs to the command.
 */
import { Command, Option } from 'commander'
import { loadOptions, resolveOptions } from '../../config/load'
import type { BrokerOptions, OptionKey, ResolvedOptions } from '../../config/options'
import type { CommandEnd } from '../../exec/command'
import { environmentFor, variables } from '../../exec/environment'
import type { ExecBroker } from '../../exec/exec-broker'
import type { Recorder } from '../../recording/recorder'
import type { LeakReport } from '../../testing/leaks'
import { type Ending, exitCodeOf } from '../exit-codes'
import { addOptionFlags } from '../option-flags'
import { printable, printableLines } from '../terminal-text'
import { whyNoBroker } from '../why-no-broker'

/** Those of `serve` that make sense for a broker in memory that a command has for itself. */
const optionsTaken: readonly OptionKey[] = [
  'host',
  'port',
  'management',
  'managementHost',
  'managementPort',
  'prometheus',
  'prometheusHost',
  'prometheusPort',
  'samplingInterval',
  'definitions',
  'handshakeTimeout',
  'heartbeat',
  'frameMax',
  'channelMax',
  'consumersMax',
  'consumerTimeout',
  'maxMessageSize',
  'product',
  'compat',
  'logLevel',
  'eventExchange',
  'logExchange',
  'setHeaderTimestamp',
  'setHeaderRoutingNode',
  'sentTimestamp',
]
const userOptions: readonly OptionKey[] = ['defaultUser', 'defaultPass', 'defaultVhost']

/** Free ports, so that any number of commands may run beside each other. */
const defaults: BrokerOptions = {
  management: true,
  port: 0,
  managementPort: 0,
  prometheusPort: 0,
  logLevel: 'error',
}

const REPORT_LINES_MAX = 60

const notes = `
The command gets, besides the environment there is:
${variables.map(({ names, meaning }) => `  ${names.join(', ')}\n    ${meaning}`).join('\n')}

The broker listens on free ports unless told otherwise, keeps everything in memory and ends with the command. The user of
the URL is made where the definitions have no such user. Signals are passed on to the command; a second SIGTERM kills it.
The exit code is the command's, 128 and the number of the signal if one ended it.

Examples:
  leveret exec -- pytest
  leveret exec --definitions broker.json --compat 3.13 -- npm test
  leveret exec --report always -- sh -c 'amqp-publish --url "$AMQP_URL" -r q -b hello'`

interface ExecFlags {
  readonly user?: string
  readonly password?: string
  readonly vhost?: string
  readonly report: 'on-failure' | 'always' | 'never'
  readonly record?: string
  readonly config?: string
}

export function execCommand(): Command {
  const command = new Command('exec')
    .description('Run a command with a broker of its own')
    .argument('<command...>', 'what to run, with its arguments; they stand after --')
    .addHelpText('after', notes)
    .action((words: string[], flags: ExecFlags) => exec(words, flags))
  for (const [flag, help] of [
    ['-u, --user <name>', 'user of the URL (default guest)'],
    ['--password <text>', 'its password (default guest)'],
    ['-p, --vhost <name>', 'virtual host of the URL (default /)'],
  ] as const)
    command.addOption(new Option(flag, help).helpGroup('First user:'))
  command.addOption(
    new Option('--report <when>', 'tell what the command left in the broker')
      .choices(['on-failure', 'always', 'never'])
      .default('on-failure'),
  )
  command.addOption(new Option('--record <file>', 'keep the traffic of every connection, without passwords'))
  addOptionFlags(command, { keys: optionsTaken, defaults })
  return command
}

async function exec(words: readonly string[], flags: ExecFlags): Promise<void> {
  const { ExecBroker } = require('../../exec/exec-broker') as typeof import('../../exec/exec-broker')
  const { exitCodeOfEnd, runCommand } = require('../../exec/command') as typeof import('../../exec/command')
  let broker: ExecBroker
  let recorder: Recorder | undefined
  try {
    const options = optionsOf(flags)
    recorder = flags.record === undefined ? undefined : recorderOf(flags.record)
    broker = await ExecBroker.open(options, recorder)
  } catch (cause) {
    say(whyNoBroker(cause))
    process.exit(exitCodeOf('noBroker'))
  }
  const end = await runCommand(words, environmentFor(broker.address, process.env))
  const code = exitCodeOfEnd(end)
  if (code !== undefined && wants(flags.report, code)) {
    const leaks = await broker.leaks()
    if (!leaks.isClean || flags.report === 'always') tell(end, leaks)
  }
  await broker.close()
  recorder?.close()
  process.exit(code ?? exitCodeOf(notRun(end, words[0] ?? '')))
}

/** From where `serve` takes its own, with defaults that suit. */
function optionsOf({
  user,
  password,
  vhost,
  report: _,
  record: __,
  config,
  ...others
}: ExecFlags): ResolvedOptions {
  const flags = { ...others, defaultUser: user, defaultPass: password, defaultVhost: vhost }
  const { options, sources } = loadOptions({ flags, environment: process.env, configFile: config })
  const given = [...optionsTaken, ...userOptions].filter(key => sources[key] !== 'default')
  return resolveOptions({ ...defaults, ...Object.fromEntries(given.map(key => [key, options[key]])) })
}

function recorderOf(path: string): Recorder {
  const { Recorder } = require('../../recording/recorder') as typeof import('../../recording/recorder')
  const { SystemClock } = require('../../clock') as typeof import('../../clock')
  const onFailed = (cause: Error): void => say(`the recording has ended: ${cause.message}`)
  return new Recorder(path, { clock: new SystemClock(), onFailed })
}

function wants(report: ExecFlags['report'], code: number): boolean {
  return report === 'always' || (report === 'on-failure' && code !== 0)
}

function tell(end: CommandEnd, leaks: LeakReport): void {
  const how = end.kind === 'killed' ? `was ended by ${end.signal}` : 'has ended'
  if (leaks.isClean) return say(`the command ${how} and left nothing in the broker`)
  const lines = leaks.toString().split('\n')
  const more = lines.length - REPORT_LINES_MAX
  say(`the command ${how} and left in the broker:`)
  const shown = lines.slice(0, REPORT_LINES_MAX).map(line => `  ${line}`)
  if (more > 0) shown.push(`  … and ${more} lines more`)
  process.stderr.write(`${printableLines(shown.join('\n'))}\n`)
}

function notRun(end: CommandEnd, file: string): Ending {
  if (end.kind === 'not started') {
    say(`cannot run ${file}: ${end.why}`)
    return 'notExecutable'
  }
  say(`there is no command ${file}`)
  return 'noCommand'
}

function say(line: string): void {
  process.stderr.write(`leveret: ${printable(line)}\n`)
}
