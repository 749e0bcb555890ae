/**
 * The `leveret` program: its commands, one file each under `commands/`. Unknown commands and flags are refused by name,
 * with the nearest known one. The only folder that imports commander is this one.
 */
import { Command } from 'commander'
import { LEVERET_VERSION } from '../embed/version'
import { benchCommand } from './commands/bench'
import { inspectCommand } from './commands/inspect'
import { serveCommand } from './commands/serve'

export function createProgram(): Command {
  const program = new Command('leveret')
    .description('A fast AMQP 0-9-1 broker')
    .version(LEVERET_VERSION, '--version', 'Print the version')
    .helpOption('-h, --help', 'Show this help')
    .showHelpAfterError('(add --help for what there is)')
  for (const command of [serveCommand(), inspectCommand(), benchCommand()]) {
    program.addCommand(command.copyInheritedSettings(program))
  }
  return program
}
