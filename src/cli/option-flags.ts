/** The option table as flags of a command, with their help. Values stay the texts they were typed as: config checks them. */
import { type Command, Option } from 'commander'
import {
  allowed,
  environmentOf,
  flagOf,
  type OptionSpec,
  offFlagOf,
  optionGroups,
} from '../config/option-spec'
import {
  type BrokerOptions,
  configFileOption,
  type OptionKey,
  optionKeys,
  optionTable,
} from '../config/options'

export interface OptionChoice {
  /** The options that make sense for the command. Default: all. */
  readonly keys?: readonly OptionKey[]
  /** What is the default there, where that differs. */
  readonly defaults?: BrokerOptions
  /** Those that it cannot do without. */
  readonly needed?: readonly OptionKey[]
}

export function addOptionFlags(
  command: Command,
  { keys = optionKeys, defaults = {}, needed = [] }: OptionChoice = {},
): void {
  for (const group of optionGroups) {
    for (const key of keys) {
      const spec: OptionSpec = optionTable[key]
      const offered = needed.includes(key) && spec.type === 'integer' ? { ...spec, off: undefined } : spec
      if (spec.group === group) addFlag(command, key, offered, defaults[key])
    }
  }
  const name = `${flagOf('config')} <file>`
  const help = `${configFileOption.description} (environment ${environmentOf('config')})`
  command.addOption(new Option(name, help).helpGroup('Config file:'))
}

function addFlag(command: Command, key: string, spec: OptionSpec, preset: unknown = spec.default): void {
  const flag = flagOf(key)
  const placeholder = placeholderOf(spec)
  const help = `${spec.description} (${notes(key, spec, preset).join('; ')})`
  const name = placeholder === undefined ? flag : `${flag} <${placeholder}>`
  command.addOption(new Option(name, help).helpGroup(`${spec.group}:`))
  // What a config file or the environment switched on can be switched off.
  const off = offFlagOf(key, spec)
  if (off !== undefined) command.addOption(new Option(off).helpGroup(`${spec.group}:`).hideHelp())
}

function notes(key: string, spec: OptionSpec, preset: unknown): string[] {
  const set = [environmentOf(key), ...(spec.alsoEnvironment === undefined ? [] : [spec.alsoEnvironment])]
  return [
    ...(preset === undefined || spec.type === 'boolean' ? [] : [`default ${preset}`]),
    ...(hasLimits(spec) ? [allowed(spec)] : []),
    ...offNotes(key, spec),
    `environment ${set.join(' or ')}`,
  ]
}

function offNotes(key: string, spec: OptionSpec): string[] {
  const off = offFlagOf(key, spec)
  if (off === undefined) return []
  return [spec.type === 'boolean' ? `${off} undoes it` : `${off} is false`]
}

/** Those of which the placeholder does not tell all. */
function hasLimits({ type }: OptionSpec): boolean {
  return type === 'integer' || type === 'choice' || type === 'amount'
}

function placeholderOf(spec: OptionSpec): string | undefined {
  switch (spec.type) {
    case 'integer':
      return spec.unit ?? 'number'
    case 'boolean':
      return undefined
    case 'choice':
      return 'name'
    case 'text':
      return 'text'
    case 'path':
      return spec.to
    case 'amount':
      return 'amount'
  }
}
