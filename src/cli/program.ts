/**
 * The `leveret` program: its commands, one file each under `commands/`. Unknown commands and flags are refused by name,
 * with the nearest known one. The only folder that imports commander is this one.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { benchCommand } from './commands/bench'
import { serveCommand } from './commands/serve'

export function createProgram(): Command {
  const program = new Command('leveret')
    .description('A fast AMQP 0-9-1 broker')
    .version(packageVersion(), '--version', 'Print the version')
    .helpOption('-h, --help', 'Show this help')
    .showHelpAfterError('(add --help for what there is)')
  for (const command of [serveCommand(), benchCommand()]) {
    program.addCommand(command.copyInheritedSettings(program))
  }
  return program
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    version: string
  }
  return version
}
