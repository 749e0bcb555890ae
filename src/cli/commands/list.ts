/** `leveret list <what>`: everything of one kind, all pages of it. */
import { Command, InvalidArgumentError } from 'commander'
import { columnsFor, JsonSink, type ListFlags, listItems, refuseVhost, TableSink } from '../list-output'
import { type Listing, type ListingName, listings } from '../listings'
import { acts } from '../run'

const examples = `
Examples:
  leveret list queues --sort messages --reverse
  leveret list queues --filter '^orders' --columns name,messages_ready,arguments
  leveret list bindings -p shop --json | jq '.[].routing_key'`

export function listCommand(): Command {
  const command = new Command('list').description('List what a broker has').addHelpText('after', examples)
  for (const [name, listing] of Object.entries(listings)) {
    command.addCommand(listingCommand(name as ListingName, listing))
  }
  return command
}

function listingCommand(name: ListingName, listing: Listing): Command {
  const fields = listing.columns.map(column => column.field).join(', ')
  const command = new Command(name)
    .description(`List ${listing.summary}`)
    .addHelpText('after', `\nColumns shown: ${fields}`)
    .optionsGroup('List:')
    .option('--columns <a,b>', 'fields of the API to show, a dot for one inside another', commaSeparated)
    .option('--sort <field>', 'sort by a field of the API')
    .option('--reverse', 'sort the other way round')
    .option('--filter <regex>', 'only those whose name matches', regex)
    .option('--json', "the API's own JSON, an item per line")
  return acts<ListFlags, []>(command, async ({ api, givenVhost, flags }) => {
    const vhost = listing.global === true ? undefined : givenVhost
    refuseVhost(listing, name, (flags as { vhost?: string }).vhost)
    const sink =
      flags.json === true
        ? new JsonSink(flags.columns)
        : new TableSink(columnsFor(listing, flags.columns), true)
    await listItems(api, listing, vhost, flags, sink)
  })
}

function commaSeparated(text: string): readonly string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}

function regex(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (cause) {
    throw new InvalidArgumentError((cause as Error).message)
  }
}
