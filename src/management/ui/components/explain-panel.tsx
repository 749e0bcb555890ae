/** Where a message would go, and why: each binding on the way with its verdict in words. Nothing is published. */
import { Alert, Badge, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import { route } from '../api/client'
import { useAction } from '../api/hooks'
import type { ExplainedBinding, Explanation } from '../api/message-types'
import { type ArgumentRow, ArgumentsField, argumentsOf } from './arguments-field'
import { type Column, DataTable } from './data-table'
import { Panel } from './page'

interface Props {
  readonly vhost: string
  readonly exchange: string
}

export function ExplainPanel({ vhost, exchange }: Props) {
  const run = useAction<Explanation>({ isQuiet: true })
  const [key, setKey] = useState('')
  const [headers, setHeaders] = useState<readonly ArgumentRow[]>([])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = { routing_key: key, headers: argumentsOf(headers) }
    run.mutate({ method: 'POST', path: `${route('exchanges', vhost, exchange)}/explain`, body })
  }
  return (
    <Stack gap="md">
      <Panel title="A message with">
        <form onSubmit={submit} aria-label="Explain a route">
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <TextInput
              size="xs"
              label="Routing key"
              value={key}
              onChange={event => setKey(event.currentTarget.value)}
            />
            <ArgumentsField label="Headers" rows={headers} onChange={setHeaders} />
          </SimpleGrid>
          <Group mt="md">
            <Button type="submit" size="xs" loading={run.isPending}>
              Explain
            </Button>
          </Group>
        </form>
      </Panel>
      <div role="status">
        {run.error !== null && <Alert color="red">{run.error.message}</Alert>}
        {run.data && run.error === null && <Verdict vhost={vhost} explanation={run.data} />}
      </div>
      {run.data && run.error === null && <Bindings bindings={run.data.bindings} />}
    </Stack>
  )
}

function Verdict({ vhost, explanation }: { readonly vhost: string; readonly explanation: Explanation }) {
  const { queues, unroutable, alternate_exchange: alternate } = explanation
  if (unroutable)
    return (
      <Alert color="orange" title="No queue gets it">
        It is dropped, or returned to a publisher that asked for that with “mandatory”.
      </Alert>
    )
  return (
    <Alert color="green" title={queues.length === 1 ? 'One queue gets it' : `${queues.length} queues get it`}>
      <Group gap="xs">
        {queues.map(queue => (
          <Link key={queue} className="name-link" to={route('queues', vhost, queue)}>
            {queue}
          </Link>
        ))}
      </Group>
      {alternate && <Text fz="xs">{`by the alternate exchange ${alternate}`}</Text>}
    </Alert>
  )
}

const columns: readonly Column<ExplainedBinding>[] = [
  {
    id: 'verdict',
    header: 'Verdict',
    render: ({ reached, matched }) => (
      <Badge variant="light" color={!reached ? 'gray' : matched ? 'green' : 'orange'} radius="sm">
        {!reached ? 'not reached' : matched ? 'takes it' : 'does not'}
      </Badge>
    ),
  },
  { id: 'source', header: 'From', render: ({ source }) => (source === '' ? '(default)' : source) },
  {
    id: 'destination',
    header: 'To',
    render: ({ destination, destination_type: kind }) => `${kind} ${destination}`,
  },
  {
    id: 'key',
    header: 'Routing key',
    render: binding => <span className="mono">{binding.routing_key}</span>,
  },
  { id: 'why', header: 'Why', wraps: true, render: binding => binding.why },
]

function Bindings({ bindings }: { readonly bindings: readonly ExplainedBinding[] }) {
  if (bindings.length === 0) return null
  return (
    <Panel title="Binding by binding" isFlush>
      <DataTable
        label="bindings explained"
        columns={columns}
        rows={bindings}
        keyOf={binding =>
          JSON.stringify([
            binding.source,
            binding.destination_type,
            binding.destination,
            binding.routing_key,
            binding.arguments,
          ])
        }
      />
    </Panel>
  )
}
