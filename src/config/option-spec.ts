/**
 * What a line of the option table may say, and what can be told from a line alone: its flag, its environment variable,
 * what it accepts. Knows no option by name.
 */

interface OptionBase {
  readonly group: OptionGroup
  /** One sentence, shown in `--help` and in the reference. */
  readonly description: string
  /** A second environment variable that sets it, below `LEVERET_…`: the names of RabbitMQ's Docker image. */
  readonly alsoEnvironment?: string
  /** Never shown in errors, logs or listings. */
  readonly secret?: true
}

export interface IntegerOption extends OptionBase {
  readonly type: 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly unit?: string
  /** What 0 means where it is no amount: "off", "a free port". */
  readonly zero?: string
  /** What `false` means where that may be said instead of a number. */
  readonly off?: string | undefined
}

export interface BooleanOption extends OptionBase {
  readonly type: 'boolean'
  readonly default: boolean
  /** As for a choice. */
  readonly embeddedDefault?: boolean
}

export interface ChoiceOption extends OptionBase {
  readonly type: 'choice'
  readonly default: string
  /** The default of `createBroker` where it differs from the command line's. */
  readonly embeddedDefault?: string
  readonly values: readonly string[]
}

/** Text of 1 to 255 bytes of UTF-8: what fits an AMQP short string. */
export interface TextOption extends OptionBase {
  readonly type: 'text'
  /** Undefined: not set unless given. */
  readonly default: string | undefined
}

/** Not set unless given. */
export interface PathOption extends OptionBase {
  readonly type: 'path'
  readonly to: 'file' | 'folder'
  readonly default: undefined
}

/** Of memory or disk: see `amount`. */
export interface AmountOption extends OptionBase {
  readonly type: 'amount'
  readonly default: string
  /** As for a choice. */
  readonly embeddedDefault?: string
}

export type OptionSpec = IntegerOption | BooleanOption | ChoiceOption | TextOption | PathOption | AmountOption

export const optionGroups = [
  'Listening',
  'Management',
  'TLS',
  'Storage',
  'Back-pressure',
  'AMQP limits',
  'First user',
  'Access',
  'Identity',
  'Logging',
  'Watching',
  'Message interceptors',
] as const
export type OptionGroup = (typeof optionGroups)[number]

export type ValueOf<Spec extends OptionSpec> = Spec extends IntegerOption
  ? Spec extends { readonly off: string }
    ? number | false
    : number
  : Spec extends BooleanOption
    ? boolean
    : Spec extends ChoiceOption
      ? Spec['values'][number]
      : Spec extends AmountOption
        ? string | number
        : Spec extends TextOption
          ? Spec['default'] extends string
            ? string
            : string | undefined
          : string | undefined

/** The default of `createBroker`. */
export function embeddedDefaultOf(spec: OptionSpec): OptionSpec['default'] {
  return ('embeddedDefault' in spec ? spec.embeddedDefault : undefined) ?? spec.default
}

/** `frameMax` → `--frame-max` */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** `frameMax` → `LEVERET_FRAME_MAX` */
export function environmentOf(key: string): string {
  return `LEVERET_${key.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
}

/** `frameMax` → `--no-frame-max`; undefined for what cannot be switched off. */
export function offFlagOf(key: string, spec: OptionSpec): string | undefined {
  const isSwitch = spec.type === 'boolean' || (spec.type === 'integer' && spec.off !== undefined)
  return isSwitch ? flagOf(key).replace('--', '--no-') : undefined
}

/** What an option accepts, as the end of the sentence "must be …". */
export function allowed(spec: OptionSpec): string {
  switch (spec.type) {
    case 'integer': {
      const unit = spec.unit === undefined ? '' : ` ${spec.unit}`
      const zero = spec.zero === undefined ? '' : ` (0 is ${spec.zero})`
      const off = spec.off === undefined ? '' : ` or false (${spec.off})`
      return `a whole number from ${spec.min} to ${spec.max}${unit}${zero}${off}`
    }
    case 'boolean':
      return 'true or false'
    case 'choice':
      return `one of ${spec.values.map(value => JSON.stringify(value)).join(', ')}`
    case 'text':
      return 'text of 1 to 255 bytes'
    case 'path':
      return 'a path'
    case 'amount':
      return 'bytes with or without a unit (2GB, 512MiB), a part of the memory (0.6, 60%) or off'
  }
}
