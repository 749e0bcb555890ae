/** The form that makes a queue: the arguments there are as fields, any others as rows. */
import { Accordion, Group, Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import { type ArgumentRow, ArgumentsField, argumentsOf } from '../../components/arguments-field'
import { FormModal } from '../../components/form-modal'
import { useVhostChoice, VhostField } from '../../components/vhost-field'
import { type ArgumentValues, noArguments, QueueArguments, queueArgumentsOf } from './queue-arguments'

const types = [
  { value: 'default', label: 'Default of the virtual host' },
  { value: 'classic', label: 'Classic' },
  { value: 'quorum', label: 'Quorum' },
  { value: 'stream', label: 'Stream' },
]
const initialValues = { name: '', type: 'default', durable: true, auto_delete: false }

interface Props {
  readonly onClose: () => void
}

export function CreateQueue({ onClose }: Props) {
  const form = useForm({ initialValues })
  const [vhost, chooseVhost] = useVhostChoice()
  const [values, setValues] = useState<ArgumentValues>(noArguments)
  const [rows, setRows] = useState<readonly ArgumentRow[]>([])
  const action = useAction({ isQuiet: true })

  const submit = async () => {
    const { name, type, ...flags } = form.values
    const typed = type === 'default' ? {} : { 'x-queue-type': type }
    const body = { ...flags, arguments: { ...argumentsOf(rows), ...queueArgumentsOf(values), ...typed } }
    await action.mutateAsync({
      method: 'PUT',
      path: route('queues', vhost, name),
      body,
      done: `Queue ${name} created`,
    })
  }

  return (
    <FormModal title="Create queue" isOpen onClose={onClose} verb="Create queue" onSubmit={submit} size="lg">
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <Group grow align="flex-start">
        <VhostField value={vhost} onChange={chooseVhost} />
        <Select label="Type" data={types} {...form.getInputProps('type')} />
      </Group>
      <Group gap="lg">
        <Switch label="Durable" {...form.getInputProps('durable', { type: 'checkbox' })} />
        <Switch label="Auto-delete" {...form.getInputProps('auto_delete', { type: 'checkbox' })} />
      </Group>
      <Accordion variant="contained" chevronPosition="left">
        <Accordion.Item value="arguments">
          <Accordion.Control>Limits, expiry, dead letters and other arguments</Accordion.Control>
          <Accordion.Panel>
            <QueueArguments values={values} onChange={setValues} />
            <ArgumentsField label="Other arguments" rows={rows} onChange={setRows} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </FormModal>
  )
}
