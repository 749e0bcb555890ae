/** The form that makes an exchange. */
import { Group, Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import type { Overview } from '../../api/types'
import { type ArgumentRow, ArgumentsField, argumentsOf } from '../../components/arguments-field'
import { FormModal } from '../../components/form-modal'
import { useVhostChoice, VhostField } from '../../components/vhost-field'

const usualTypes = ['direct', 'fanout', 'topic', 'headers']
const initialValues = {
  name: '',
  type: 'direct',
  alternate: '',
  durable: true,
  auto_delete: false,
  internal: false,
}

const hints: Readonly<Record<string, string>> = {
  direct: 'To the queues bound with exactly the routing key',
  fanout: 'To every queue bound',
  topic: 'To queues bound with a pattern of words: * is one word, # any number',
  headers: 'To queues whose binding arguments match the headers',
}

interface Props {
  readonly onClose: () => void
}

export function CreateExchange({ onClose }: Props) {
  const form = useForm({ initialValues })
  const [vhost, chooseVhost] = useVhostChoice()
  const [rows, setRows] = useState<readonly ArgumentRow[]>([])
  const action = useAction({ isQuiet: true })
  const { data } = useLive<Overview>('/overview')
  const types = (data?.exchange_types ?? []).map(({ name }) => name)

  const submit = async () => {
    const { name, alternate, ...flags } = form.values
    const given = alternate === '' ? {} : { 'alternate-exchange': alternate }
    const body = { ...flags, arguments: { ...argumentsOf(rows), ...given } }
    await action.mutateAsync({
      method: 'PUT',
      path: route('exchanges', vhost, name),
      body,
      done: `Exchange ${name} created`,
    })
  }

  return (
    <FormModal
      title="Create exchange"
      isOpen
      onClose={onClose}
      verb="Create exchange"
      onSubmit={submit}
      size="lg"
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <VhostField value={vhost} onChange={chooseVhost} />
      <Select
        label="Type"
        description={hints[form.values.type]}
        data={[...new Set([...usualTypes, ...types])]}
        {...form.getInputProps('type')}
      />
      <TextInput
        label="Alternate exchange"
        description="Gets the messages that no binding takes"
        {...form.getInputProps('alternate')}
      />
      <Group gap="lg">
        <Switch label="Durable" {...form.getInputProps('durable', { type: 'checkbox' })} />
        <Switch label="Auto-delete" {...form.getInputProps('auto_delete', { type: 'checkbox' })} />
        <Switch label="Internal" {...form.getInputProps('internal', { type: 'checkbox' })} />
      </Group>
      <ArgumentsField
        label="Other arguments"
        rows={rows}
        onChange={setRows}
        known={{ 'x-delayed-type': 'String' }}
      />
    </FormModal>
  )
}
