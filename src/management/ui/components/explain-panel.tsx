/** Where a message would go, and why: each binding on the way with its verdict in words. Nothing is published. */
import { Alert, Badge, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import { route } from '../api/client'
import { type Action, useAction } from '../api/hooks'
import type { ExplainedBinding, Explanation } from '../api/message-types'
import { count } from '../format/numbers'
import { type ArgumentRow, ArgumentsField, argumentsOf } from './arguments-field'
import { type Column, DataTable } from './data-table'
import { LongName } from './long-name'
import { Panel } from './page'

interface Props {
  readonly vhost: string
  readonly exchange: string
}

export function ExplainPanel({ vhost, exchange }: Props) {
  const run = useAction<Explanation>({ isQuiet: true })
  const [key, setKey] = useState('')
  const [headers, setHeaders] = useState<readonly ArgumentRow[]>([])
  const [problem, setProblem] = useState<string>()
  const path = `${route('exchanges', vhost, exchange)}/explain`
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setProblem(undefined)
    try {
      run.mutate({ method: 'POST', path, body: { routing_key: key, headers: argumentsOf(headers) } })
    } catch (error) {
      setProblem((error as Error).message) // a header is not what its type says
    }
  }
  const isOfThis = (run.variables as Action | undefined)?.path === path
  const told = problem ?? (isOfThis ? run.error?.message : undefined)
  const explanation = isOfThis && told === undefined ? run.data : undefined
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
            <ArgumentsField size="xs" label="Headers" rows={headers} onChange={setHeaders} />
          </SimpleGrid>
          <Group mt="md">
            <Button type="submit" size="xs" loading={run.isPending}>
              Explain
            </Button>
          </Group>
        </form>
      </Panel>
      <div role="status">
        {told !== undefined && <Alert color="red">{told}</Alert>}
        {explanation && <Verdict vhost={vhost} explanation={explanation} />}
      </div>
      {explanation && <Bindings explanation={explanation} />}
    </Stack>
  )
}

function Verdict({ vhost, explanation }: { readonly vhost: string; readonly explanation: Explanation }) {
  const { queues, unroutable, notes } = explanation
  return (
    <Alert color={unroutable ? 'orange' : 'green'} title={verdictOf(explanation)}>
      {unroutable ? (
        <Text fz="sm">It is dropped, or returned to a publisher that asked for that with “mandatory”.</Text>
      ) : (
        <Group gap="xs">
          {queues.map(queue => (
            <Link key={queue} className="name-link" to={route('queues', vhost, queue)}>
              <LongName name={queue} />
            </Link>
          ))}
        </Group>
      )}
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map(note => (
            <li key={note}>{`${note.charAt(0).toUpperCase()}${note.slice(1)}.`}</li>
          ))}
        </ul>
      )}
    </Alert>
  )
}

function verdictOf({ queues, unroutable, by_chance: isByChance }: Explanation): string {
  if (unroutable) return 'No queue gets it'
  const many = queues.length === 1 ? 'One queue' : `${count(queues.length)} queues`
  return isByChance
    ? `${many} may get it, as chance decides`
    : `${many} ${queues.length === 1 ? 'gets' : 'get'} it`
}

const columns: readonly Column<ExplainedBinding>[] = [
  {
    id: 'verdict',
    header: 'Verdict',
    render: ({ reached, matched }) => (
      <Badge
        variant="light"
        color={!reached ? 'gray' : matched ? 'green' : 'orange'}
        radius="sm"
        tt="none"
        miw="max-content"
      >
        {!reached ? 'not reached' : matched ? 'takes it' : 'does not'}
      </Badge>
    ),
  },
  {
    id: 'source',
    header: 'From',
    render: ({ source }) => (source === '' ? '(default)' : <LongName name={source} />),
  },
  {
    id: 'destination',
    header: 'To',
    render: ({ destination, destination_type: kind }) => (
      <>
        <span className="quiet">{`${kind} `}</span>
        <LongName name={destination} />
      </>
    ),
  },
  {
    id: 'key',
    header: 'Routing key',
    render: binding => <LongName name={binding.routing_key} isMono />,
  },
  {
    id: 'arguments',
    header: 'Arguments',
    isWide: true,
    wraps: true,
    render: ({ arguments: table }) =>
      Object.keys(table).length === 0 ? '' : <span className="mono">{JSON.stringify(table)}</span>,
  },
  { id: 'why', header: 'Why', wraps: true, render: binding => binding.why },
]

function Bindings({ explanation }: { readonly explanation: Explanation }) {
  const { bindings, truncated } = explanation
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
      {truncated && (
        <Text fz="xs" className="quiet" px="md" py="xs">
          {`There are more bindings than these ${count(bindings.length)}; those that take it come first.`}
        </Text>
      )}
    </Panel>
  )
}
