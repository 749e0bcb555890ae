/**
 * `docs/reference/cli.md`, made from the program's own commands. `node dist/cli/reference.js` writes the page; a spec fails
 * when it is stale.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Argument, Command, type Option } from 'commander'
import { addConnectionFlags, CONNECTION_GROUP } from './connection-flags'
import { exitCodes } from './exit-codes'
import { notesOf } from './help-notes'
import { createProgram } from './program'
import { addQuietFlag } from './run'

/** They are on a page of their own, with more about each. */
const OPTIONS_ELSEWHERE = ['serve']

export function cliReference(): string {
  const program = createProgram()
  const commands = program.commands.flatMap(command => sections(command, []))
  const before = [heading(), contents(program), exitCodeSection(), brokerSection(), knownSection()]
  return `${[...before, ...commands].join('\n\n')}\n`
}

function heading(): string {
  return `<!-- Made from src/cli/ by \`node dist/cli/reference.js\`; a spec fails when it is stale. -->
# The command line

\`leveret <command> --help\` shows what is here about each command. A command or flag that does not exist is refused, with
the nearest one that does. Lists are tables for people; \`--json\` prints what the API says, for scripts. Tables are cut to
the width of a terminal, and not cut in a pipe; \`NO_COLOR\` keeps them plain. Names and payloads cannot reach a terminal as
control characters: those are shown as \`\\u001b\`. A whole number beyond 2^53 loses digits in \`--json\`, as in most readers of
JSON; in definitions it keeps them.

All but \`serve\`, \`exec\`, \`replay\`, \`inspect\`, \`bench\`, \`hash-password\` and \`completion\` talk to a running broker over its management API,
Leveret's or RabbitMQ's. \`explain\`, \`move\`, \`redrive\`, \`get --peek\`, \`purge --count\` and \`consume\` without \`--ack\` need
Leveret: RabbitMQ's API has nothing like them.`
}

function contents(program: Command): string {
  const rows = program.commands.map(
    command => `| [\`${command.name()}\`](#leveret-${command.name()}) | ${cell(command.description())} |`,
  )
  return ['| command | |', '|---|---|', ...rows].join('\n')
}

function exitCodeSection(): string {
  const rows = Object.values(exitCodes).map(([code, meaning]) => `| ${code} | ${meaning} |`)
  return ['## Exit codes', '', '| code | meaning |', '|---|---|', ...rows].join('\n')
}

function brokerSection(): string {
  const command = new Command()
  addConnectionFlags(command)
  addQuietFlag(command)
  return `## Which broker

Every command that talks to a broker takes these. The environment is for what is the same each time, and for the password:
a command line can be read by others on the machine.

${optionTable(command.options)}

A URL may hold user and password (\`http://ada:secret@broker:15672\`). With a user but no password, it is asked for at a
terminal. The password of \`guest\` is \`guest\` unless another is given.`
}

/** What people type elsewhere. A spec holds the right column against the commands there are. */
const known = [
  ['rabbitmqctl add_user, change_password, set_user_tags', 'user add', 'user set-password', 'user set-tags'],
  ['rabbitmqctl set_permissions, set_topic_permissions', 'permission set', 'permission set-topic'],
  ['rabbitmqctl set_policy, set_operator_policy', 'policy set'],
  ['rabbitmqctl set_vhost_limits, set_user_limits', 'limits set'],
  ['rabbitmqctl list_queues and the other list_…', 'list'],
  ['rabbitmqctl close_connection, close_all_connections', 'close-connection'],
  ['rabbitmqctl export_definitions, import_definitions', 'definitions export', 'definitions import'],
  ['rabbitmqctl hash_password', 'hash-password'],
  ['rabbitmq-diagnostics status, observer', 'status', 'top'],
  ['rabbitmqadmin declare binding, delete binding', 'bind', 'unbind'],
  ['rabbitmqadmin publish, get', 'publish', 'get'],
  ['rabbitmq-queues peek', 'get'],
  ['rabbitmq-perf-test', 'bench'],
] as const

