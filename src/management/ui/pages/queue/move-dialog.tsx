/** Moves or copies messages from one queue to another queue, or through an exchange. */

import { NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Moved, PeekedMessage } from '../../api/message-types'
import { FormModal } from '../../components/form-modal'
import { DEFAULT_EXCHANGE, NameField } from '../../components/name-field'
import { plural } from '../../format/numbers'
import { whyLeft } from './stays'

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
  const [plan, setPlan] = useState<Plan>({ mode: 'move', kind: 'queue', name: '', key: '' })
  const [most, setMost] = useState<number | string>('')
  const { mode, name } = plan
  const submit = async () => {
    const { moved, left, reasons } = await run.mutateAsync({
      method: 'POST',
      path: `${route('queues', vhost, queue)}/move`,
      body: { destination: destinationOf(plan), mode, ...which(messages, most) },
    })
    const verb = mode === 'move' ? 'moved' : 'copied'
    const message = `${plural(moved, 'message')} ${verb} to ${name}${whyLeft(left, reasons, mode)}`
    notifications.show({
      message,
      color: left > 0 ? 'orange' : 'green',
      autoClose: left > 0 ? 10_000 : 4_000,
    })
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
      <PlanFields vhost={vhost} plan={plan} change={changes => setPlan({ ...plan, ...changes })} />
    </FormModal>
  )
}

interface Plan {
  readonly mode: 'move' | 'copy'
  readonly kind: 'queue' | 'exchange'
  readonly name: string
  /** For an exchange; empty: the message's own. */
  readonly key: string
}

function destinationOf({ kind, name, key }: Plan): object {
  if (kind === 'queue') return { queue: name }
  return { exchange: name, ...(key === '' ? {} : { routing_key: key }) }
}

interface PlanProps {
  readonly vhost: string
  readonly plan: Plan
  readonly change: (changes: Partial<Plan>) => void
}

function PlanFields({ vhost, plan, change }: PlanProps) {
  return (
    <>
      <Select
        size="sm"
        label="What to do"
        data={[
          { value: 'move', label: 'Move: they leave this queue' },
          { value: 'copy', label: 'Copy: they stay here, too' },
        ]}
        value={plan.mode}
        onChange={value => change({ mode: value as Plan['mode'] })}
      />
      <Select
        size="sm"
        label="To a"
        data={[
          { value: 'queue', label: 'Queue' },
          { value: 'exchange', label: 'Exchange' },
        ]}
        value={plan.kind}
        onChange={value => change({ kind: value as Plan['kind'], name: '' })}
      />
      <NameField
        size="sm"
        required
        label="Name"
        {...(plan.kind === 'exchange' && { placeholder: `${DEFAULT_EXCHANGE} for the default one` })}
        vhost={vhost}
        kind={plan.kind}
        value={plan.name}
        onChange={name => change({ name })}
      />
      {plan.kind === 'exchange' && (
        <TextInput
          size="sm"
          label="Routing key"
          description="Left empty: each message keeps its own"
          value={plan.key}
          onChange={event => change({ key: event.currentTarget.value })}
        />
      )}
    </>
  )
}

interface WhichProps {
  readonly messages: readonly PeekedMessage[]
  readonly most: number | string
  readonly onMost: (most: number | string) => void
}

/** Says which messages are meant: the selected ones, or so many from the head. */
export function Which({ messages, most, onMost }: WhichProps) {
  if (messages.length > 0) return <Text fz="sm">{`${plural(messages.length, 'message')} selected.`}</Text>
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
