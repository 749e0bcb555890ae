/** `leveret unbind`: removes the binding with this key and these arguments, or all between the two. */
import { Command } from 'commander'
import { CommandError } from '../exit-codes'
import { type JsonObject, objectsIn, textField } from '../json'
import { acts } from '../run'
import { sameJson } from '../typed-values'
import { type BindingFlags, bindingsPath, withBinding } from './bind'

interface UnbindFlags extends BindingFlags {
  readonly all?: true
}

const examples = `
Examples:
  leveret unbind events orders --routing-key 'order.*'
  leveret unbind events orders --all`

export function unbindCommand(): Command {
  const command = withBinding(
    new Command('unbind').description('Remove a binding').addHelpText('after', examples),
  ).option('--all', 'whatever the routing key and arguments')
  return acts<UnbindFlags, [string, string]>(
    command,
    async ({ api, vhost, flags, say }, source, destination) => {
      const path = bindingsPath(vhost, source, destination, flags)
      const bindings = objectsIn(await api.get(path)).filter(
        binding => flags.all === true || isMeant(binding, flags),
      )
      if (bindings.length === 0) {
        throw new CommandError(`no such binding from ${source} to ${destination}`, 'notFound')
      }
      for (const binding of bindings) {
        // A properties_key is encoded once already where it holds what a URL cannot.
        await api.delete(`${path}/${encodeURIComponent(textField(binding, 'properties_key'))}`)
      }
      say(
        `unbound ${source} from ${destination}${bindings.length === 1 ? '' : ` (${bindings.length} bindings)`}`,
      )
    },
  )
}

function isMeant(binding: JsonObject, { routingKey = '', argument }: UnbindFlags): boolean {
  return textField(binding, 'routing_key') === routingKey && sameJson(binding['arguments'], argument ?? {})
}