function knownSection(): string {
  const rows = known.map(([theirs, ...ours]) => {
    const calls = ours.map(call => `[\`leveret ${call}\`](#leveret-${call.replaceAll(' ', '-')})`)
    return `| ${theirs} | ${calls.join(', ')} |`
  })
  return ["## If you know RabbitMQ's tools", '', '| there | here |', '|---|---|', ...rows].join('\n')
}

function sections(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()]
  const alike = areAlike(command.commands)
  return [
    section(command, path, alike ? (command.commands[0] as Command) : command),
    ...(alike ? [kindTable(command)] : command.commands.flatMap(inner => sections(inner, path))),
  ]
}

/** `flags`: the command that has them, where a group's commands all have the same. */
function section(command: Command, path: readonly string[], flags: Command): string {
  const notes = notesOf(command)
  const usage = ['leveret', ...path, ...command.registeredArguments.map(argumentText)].join(' ')
  const own = ownOptions(flags)
  const elsewhere = OPTIONS_ELSEWHERE.includes(path.join(' '))
  return [
    `${path.length === 1 ? '##' : '###'} leveret ${path.join(' ')}`,
    `${command.description()}.`,
    ...(command.commands.length > 0 ? [] : [`    ${usage}${command.options.length > 0 ? ' [flags]' : ''}`]),
    ...(command.registeredArguments.length === 0 ? [] : [argumentTable(command.registeredArguments)]),
    ...(elsewhere
      ? ['Its flags are in [options.md](options.md).']
      : own.length === 0
        ? []
        : [optionTable(own)]),
    ...(notes === '' || isShared(command, notes) ? [] : [`\`\`\`text\n${notes}\n\`\`\``]),
  ].join('\n\n')
}

/** Not those that every command has: they are told once. */
function ownOptions(command: Command): Option[] {
  return command.options.filter(
    ({ helpGroupHeading, hidden, long }) =>
      helpGroupHeading !== CONNECTION_GROUP && !hidden && long !== '--quiet',
  )
}

/** `leveret list <what>`: no arguments, and the same flags. */
function areAlike(commands: readonly Command[]): boolean {
  const shapes = commands.map(command => optionTable(ownOptions(command)))
  return (
    commands.length > 1 &&
    commands.every((command, at) => command.registeredArguments.length === 0 && shapes[at] === shapes[0])
  )
}

function kindTable(group: Command): string {
  const rows = group.commands.map(command => {
    const columns =
      notesOf(command)
        .split('\n')[0]
        ?.replace(/^.*?: /, '') ?? ''
    return `| \`${command.name()}\` | ${cell(command.description())}: ${columns} |`
  })
  return [`| leveret ${group.name()} … | |`, '|---|---|', ...rows].join('\n')
}

/** Examples that the group shows already. */
function isShared(command: Command, notes: string): boolean {
  const group = command.parent === null ? '' : notesOf(command.parent)
  return notes.split('\n').every(line => group.includes(line))
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

function argumentTable(args: readonly Argument[]): string {
  const rows = args.map(argument => {
    const choices = argument.argChoices === undefined ? '' : ` (${argument.argChoices.join(', ')})`
    return `| \`${argumentText(argument)}\` | ${cell(argument.description)}${choices} |`
  })
  return ['| argument | |', '|---|---|', ...rows].join('\n')
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map(option => {
    const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`
    const shown = option.defaultValueDescription ?? String(option.defaultValue)
    const preset = (option.defaultValue ?? '') === '' ? '' : `, default ${cell(shown)}`
    return `| \`${option.flags}\` | ${cell(option.description)}${choices}${preset} |`
  })
  return ['| flag | |', '|---|---|', ...rows].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/<([^>]*)>/g, '&lt;$1&gt;')
}

if (require.main === module) {
  writeFileSync(join(__dirname, '../../docs/reference/cli.md'), cliReference())
}
