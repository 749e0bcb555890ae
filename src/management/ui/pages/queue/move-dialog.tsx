/** Moves or copies messages from one queue to another queue, or through an exchange. */

import { NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Moved, PeekedMessage } from '../../api/message-types'
import { FormModal } from '../../components/form-modal'
import { count } from '../../format/numbers'

export interface ChosenMessages {
  readonly vhost: string
  readonly queue: string
  /** None: those at the head of the queue. */
  readonly messages: readonly PeekedMessage[]
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onDone: () => void
}

export function MoveDialog({ vhost, queue, messages, isOpen, onClose, onDone }: ChosenMessages) {
  const run = useAction<Moved>({ isQuiet: true })
  const [mode, setMode] = useState<'move' | 'copy'>('move')
  const [kind, setKind] = useState<'queue' | 'exchange'>('queue')
  const [name, setName] = useState('')
  const [key, setKey] = useState('')
  const [most, setMost] = useState<number | string>('')
  const submit = async () => {
    const destination =
      kind === 'queue' ? { queue: name } : { exchange: name, ...(key === '' ? {} : { routing_key: key }) }
    const { moved } = await run.mutateAsync({
      method: 'POST',
      path: `${route('queues', vhost, queue)}/move`,
      body: { destination, mode, ...which(messages, most) },
    })
    const message = `${count(moved)} messages ${mode === 'move' ? 'moved' : 'copied'} to ${name}`
    notifications.show({ message, color: 'green' })
    onDone()
  }
  return (
    <FormModal
      title={`${mode === 'move' ? 'Move' : 'Copy'} messages of ${queue}`}
      isOpen={isOpen}
      onClose={onClose}
      verb={mode === 'move' ? 'Move' : 'Copy'}
      onSubmit={submit}
    >
      <Which messages={messages} most={most} onMost={setMost} />
      <Select
        size="sm"
        label="What to do"
        data={[
          { value: 'move', label: 'Move: they leave this queue' },
          { value: 'copy', label: 'Copy: they stay here, too' },
        ]}
        value={mode}
        allowDeselect={false}
        onChange={value => setMode(value as 'move' | 'copy')}
      />
      <Select
        size="sm"
        label="To a"
        data={['queue', 'exchange']}
        value={kind}
        allowDeselect={false}
        onChange={value => setKind(value as 'queue' | 'exchange')}
      />
      <TextInput
        size="sm"
        required
        label="Name"
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      {kind === 'exchange' && (
        <TextInput
          size="sm"
          label="Routing key"
          description="Left empty: each message keeps its own"
          value={key}
          onChange={event => setKey(event.currentTarget.value)}
        />
      )}
    </FormModal>
  )
}

interface WhichProps {
  readonly messages: readonly PeekedMessage[]
  readonly most: number | string
  readonly onMost: (most: number | string) => void
}

/** Says which messages are meant: the selected ones, or so many from the head. */
export function Which({ messages, most, onMost }: WhichProps) {
  if (messages.length > 0)
    return <Text fz="sm">{`The ${count(messages.length)} messages that are selected.`}</Text>
  return (
    <Stack gap={0}>
      <NumberInput
        size="sm"
        label="How many, from the head of the queue"
        description="Left empty: all that wait now"
        min={1}
        allowDecimal={false}
        value={most}
        onChange={onMost}
      />
    </Stack>
  )
}

/** The same for the API. */
export function which(messages: readonly PeekedMessage[], most: number | string): object {
  if (messages.length > 0) return { positions: messages.map(({ position }) => position) }
  return typeof most === 'number' ? { count: most } : {}
}
