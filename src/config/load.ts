/**
 * Options from where people put them: defaults < config file < environment < flags. Every source goes through the same
 * checks, and whatever is wrong is refused by name, with its source and what would be allowed. Nothing is ignored:
 * a mistyped option that is silently dropped costs an evening. Reads only what it is handed, and the config file.
 */
import { readFileSync } from 'node:fs'
import { amountOf } from './amount'
import { clientVariables } from './client-environment'
import { jsonComplaint } from './json-complaint'
import { nearestName } from './nearest'
import { allowed, embeddedDefaultOf, environmentOf, flagOf, type OptionSpec } from './option-spec'
import { type BrokerOptions, type OptionKey, optionKeys, optionTable, type ResolvedOptions } from './options'

const prefix = environmentOf('')

/** An option that cannot be used. The message is one line, made to be shown to whoever set it. */
export class OptionError extends Error {
  override readonly name = 'OptionError'

  constructor(
    message: string,
    /** The option as its source names it; empty when the source itself is at fault. */
    readonly option: string,
  ) {
    super(message)
  }
}

export interface OptionSources {
  /** By key; texts as typed, booleans for switches. Absent or undefined: not given. */
  readonly flags?: Readonly<Record<string, unknown>>
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly configFile?: string | undefined
}

export interface LoadedOptions {
  readonly options: ResolvedOptions
  /** Which source set each option: `default`, `config file leveret.json`, `environment LEVERET_PORT`, `flag --port`. */
  readonly sources: Readonly<Record<OptionKey, string>>
}

/** The options of the command line. Throws `OptionError`. */
export function loadOptions(given: OptionSources): LoadedOptions {
  const gathering = new Gathering('default')
  const environment = given.environment ?? {}
  const configFile = given.configFile ?? environment[environmentOf('config')]
  if (configFile !== undefined) gatherFile(gathering, configFile)
  gatherEnvironment(gathering, environment)
  gatherFlags(gathering, given.flags ?? {})
  return gathering.result()
}

/** The options of `createBroker({…})`: no file, no environment. Throws `OptionError`. */
export function resolveOptions(options: BrokerOptions = {}): ResolvedOptions {
  const gathering = new Gathering('embeddedDefault')
  gatherObject(gathering, 'createBroker', options)
  return gathering.result().options
}

/** Values found so far; a later source takes the place of an earlier one. */
class Gathering {
  private readonly values = new Map<OptionKey, unknown>()
  private readonly sources = new Map<OptionKey, string>()

  constructor(defaults: 'default' | 'embeddedDefault') {
    for (const key of optionKeys) {
      const spec: OptionSpec = optionTable[key]
      this.values.set(key, defaults === 'embeddedDefault' ? embeddedDefaultOf(spec) : spec.default)
      this.sources.set(key, 'default')
    }
  }

  /** `name` is the option as the source spells it, with the source: the subject of the sentence "… must be …". */
  set(key: OptionKey, value: unknown, source: string, name: string): void {
    const spec: OptionSpec = optionTable[key]
    if (!accepts(spec, value)) {
      const got = spec.secret ? '' : `, got ${shown(value)}`
      throw new OptionError(`${name} must be ${allowed(spec)}${got}`, key)
    }
    this.values.set(key, value)
    this.sources.set(key, source)
  }

  result(): LoadedOptions {
    // The one place where checked values take their types: each was accepted by its line of the table.
    return {
      options: Object.freeze(Object.fromEntries(this.values)) as unknown as ResolvedOptions,
      sources: Object.fromEntries(this.sources) as Record<OptionKey, string>,
    }
  }
}

function gatherFile(gathering: Gathering, path: string): void {
  const source = `config file ${path}`
  const text = orRefuse(`${source}: cannot be read`, messageOf, () => readFileSync(path, 'utf8'))
  const parsed: unknown = orRefuse(`${source}: not valid JSON`, jsonComplaint, () => JSON.parse(text))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new OptionError(`${source}: must hold one JSON object, got ${shown(parsed)}`, '')
  }
  gatherObject(gathering, source, parsed)
}

