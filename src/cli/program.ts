/**
 * The `leveret` program: its commands, one file each under `commands/`. Unknown commands and flags are refused by name,
 * with the nearest known one. The only folder that imports commander is this one. A command's file is read when it is
 * called, or when all are asked for: a broker starts no later because there are commands beside `serve`.
 */
import { Command } from 'commander'
import { LEVERET_VERSION } from '../embed/version'
import { exitCodeOf } from './exit-codes'

const commands: Readonly<Record<string, () => Command>> = {
  serve: () => (require('./commands/serve') as typeof import('./commands/serve')).serveCommand(),
  list: () => (require('./commands/list') as typeof import('./commands/list')).listCommand(),
  declare: () => (require('./commands/declare') as typeof import('./commands/declare')).declareCommand(),
  delete: () => (require('./commands/delete') as typeof import('./commands/delete')).deleteCommand(),
  purge: () => (require('./commands/purge') as typeof import('./commands/purge')).purgeCommand(),
  publish: () => (require('./commands/publish') as typeof import('./commands/publish')).publishCommand(),
  get: () => (require('./commands/get') as typeof import('./commands/get')).getCommand(),
  inspect: () => (require('./commands/inspect') as typeof import('./commands/inspect')).inspectCommand(),
  bench: () => (require('./commands/bench') as typeof import('./commands/bench')).benchCommand(),
}

export const commandNames: readonly string[] = Object.keys(commands)

/** `args`: the command line after the program's name; the command it begins with is the only one that is read. */
export function createProgram(args: readonly string[] = []): Command {
  const program = new Command('leveret')
    .description('A fast AMQP 0-9-1 broker')
    .version(LEVERET_VERSION, '--version', 'Print the version')
    .helpOption('-h, --help', 'Show this help')
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodeOf('usage')))
  for (const name of namesNeeded(args[0])) {
    const command = commands[name]?.()
    if (command !== undefined) program.addCommand(inheriting(command, program))
  }
  return program
}

function namesNeeded(first: string | undefined): readonly string[] {
  if (first === '--version') return []
  return first !== undefined && Object.hasOwn(commands, first) ? [first] : commandNames
}

function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent)
  for (const inner of command.commands) inheriting(inner, command)
  return command
}
