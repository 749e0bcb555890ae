/** The form that sets a policy. While its pattern is typed it shows which queues and exchanges would match. */
import { Group, NumberInput, Select, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { query, route } from '../../api/client'
import { useAction, useOnce } from '../../api/hooks'
import type { Page, Policy } from '../../api/types'
import {
  type ArgumentRow,
  ArgumentsField,
  type ArgumentType,
  argumentsOf,
  rowsOf,
} from '../../components/arguments-field'
import { FormModal } from '../../components/form-modal'
import { useVhostChoice, VhostField } from '../../components/vhost-field'
import { count } from '../../format/numbers'
import { counted } from '../../format/words'
import type { PolicyKind } from './policy-columns'

const targets = {
  policies: ['all', 'queues', 'exchanges', 'classic_queues', 'quorum_queues', 'streams'],
  'operator-policies': ['queues', 'classic_queues', 'quorum_queues', 'streams'],
} as const

const known: Readonly<Record<string, ArgumentType>> = {
  'alternate-exchange': 'String',
  'dead-letter-exchange': 'String',
  'dead-letter-routing-key': 'String',
  'delivery-limit': 'Number',
  expires: 'Number',
  'max-length': 'Number',
  'max-length-bytes': 'Number',
  'message-ttl': 'Number',
  overflow: 'String',
}

interface Props {
  readonly kind: PolicyKind
  readonly present: Policy | undefined
  readonly onClose: () => void
}

export function PolicyDialog({ kind, present, onClose }: Props) {
  const form = useForm({ initialValues: valuesOf(kind, present) })
  const [chosen, chooseVhost] = useVhostChoice()
  const vhost = present?.vhost ?? chosen
  const [rows, setRows] = useState<readonly ArgumentRow[]>(firstRows(present))
  const action = useAction({ isQuiet: true })
  const noun = kind === 'policies' ? 'policy' : 'operator policy'
  const title = present === undefined ? `Create ${noun}` : `Change ${noun} ${present.name}`

  const submit = () => {
    const { name, pattern, to, priority } = form.values
    const body = { pattern, 'apply-to': to, priority: Number(priority), definition: argumentsOf(rows) }
    const done = `${noun === 'policy' ? 'Policy' : 'Operator policy'} ${name} set`
    return action.mutateAsync({ method: 'PUT', path: route(kind, vhost, name), body, done })
  }

  return (
    <FormModal
      title={title}
      isOpen
      onClose={onClose}
      verb={present === undefined ? `Create ${noun}` : 'Save'}
      onSubmit={submit}
      size="lg"
    >
      <TextInput
        label="Name"
        required
        disabled={present !== undefined}
        data-autofocus
        {...form.getInputProps('name')}
      />
      {present === undefined && <VhostField value={vhost} onChange={chooseVhost} />}
      <TextInput
        label="Pattern"
        description="A regular expression: ^orders\. matches names beginning with orders."
        required
        {...form.getInputProps('pattern')}
      />
      <Matching vhost={vhost} pattern={form.values.pattern} to={form.values.to} />
      <Group grow>
        <Select label="Applies to" data={targets[kind]} {...form.getInputProps('to')} />
        <NumberInput label="Priority" allowDecimal={false} {...form.getInputProps('priority')} />
      </Group>
      <ArgumentsField label="Definition" rows={rows} onChange={setRows} known={known} />
    </FormModal>
  )
}

function valuesOf(kind: PolicyKind, present: Policy | undefined) {
  return {
    name: present?.name ?? '',
    pattern: present?.pattern ?? '',
    to: present?.['apply-to'] ?? targets[kind][0],
    priority: present?.priority ?? 0,
  }
}

function firstRows(present: Policy | undefined): ArgumentRow[] {
  return present === undefined ? [{ id: 0, name: '', type: 'String', value: '' }] : rowsOf(present.definition)
}

interface MatchingProps {
  readonly vhost: string
  readonly pattern: string
  readonly to: string
}

const namedMax = 6
const restMs = 250

function Matching({ vhost, pattern, to }: MatchingProps) {
  const [asked] = useDebouncedValue(pattern, restMs)
  const found = (resource: 'queues' | 'exchanges') =>
    asked === ''
      ? undefined
      : query(route(resource, vhost), {
          page: 1,
          page_size: namedMax,
          name: asked,
          use_regex: true,
          columns: 'name',
        })
  const isOfExchanges = to === 'exchanges' || to === 'all'
  const queues = useOnce<Page<{ name: string }>>(to === 'exchanges' ? undefined : found('queues'))
  const exchanges = useOnce<Page<{ name: string }>>(isOfExchanges ? found('exchanges') : undefined)
  if (asked === '') return null
  const error = firstMessage(queues.error, exchanges.error)
  const parts = [wordsOf('queues', queues.data), wordsOf('exchanges', exchanges.data)].filter(
    part => part !== '',
  )
  return (
    <Text fz="xs" className="quiet" role="status" style={{ overflowWrap: 'anywhere' }}>
      {error ?? `Matches ${parts.join(' and ') || 'nothing yet'}`}
    </Text>
  )
}

function firstMessage(...errors: (Error | null)[]): string | undefined {
  return errors.find(error => error !== null)?.message
}

/** "12 queues (orders.new, orders.paid, …)". */
function wordsOf(what: string, page: Page<{ name: string }> | undefined): string {
  if (page === undefined) return ''
  if (page.filtered_count === 0) return `no ${what}`
  const names = page.items.map(({ name }) => name || '(default)').join(', ')
  return `${count(page.filtered_count)} ${counted(page.filtered_count, what)} (${names}${page.filtered_count > page.items.length ? ', …' : ''})`
}
