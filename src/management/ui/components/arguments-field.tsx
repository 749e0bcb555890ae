/** Arguments as a form: rows of a name, a type and a value, which become the table that the API takes. */
import { ActionIcon, Autocomplete, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useRef } from 'react'

export const argumentTypes = ['String', 'Number', 'Boolean', 'JSON'] as const
export type ArgumentType = (typeof argumentTypes)[number]

export interface ArgumentRow {
  readonly id: number
  readonly name: string
  readonly type: ArgumentType
  readonly value: string
}

interface Props {
  readonly label: string
  readonly rows: readonly ArgumentRow[]
  readonly onChange: (rows: readonly ArgumentRow[]) => void
  /** Names offered while typing, with the type each has. */
  readonly known?: Readonly<Record<string, ArgumentType>>
  /** Of the label, as the others of the form have it. */
  readonly size?: 'xs' | 'sm'
}

export function ArgumentsField({ label, rows, onChange, known = {}, size = 'sm' }: Props) {
  const nextId = useRef(rows.length + 1)
  const change = (id: number, changes: Partial<ArgumentRow>) =>
    onChange(rows.map(row => (row.id === id ? { ...row, ...changes } : row)))
  const add = () => onChange([...rows, { id: nextId.current++, name: '', type: 'String', value: '' }])
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <Text fz={size} fw={500}>
        {label}
      </Text>
      {rows.map(row => (
        <Group key={row.id} gap={6} wrap="nowrap">
          <Autocomplete
            size="xs"
            style={{ flex: 2 }}
            placeholder="Name"
            aria-label="Argument name"
            data={Object.keys(known)}
            value={row.name}
            onChange={name => change(row.id, { name, type: known[name] ?? row.type })}
          />
          <Select
            size="xs"
            w={96}
            aria-label="Argument type"
            data={argumentTypes}
            value={row.type}
            onChange={type => change(row.id, { type: type as ArgumentType })}
          />
          <TextInput
            size="xs"
            style={{ flex: 2 }}
            placeholder="Value"
            aria-label="Argument value"
            value={row.value}
            error={problemOf(row) !== undefined}
            onChange={event => change(row.id, { value: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove argument ${row.name}`}
            onClick={() => onChange(rows.filter(other => other !== row))}
          >
            <IconX size={15} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="subtle"
        size="compact-xs"
        w="fit-content"
        leftSection={<IconPlus size={13} />}
        onClick={add}
      >
        Add
      </Button>
    </Stack>
  )
}

/** The table of the rows. Throws, in words, at the first that is not what its type says. */
export function argumentsOf(rows: readonly ArgumentRow[]): Record<string, unknown> {
  const table: Record<string, unknown> = {}
  for (const row of rows) {
    if (row.name === '') continue
    const problem = problemOf(row)
    if (problem !== undefined) throw new Error(problem)
    table[row.name] = parsed(row)
  }
  return table
}

/** The rows of a table that is there already. */
export function rowsOf(table: Readonly<Record<string, unknown>>): ArgumentRow[] {
  return Object.entries(table).map(([name, value], id) => ({
    id,
    name,
    type:
      typeof value === 'string'
        ? 'String'
        : typeof value === 'number'
          ? 'Number'
          : typeof value === 'boolean'
            ? 'Boolean'
            : 'JSON',
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }))
}

function problemOf(row: ArgumentRow): string | undefined {
  if (row.name === '' && row.value === '') return undefined
  try {
    parsed(row)
    return undefined
  } catch {
    return `${row.name}: ${JSON.stringify(row.value)} is not ${row.type === 'JSON' ? 'JSON' : `a ${row.type.toLowerCase()}`}`
  }
}

function parsed({ type, value }: ArgumentRow): unknown {
  if (type === 'String') return value
  const result: unknown = JSON.parse(value)
  if (type === 'Number' && typeof result !== 'number') throw new Error('not a number')
  if (type === 'Boolean' && typeof result !== 'boolean') throw new Error('not a boolean')
  return result
}
