/** The arguments of queues as fields: what each is for, and the table that comes of them. */
import { NumberInput, Select, SimpleGrid, Switch, TextInput } from '@mantine/core'

interface Field {
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly kind: 'number' | 'text' | 'flag' | readonly string[]
}

const fields: readonly Field[] = [
  {
    name: 'x-message-ttl',
    label: 'Message TTL (ms)',
    hint: 'Messages older than this expire',
    kind: 'number',
  },
  {
    name: 'x-expires',
    label: 'Expires (ms)',
    hint: 'The queue goes when unused for so long',
    kind: 'number',
  },
  { name: 'x-max-length', label: 'Max length', hint: 'How many messages may be ready', kind: 'number' },
  {
    name: 'x-max-length-bytes',
    label: 'Max length (bytes)',
    hint: 'How large they may be together',
    kind: 'number',
  },
  {
    name: 'x-overflow',
    label: 'When full',
    hint: 'What becomes of one message more',
    kind: ['drop-head', 'reject-publish', 'reject-publish-dlx'],
  },
  {
    name: 'x-max-priority',
    label: 'Max priority',
    hint: 'Messages have priorities up to this',
    kind: 'number',
  },
  {
    name: 'x-dead-letter-exchange',
    label: 'Dead letter exchange',
    hint: 'Gets what is rejected or expires',
    kind: 'text',
  },
  {
    name: 'x-dead-letter-routing-key',
    label: 'Dead letter routing key',
    hint: "Instead of the message's own",
    kind: 'text',
  },
  {
    name: 'x-delivery-limit',
    label: 'Delivery limit',
    hint: 'Quorum queues: so many attempts',
    kind: 'number',
  },
  {
    name: 'x-single-active-consumer',
    label: 'Single active consumer',
    hint: 'One at a time, others wait',
    kind: 'flag',
  },
]

export type ArgumentValues = Readonly<Record<string, string | number | boolean>>

export const noArguments: ArgumentValues = {}

/** Fields left empty are not in it. */
export function queueArgumentsOf(values: ArgumentValues): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== false))
}

interface Props {
  readonly values: ArgumentValues
  readonly onChange: (values: ArgumentValues) => void
}

export function QueueArguments({ values, onChange }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" mb="sm">
      {fields.map(field => (
        <ArgumentInput
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onChange={value => onChange({ ...values, [field.name]: value })}
        />
      ))}
    </SimpleGrid>
  )
}

interface InputProps {
  readonly field: Field
  readonly value: string | number | boolean
  readonly onChange: (value: string | number | boolean) => void
}

function ArgumentInput({ field, value, onChange }: InputProps) {
  const { label, hint, kind } = field
  const common = { size: 'xs', label, description: hint } as const
  if (kind === 'flag')
    return (
      <Switch
        {...common}
        mt={22}
        checked={value === true}
        onChange={event => onChange(event.currentTarget.checked)}
      />
    )
  if (kind === 'number')
    return (
      <NumberInput {...common} min={0} allowDecimal={false} value={value as number} onChange={onChange} />
    )
  if (kind === 'text')
    return (
      <TextInput {...common} value={String(value)} onChange={event => onChange(event.currentTarget.value)} />
    )
  return (
    <Select
      {...common}
      clearable
      data={kind}
      value={value === '' ? null : String(value)}
      onChange={chosen => onChange(chosen ?? '')}
    />
  )
}
