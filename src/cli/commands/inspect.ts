/** `leveret inspect`: what a data folder holds, without a broker and without changing anything in it. */
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { printable, printableLines } from '../../structures/printable'
import { jsonInspection, jsonMessages, textInspection, textMessages } from '../inspect-report'

const LIMIT = 10
const LIMIT_MAX = 100_000
const BODY_BYTES_SHOWN = 64

interface InspectFlags {
  readonly json?: true
  readonly messages?: string
  readonly vhost: string
  readonly limit: number
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('Show what a data folder holds; the broker that uses it must be stopped')
    .argument('<folder>', 'data folder of a broker')
    .option('--messages <queue>', 'show the first messages of a queue instead')
    .option('--vhost <name>', 'virtual host of that queue', '/')
    .option('--limit <n>', 'how many messages', limit, LIMIT)
    .option('--json', 'one line of JSON')
    .action(inspect)
}

function inspect(folder: string, flags: InspectFlags): void {
  const dataDir = resolve(folder)
  try {
    const text = flags.messages === undefined ? all(dataDir, flags) : messages(dataDir, flags)
    process.stdout.write(`${printableLines(text)}\n`)
  } catch (cause) {
    process.stderr.write(`leveret: ${printable(cause instanceof Error ? cause.message : String(cause))}\n`)
    process.exitCode = 1
  }
}

function all(dataDir: string, { json }: InspectFlags): string {
  const inspection = inspector().inspectDataDir(dataDir)
  return json === true ? jsonInspection(dataDir, inspection) : textInspection(dataDir, inspection)
}

function messages(dataDir: string, { messages: name = '', vhost, json, limit: most }: InspectFlags): string {
  const found = inspector().inspectMessages(dataDir, { vhost, name }, most, BODY_BYTES_SHOWN)
  if (found === undefined) throw new Error(`${dataDir} holds no queue '${name}' in vhost '${vhost}'`)
  return json === true ? jsonMessages(found) : textMessages(found)
}

/** Read when it is needed: help and completion ask this file for its flags only. */
function inspector(): typeof import('../../embed/inspect') {
  return require('../../embed/inspect') as typeof import('../../embed/inspect')
}

function limit(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= LIMIT_MAX) return value
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${LIMIT_MAX}.`)
}
