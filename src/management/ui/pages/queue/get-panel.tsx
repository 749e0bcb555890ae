/** Takes messages out of a queue as a client would. Unlike looking at them, this has effects, which it names. */
import { Alert, Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Message } from '../../api/message-types'
import { MessageDetails } from '../../components/message-details'
import { Panel } from '../../components/page'
import { plural } from '../../format/numbers'

const modes = [
  { value: 'ack_requeue_true', label: 'Put back (marked as redelivered)' },
  { value: 'ack_requeue_false', label: 'Acknowledge: they are gone' },
  { value: 'reject_requeue_true', label: 'Reject, and put back' },
  { value: 'reject_requeue_false', label: 'Reject: dropped, or dead-lettered' },
]

/** More would only be scrolled past. */
const most = 200

export function GetPanel({ vhost, queue }: { readonly vhost: string; readonly queue: string }) {
  const run = useAction<Message[]>({ isQuiet: true })
  const [mode, setMode] = useState('ack_requeue_true')
  const [number, setNumber] = useState<number | string>(1)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = { count: Number(number), ackmode: mode, encoding: 'auto', truncate: 50_000 }
    run.mutate({ method: 'POST', path: `${route('queues', vhost, queue)}/get`, body })
  }
  return (
    <Stack gap="md">
      <Panel title="Get messages">
        <form onSubmit={submit}>
          <Group align="flex-end" gap="sm">
            <NumberInput
              size="xs"
              w={110}
              label="How many"
              min={1}
              max={most}
              allowDecimal={false}
              value={number}
              onChange={setNumber}
            />
            <Select
              size="xs"
              w={280}
              label="And then"
              data={modes}
              value={mode}
              allowDeselect={false}
              onChange={value => setMode(value ?? 'ack_requeue_true')}
            />
            <Button type="submit" size="xs" loading={run.isPending}>
              Get
            </Button>
          </Group>
        </form>
      </Panel>
      <div role="status">
        {run.error !== null && <Alert color="red">{run.error.message}</Alert>}
        {run.data?.length === 0 && <Alert color="gray">Nothing waits in the queue.</Alert>}
        {run.data && run.data.length > 0 && (
          <Text fz="sm">{`${plural(run.data.length, 'message')} got`}</Text>
        )}
      </div>
      {run.data?.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are shown as they came, and never change places
        <Panel key={index} title={`Message ${index + 1}`}>
          <MessageDetails message={message} />
        </Panel>
      ))}
    </Stack>
  )
}
