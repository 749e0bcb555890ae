/** `leveret completion`: a script for the shell, and what that script asks at each Tab. */
import { Command, Option } from 'commander'
import { complete } from '../complete'
import { completionScripts, shells } from '../completion-scripts'
import { CommandError } from '../exit-codes'
import { ending, write } from '../run'

const examples = `
Examples:
  leveret completion bash >> ~/.bash_completion
  leveret completion zsh > "\${fpath[1]}/_leveret"
  leveret completion fish > ~/.config/fish/completions/leveret.fish

It completes commands, flags, and names of queues, exchanges, users and so on, which it asks of the broker.`

/** `createProgram`: handed in, for the program is what has this command. */
export function completionCommand(createProgram: (args: readonly string[]) => Command): Command {
  return new Command('completion')
    .description('Print a script that completes this program in your shell')
    .argument('[shell]', shells.join(', '))
    .addHelpText('after', examples)
    .argument('[word...]', 'what the script asks about')
    .addOption(new Option('--complete').hideHelp())
    .action(
      async (shell: string | undefined, _words: string[], flags: { complete?: true }, command: Command) => {
        await ending(async () => {
          if (flags.complete === true) return await candidates(createProgram(command.args), command.args)
          const known = shells.find(name => name === shell)
          if (known === undefined) throw new CommandError(`name your shell: ${shells.join(', ')}`, 'usage')
          await write(completionScripts[known])
        })
      },
    )
}

async function candidates(program: Command, words: readonly string[]): Promise<void> {
  const found = await complete(program, words)
  await write(found.map(({ value, note }) => `${value}\t${note.replace(/\s+/g, ' ')}\n`).join(''))
}
