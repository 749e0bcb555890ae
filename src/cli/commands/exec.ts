/**
 * `leveret exec -- command`: a broker for as long as a command runs, and variables that tell the command where it is. Its
 * exit code is the command's; whatever is said here goes to stderr, as stdout belongs to the command.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { loadOptions, OptionError, resolveOptions } from '../../config/load'
import type { BrokerOptions, OptionKey, ResolvedOptions } from '../../config/options'
import type { CommandEnd } from '../../exec/command'
import { environmentFor, variables } from '../../exec/environment'
import type { ExecBroker } from '../../exec/exec-broker'
import type { Recorder } from '../../recording/recorder'
import { type StrictRuleName, strictRules } from '../../testing/strict/rules'
import type { StrictOptions } from '../../testing/strict/strict-options'
import { say, tellLeft, tellUnsettled, tellViolations } from '../exec-report'
import { type Ending, exitCodeOf } from '../exit-codes'
import { addOptionFlags } from '../option-flags'
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

/** Journeys that are told where nothing is said of it. */
const JOURNEYS_TOLD = 10

/** Nothing is lenient here, so nothing is declared again. */
const strictRuleNames = (Object.keys(strictRules) as StrictRuleName[]).filter(name => name !== 'redeclare')

const notes = `
The command gets, besides the environment there is:
${variables.map(({ names, meaning }) => `  ${names.join(', ')}\n    ${meaning}`).join('\n')}

The broker listens on free ports unless told otherwise, keeps everything in memory and ends with the command. The user of
the URL is made where the definitions have no such user. Signals are passed on to the command; a second SIGTERM kills it.
The exit code is the command's, 128 and the number of the signal if one ended it.

Examples:
  leveret exec -- pytest
  leveret exec --definitions broker.json --compat 3.13 -- npm test
  leveret exec --strict -- npm test
  leveret exec --report always -- sh -c 'amqp-publish --url "$AMQP_URL" -r q -b hello'`

interface ExecFlags {
  readonly user?: string
  readonly password?: string
  readonly vhost?: string
  readonly report: 'on-failure' | 'always' | 'never'
  readonly journeys: number
  readonly strict?: true
  readonly strictRules?: StrictOptions
  readonly strictAllow?: readonly string[]
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
  command.addOption(
    new Option(
      '--journeys <count>',
      'tell, with what is left, what became of so many messages; 0: note nothing',
    )
      .argParser(countOf)
      .default(JOURNEYS_TOLD),
  )
  command.addOption(new Option('--strict', 'fail, with a report, if clients do what they should not'))
  command.addOption(
    new Option('--strict-rules <list>', `strict with these rules: ${strictRuleNames.join(', ')}`).argParser(
      rulesOf,
    ),
  )
  command.addOption(
    new Option(
      '--strict-allow <text>',
      'strict, but for what has this in it, as the name of an exchange; may be repeated',
    ).argParser((text, before: readonly string[] = []) => [...before, text]),
  )
  command.addOption(new Option('--record <file>', 'keep the traffic of every connection, without passwords'))
  addOptionFlags(command, { keys: optionsTaken, defaults, needed: ['port'] })
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
    const {
      journeys,
      strictAllow: allowed = [],
      strictRules: strict = flags.strict ?? allowed.length > 0,
    } = flags
    broker = await ExecBroker.open(options, { observer: recorder, journeys: journeys > 0, strict, allowed })
  } catch (cause) {
    say(whyNoBroker(cause))
    process.exit(exitCodeOf('noBroker'))
  }
  const end = await runCommand(words, environmentFor(broker.address, process.env))
  const code = exitCodeOfEnd(end)
  const isViolated = await report(broker, end, flags)
  await broker.close()
  recorder?.close()
  if (code === undefined) process.exit(exitCodeOf(notRun(end, words[0] ?? '')))
  process.exit(code === 0 && isViolated ? exitCodeOf('violated') : code)
}

/** Returns whether there was what strict mode minds. */
async function report(broker: ExecBroker, end: CommandEnd, flags: ExecFlags): Promise<boolean> {
  const { exitCodeOfEnd } = require('../../exec/command') as typeof import('../../exec/command')
  const code = exitCodeOfEnd(end)
  if (code === undefined) return false
  if (wants(flags.report, code)) {
    const leaks = await broker.leaks()
    if (!leaks.isClean || flags.report === 'always') tellLeft(end, leaks)
    if (flags.journeys > 0) tellUnsettled(broker.unsettled(), flags.journeys)
  }
  const violations = await broker.violations()
  if (violations.length > 0) tellViolations(violations)
  return violations.length > 0
}

/** From where `serve` takes its own, with defaults that suit. */
function optionsOf({
  user,
  password,
  vhost,
  report: _,
  record: __,
  journeys: ___,
  strict: ____,
  strictRules: _____,
  strictAllow: ______,
  config,
  ...others
}: ExecFlags): ResolvedOptions {
  const flags = { ...others, defaultUser: user, defaultPass: password, defaultVhost: vhost }
  const { options, sources } = loadOptions({ flags, environment: process.env, configFile: config })
  const given = [...optionsTaken, ...userOptions].filter(key => sources[key] !== 'default')
  if (options.port === false)
    throw new OptionError(`${sources.port}: the command needs a port, so it cannot be false`, 'port')
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

function notRun(end: CommandEnd, file: string): Ending {
  if (end.kind === 'not started') {
    say(`cannot run ${file}: ${end.why}`)
    return 'notExecutable'
  }
  say(`there is no command ${file}`)
  return 'noCommand'
}

/** @throws InvalidArgumentError */
function countOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 0 to 999999.')
  return Number(text)
}

/** @throws InvalidArgumentError */
function rulesOf(text: string): StrictOptions {
  const wanted = text.split(',').map(name => name.trim())
  const unknown = wanted.find(name => !(strictRuleNames as string[]).includes(name))
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no rule ${JSON.stringify(unknown)}.`)
  return Object.fromEntries(strictRuleNames.map(name => [name, wanted.includes(name)]))
}
