/** The text below a command's flags: its examples. A group's examples show in the help of the commands they call, too. */
import type { EventEmitter } from 'node:events'
import type { Command } from 'commander'

/** What commander would print after the help. */
export function notesOf(command: Command): string {
  let notes = ''
  // commander types it as a chain of its own only; it is an EventEmitter, and this is how it prints them itself.
  ;(command as unknown as EventEmitter).emit('afterHelp', {
    error: false,
    command,
    write: (text: string) => {
      notes += text
    },
  })
  return notes.trim()
}

/** To `command`, from the examples of the group it is in. */
export function shareExamples(group: Command, command: Command): void {
  const call = new RegExp(`\\bleveret ${group.name()} ${command.name()}( |$)`)
  const examples = notesOf(group)
    .split('\n')
    .filter(line => call.test(line))
  if (examples.length > 0) command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`)
}
