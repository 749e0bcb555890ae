/**
 * The `leveret` program: its commands, one file each under `commands/`. Unknown commands and flags are refused by name,
 * with the nearest known one. The only folder that imports commander is this one. A command's file is read when it is
 * called, or when all are asked for: a broker starts no later because there are commands beside `serve`.
 */
import { Command } from 'commander'
import { LEVERET_VERSION } from '../embed/version'
import { exitCodeOf } from './exit-codes'
import { shareExamples } from './help-notes'

const commands: Readonly<Record<string, () => Command>> = {
  serve: () => (require('./commands/serve') as typeof import('./commands/serve')).serveCommand(),
  exec: () => (require('./commands/exec') as typeof import('./commands/exec')).execCommand(),
  replay: () => (require('./commands/replay') as typeof import('./commands/replay')).replayCommand(),
  status: () => (require('./commands/status') as typeof import('./commands/status')).statusCommand(),
  top: () => (require('./commands/top') as typeof import('./commands/top')).topCommand(),
  list: () => (require('./commands/list') as typeof import('./commands/list')).listCommand(),
  declare: () => (require('./commands/declare') as typeof import('./commands/declare')).declareCommand(),
  delete: () => (require('./commands/delete') as typeof import('./commands/delete')).deleteCommand(),
  bind: () => (require('./commands/bind') as typeof import('./commands/bind')).bindCommand(),
  unbind: () => (require('./commands/unbind') as typeof import('./commands/unbind')).unbindCommand(),
  purge: () => (require('./commands/purge') as typeof import('./commands/purge')).purgeCommand(),
  publish: () => (require('./commands/publish') as typeof import('./commands/publish')).publishCommand(),
  get: () => (require('./commands/get') as typeof import('./commands/get')).getCommand(),
  consume: () => (require('./commands/consume') as typeof import('./commands/consume')).consumeCommand(),
  move: () => (require('./commands/move') as typeof import('./commands/move')).moveCommand(),
  redrive: () => (require('./commands/redrive') as typeof import('./commands/redrive')).redriveCommand(),
  explain: () => (require('./commands/explain') as typeof import('./commands/explain')).explainCommand(),
  user: () => (require('./commands/user') as typeof import('./commands/user')).userCommand(),
  vhost: () => (require('./commands/vhost') as typeof import('./commands/vhost')).vhostCommand(),
  permission: () =>
    (require('./commands/permission') as typeof import('./commands/permission')).permissionCommand(),
  policy: () => (require('./commands/policy') as typeof import('./commands/policy')).policyCommand(),
  limits: () => (require('./commands/limits') as typeof import('./commands/limits')).limitsCommand(),
  definitions: () =>
    (require('./commands/definitions') as typeof import('./commands/definitions')).definitionsCommand(),
  'close-connection': () =>
    (
      require('./commands/close-connection') as typeof import('./commands/close-connection')
    ).closeConnectionCommand(),
  'hash-password': () =>
    (require('./commands/hash-password') as typeof import('./commands/hash-password')).hashPasswordCommand(),
  inspect: () => (require('./commands/inspect') as typeof import('./commands/inspect')).inspectCommand(),
  bench: () => (require('./commands/bench') as typeof import('./commands/bench')).benchCommand(),
  completion: () =>
    (require('./commands/completion') as typeof import('./commands/completion')).completionCommand(
      createProgram,
    ),
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
  for (const inner of command.commands) {
    inheriting(inner, command)
    shareExamples(command, inner)
  }
  return command
}
