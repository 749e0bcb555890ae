/**
 * `leveret explain`: which queues would take a message with this key and these headers, and why not the others. Nothing
 * is published. Leveret's own.
 */
import { Command } from 'commander'
import { jsonText } from '../../structures/printable'
import { pathOf } from '../api-client'
import { isObject, type Json, type JsonObject, objectsIn } from '../json'
import { counted } from '../quantities'
import { acts, write } from '../run'
import { lookOf, TablePrinter } from '../table'
import { pair } from '../typed-values'

interface ExplainFlags {
  readonly header?: JsonObject
  readonly property?: JsonObject
  readonly json?: true
}

const examples = `
Examples:
  leveret explain events order.created
  leveret explain by-header '' --header tier=gold --header region=eu`

export function explainCommand(): Command {
  const command = new Command('explain')
    .description('Tell which queues a message would reach, and why not the others')
    .argument('<exchange>', 'exchange it would be published to')
    .argument('[routing-key]', 'its routing key; empty without one')
    .addHelpText('after', examples)
    .optionsGroup('Message:')
    .option('--header <name=value>', 'a header; may be given more than once', pair)
    .option('--property <name=value>', 'a property; may be given more than once', pair)
    .optionsGroup('Output:')
    .option('--json', "the API's own JSON")
  return acts<ExplainFlags, [string, string | undefined]>(
    command,
    async ({ api, vhost, flags }, exchange, key = '') => {
      const path = pathOf('exchanges', vhost, exchange === '' ? 'amq.default' : exchange, 'explain')
      const request = { routing_key: key, headers: flags.header ?? {}, properties: flags.property ?? {} }
      const answer = await api.post(path, request)
      if (flags.json === true) await write(`${jsonText(answer)}\n`)
      else await print(isObject(answer) ? answer : {})
    },
  )
}

async function print(answer: JsonObject): Promise<void> {
  const queues = strings(answer['queues'])
  const alternate = answer['alternate_exchange']
  await write(queues.length === 0 ? 'reaches no queue\n' : `reaches ${counted(queues.length, 'queue')}:\n`)
  for (const queue of queues) await write(`  ${jsonText(queue).slice(1, -1)}\n`)
  if (typeof alternate === 'string') await write(`by way of the alternate exchange ${jsonText(alternate)}\n`)
  const bindings = objectsIn(answer['bindings'])
  if (bindings.length === 0) return
  await write('\n')
  const table = new TablePrinter(
    ['source', 'to', 'destination', 'key', 'taken', 'why'],
    lookOf(process.stdout),
  )
  for (const binding of bindings) {
    await table.add([
      binding['source'] === '' ? '(default)' : (binding['source'] ?? null),
      binding['destination_type'] ?? null,
      binding['destination'] ?? null,
      binding['routing_key'] ?? null,
      taken(binding),
      binding['why'] ?? null,
    ])
  }
  await table.flush()
}

/** A binding that would match, of an exchange the message never comes to, takes nothing either. */
function taken(binding: JsonObject): string {
  if (binding['reached'] === false) return 'not reached'
  return binding['matched'] === true ? 'yes' : 'no'
}

function strings(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
