/**
 * What could stand at the cursor of a command line: read off the program's own commands and flags, so that it knows what
 * they know. Names of queues, exchanges and the like are asked of the broker, briefly; if it does not answer there are none.
 */
import type { Command, Option } from 'commander'
import { printable } from '../structures/printable'
import { ApiClient, pathOf } from './api-client'
import { apiTarget, type ConnectionFlags, givenVhost } from './connection-flags'
import { textField } from './json'

export interface Candidate {
  readonly value: string
  readonly note: string
}

type Kind = 'queues' | 'exchanges' | 'users' | 'vhosts' | 'policies' | 'connections'

/** Which names an argument takes: by its own name, or where that is just "name", by the command. */
const kindOfArgument: Readonly<Record<string, Kind>> = {
  queue: 'queues',
  destination: 'queues',
  exchange: 'exchanges',
  source: 'exchanges',
  user: 'users',
  'delete queue name': 'queues',
  'delete exchange name': 'exchanges',
  'user delete name': 'users',
  'user set-password name': 'users',
  'user set-tags name': 'users',
  'vhost delete name': 'vhosts',
  'policy clear name': 'policies',
  'close-connection name': 'connections',
}

const kindOfFlag: Readonly<Record<string, Kind>> = {
  '--vhost': 'vhosts',
  '--user': 'users',
  '--of-user': 'users',
  '--queue': 'queues',
  '--exchange': 'exchanges',
  '--to-exchange': 'exchanges',
}

/** More are no choice any more. */
const NAMES_MAX = 200
const PATIENCE_MS = 2000

/** `words`: those before the cursor, the last one begun, or empty. */
export async function complete(program: Command, words: readonly string[]): Promise<readonly Candidate[]> {
  const begun = words.at(-1) ?? ''
  const place = placeOf(program, words.slice(0, -1))
  const candidates = await candidatesAt(place, begun)
  return candidates.filter(({ value }) => value.startsWith(begun))
}

interface Place {
  readonly command: Command
  /** Names of the command and of those it is in, without the program's. */
  readonly path: readonly string[]
  /** A flag that waits for its value. */
  readonly open: Option | undefined
  /** Arguments there are already. */
  readonly given: number
  readonly flags: Readonly<Record<string, string>>
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program
  const path: string[] = []
  const flags: Record<string, string> = {}
  let open: Option | undefined
  let given = 0
  for (const word of words) {
    if (open !== undefined) {
      flags[open.attributeName()] = word
      open = undefined
    } else if (word.startsWith('-') && word !== '-') {
      const [name, value] = word.split(/=(.*)/s)
      const option = command.options.find(({ long, short }) => long === name || short === name)
      if (option !== undefined && takesValue(option)) {
        if (value === undefined) open = option
        else flags[option.attributeName()] = value
      }
    } else {
      const inner = given === 0 ? command.commands.find(one => one.name() === word) : undefined
      if (inner === undefined) given++
      else {
        command = inner
        path.push(word)
      }
    }
  }
  return { command, path, open, given, flags }
}

async function candidatesAt(place: Place, begun: string): Promise<readonly Candidate[]> {
  const { command, open } = place
  if (open !== undefined) {
    if (open.argChoices !== undefined) return open.argChoices.map(value => ({ value, note: '' }))
    return await namesOf(kindOfFlag[open.long ?? ''], place, begun)
  }
  if (begun.startsWith('-')) return flagsOf(command)
  if (command.commands.length > 0 && place.given === 0) {
    return command.commands.map(inner => ({ value: inner.name(), note: inner.description() }))
  }
  const args = command.registeredArguments
  const argument = args[place.given] ?? (args.at(-1)?.variadic === true ? args.at(-1) : undefined)
  if (argument === undefined) return []
  if (argument.argChoices !== undefined) return argument.argChoices.map(value => ({ value, note: '' }))
  const name = argument.name()
  return await namesOf(
    kindOfArgument[`${place.path.join(' ')} ${name}`] ?? kindOfArgument[name],
    place,
    begun,
  )
}

function flagsOf(command: Command): Candidate[] {
  const flags = command.options
    .filter(option => !option.hidden && option.long !== undefined)
    .map(option => ({ value: option.long ?? '', note: option.description }))
  return [...flags, { value: '--help', note: 'Show this help' }]
}

function takesValue(option: Option): boolean {
  return option.required || option.optional
}

async function namesOf(kind: Kind | undefined, place: Place, begun: string): Promise<readonly Candidate[]> {
  if (kind === undefined) return []
  const flags = place.flags as ConnectionFlags
  const patience = new Promise<readonly Candidate[]>(resolve => {
    setTimeout(() => resolve([]), PATIENCE_MS).unref()
  })
  return await Promise.race([patience, askedNames(kind, flags, begun).catch(() => [])])
}

async function askedNames(kind: Kind, flags: ConnectionFlags, begun: string): Promise<readonly Candidate[]> {
  const api = new ApiClient(await apiTarget(flags, process.env, noPrompt))
  const vhost = givenVhost(flags) ?? '/'
  const inVhost = kind === 'queues' || kind === 'exchanges' || kind === 'policies'
  const path = inVhost ? pathOf(kind, vhost) : pathOf(kind)
  const names: Candidate[] = []
  for await (const page of api.pages(path, { name: begun, columns: 'name' })) {
    for (const item of page) {
      const value = textField(item, 'name')
      if (value.startsWith(begun) && isHarmless(value)) names.push({ value, note: '' })
    }
    if (names.length >= NAMES_MAX) break
  }
  return names.slice(0, NAMES_MAX)
}

/** What somebody called a queue is typed for whoever completes it: never as a flag, `--url=…` say, nor as a command of the terminal. */
function isHarmless(name: string): boolean {
  return name !== '' && !name.startsWith('-') && printable(name) === name
}

function noPrompt(): Promise<string> {
  return Promise.reject(new Error('no one is asked for a password while typing'))
}
