/**
 * `leveret definitions export|import`: RabbitMQ's definitions, of the whole broker or of one virtual host. They hold the
 * hashes of passwords, so a file that is written is its owner's alone. They pass through as they are: a number beyond
 * 2^53 keeps its digits.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { jsonComplaint } from '../../config/json-complaint'
import { pathOf } from '../api-client'
import { CommandError } from '../exit-codes'
import { isObject, type JsonObject } from '../json'
import { allOfStdin } from '../payloads'
import { acts, write } from '../run'

const examples = `
Examples:
  leveret definitions export broker.json
  leveret definitions export -p shop > shop.json
  leveret definitions import broker.json
  curl -s … | leveret definitions import -p shop

Without --vhost it is the whole broker, with users, permissions and all virtual hosts.`

export function definitionsCommand(): Command {
  return new Command('definitions')
    .description('Export and import what is declared')
    .addHelpText('after', examples)
    .addCommand(exportCommand())
    .addCommand(importCommand())
}

function exportCommand(): Command {
  const command = new Command('export')
    .description('Write the definitions to a file or to stdout')
    .argument('[file]', 'without it or with -, stdout')
  return acts<object, [string | undefined]>(command, async ({ api, givenVhost: vhost, say }, file) => {
    const text = `${(await api.getText(definitionsPath(vhost))).trimEnd()}\n`
    if (file === undefined || file === '-') return await write(text)
    await writeFile(file, text, { mode: 0o600 })
    say(`exported to ${file}`)
  })
}

function importCommand(): Command {
  const command = new Command('import')
    .description('Declare what a file or stdin says; what is there already stays')
    .argument('[file]', 'without it or with -, stdin')
  return acts<object, [string | undefined]>(command, async ({ api, givenVhost: vhost, say }, file) => {
    const bytes = file === undefined || file === '-' ? await allOfStdin() : await readFile(file)
    const text = bytes.toString()
    const definitions = parsed(text)
    await api.postText(definitionsPath(vhost), text)
    say(`imported ${counted(definitions)}`)
  })
}

function definitionsPath(vhost: string | undefined): string {
  return vhost === undefined ? '/definitions' : pathOf('definitions', vhost)
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (cause) {
    throw new CommandError(`these are no definitions: ${jsonComplaint(cause)}`)
  }
  throw new CommandError('these are no definitions: it must be a JSON object')
}

/** `3 queues, 1 users`: as the file spells them. */
function counted(definitions: JsonObject): string {
  const counts = Object.entries(definitions).flatMap(([kind, items]) =>
    Array.isArray(items) && items.length > 0 ? [`${items.length} ${kind.replaceAll('_', ' ')}`] : [],
  )
  return counts.join(', ') || 'nothing'
}