function orRefuse<T>(complaint: string, reasonOf: (cause: unknown) => string, attempt: () => T): T {
  try {
    return attempt()
  } catch (cause) {
    throw new OptionError(`${complaint}: ${reasonOf(cause)}`, '')
  }
}

function messageOf(cause: unknown): string {
  return (cause as Error).message
}

function gatherObject(gathering: Gathering, source: string, given: object): void {
  for (const [name, value] of Object.entries(given)) {
    if (!isOptionKey(name)) throw unknownOption(source, name, optionKeys, key => key)
    if (value !== undefined) gathering.set(name, value, source, `${source}: option ${JSON.stringify(name)}`)
  }
}

function gatherEnvironment(
  gathering: Gathering,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const keys = [...optionKeys, 'config']
  const known = new Set([...keys.map(environmentOf), ...clientVariables])
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || text === undefined || known.has(name) || isServiceLink(name)) continue
    throw unknownOption('environment', name.slice(prefix.length), keys, environmentOf, name)
  }
  for (const key of optionKeys) {
    const spec: OptionSpec = optionTable[key]
    const candidates = [environmentOf(key), spec.alsoEnvironment]
    for (const name of candidates) {
      const text = name === undefined ? undefined : environment[name]
      if (text === undefined || isServiceAddress(key, text)) continue
      gathering.set(key, fromText(spec, text), `environment ${name}`, `environment ${name}`)
      break
    }
  }
}

function gatherFlags(gathering: Gathering, flags: Readonly<Record<string, unknown>>): void {
  for (const [name, given] of Object.entries(flags)) {
    if (given === undefined) continue
    const flag = flagOf(name)
    if (!isOptionKey(name)) throw unknownOption('flag', name, optionKeys, flagOf, flag)
    const value = typeof given === 'string' ? fromText(optionTable[name], given) : given
    gathering.set(name, value, `flag ${flag}`, `flag ${flag}`)
  }
}

/** `spelled` is the name as its source has it, `name` the part of it that can be compared with keys. */
function unknownOption(
  source: string,
  name: string,
  keys: readonly string[],
  spell: (key: string) => string,
  spelled = name,
): OptionError {
  const nearest = nearestName(name, keys)
  const help =
    nearest === undefined
      ? `allowed: ${keys.map(spell).join(', ')}`
      : `did you mean ${JSON.stringify(spell(nearest))}?`
  return new OptionError(`${source}: unknown option ${JSON.stringify(spelled)}; ${help}`, spelled)
}

/** Kubernetes puts LEVERET_SERVICE_HOST, LEVERET_PORT_5672_TCP_ADDR … beside a service that is called "leveret". */
function isServiceLink(name: string): boolean {
  return /^LEVERET_(SERVICE_(HOST|PORT)|PORT_\d+_)/.test(name)
}

/** … and LEVERET_PORT=tcp://10.0.0.1:5672, which is the service's address and not our port. */
function isServiceAddress(key: OptionKey, text: string): boolean {
  return key === 'port' && text.startsWith('tcp://')
}

/** A text that is no number or boolean stays a text, and is refused as one. */
function fromText(spec: OptionSpec, text: string): unknown {
  if (spec.type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  if (spec.type === 'integer' && spec.off !== undefined && text === 'false') return false
  if (spec.type === 'boolean' && (text === 'true' || text === '1')) return true
  if (spec.type === 'boolean' && (text === 'false' || text === '0')) return false
  return text
}

function accepts(spec: OptionSpec, value: unknown): boolean {
  switch (spec.type) {
    case 'integer':
      if (value === false) return spec.off !== undefined
      return typeof value === 'number' && Number.isInteger(value) && value >= spec.min && value <= spec.max
    case 'boolean':
      return typeof value === 'boolean'
    case 'choice':
      return typeof value === 'string' && spec.values.includes(value)
    case 'text':
      return typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= 255
    case 'path':
      return typeof value === 'string' && value !== ''
    case 'amount':
      return amountOf(value) !== undefined
  }
}

function isOptionKey(name: string): name is OptionKey {
  return Object.hasOwn(optionTable, name)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
