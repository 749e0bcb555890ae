/** The option table as flags of a command, with their help. Values stay the texts they were typed as: config checks them. */
import { type Command, Option } from 'commander'
import { allowed, environmentOf, flagOf, type OptionSpec, optionGroups } from '../config/option-spec'
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
}

export function addOptionFlags(
  command: Command,
  { keys = optionKeys, defaults = {} }: OptionChoice = {},
): void {
  for (const group of optionGroups) {
    for (const key of keys) {
      if (optionTable[key].group === group) addFlag(command, key, optionTable[key], defaults[key])
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
  if (spec.type !== 'boolean') return
  // What a config file or the environment switched on can be switched off.
  command.addOption(new Option(flag.replace('--', '--no-')).helpGroup(`${spec.group}:`).hideHelp())
}

function notes(key: string, spec: OptionSpec, preset: unknown): string[] {
  const set = [environmentOf(key), ...(spec.alsoEnvironment === undefined ? [] : [spec.alsoEnvironment])]
  return [
    ...(preset === undefined || spec.type === 'boolean' ? [] : [`default ${preset}`]),
    ...(hasLimits(spec) ? [allowed(spec)] : []),
    ...(spec.type === 'boolean' ? [`${flagOf(key).replace('--', '--no-')} undoes it`] : []),
    `environment ${set.join(' or ')}`,
  ]
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
