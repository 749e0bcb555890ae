/** The bindings of a queue or exchange: what leads here, what leads on, and a form for one more. */
import { Alert, Button, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import { route } from '../api/client'
import { useAction, useLive } from '../api/hooks'
import type { Binding } from '../api/types'
import { type ArgumentRow, ArgumentsField, argumentsOf } from './arguments-field'
import { confirm } from './confirm'
import { type Column, DataTable } from './data-table'
import { LongName } from './long-name'
import { NameField } from './name-field'
import { Panel } from './page'
import { Problem } from './problem'

type Kind = 'queue' | 'exchange'

interface Props {
  readonly vhost: string
  readonly kind: Kind
  readonly name: string
}

export function BindingsPanel({ vhost, kind, name }: Props) {
  if (kind === 'queue') {
    return (
      <Stack gap="md">
        <Bindings path={`${route('queues', vhost, name)}/bindings`} title="From exchanges" />
        <BindForm vhost={vhost} kind={kind} name={name} />
      </Stack>
    )
  }
  const path = `${route('exchanges', vhost, name)}/bindings`
  return (
    <Stack gap="md">
      <Bindings path={`${path}/source`} title="From this exchange" />
      <Bindings path={`${path}/destination`} title="To this exchange" />
      <BindForm vhost={vhost} kind={kind} name={name} />
    </Stack>
  )
}

const columns: readonly Column<Binding>[] = [
  {
    id: 'source',
    header: 'From',
    render: binding => <End vhost={binding.vhost} kind="exchange" name={binding.source} />,
  },
  {
    id: 'destination',
    header: 'To',
    render: ({ vhost, destination_type: kind, destination }) => (
      <End vhost={vhost} kind={kind} name={destination} />
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
    wraps: true,
    render: ({ arguments: table }) =>
      Object.keys(table).length === 0 ? '' : <span className="mono">{JSON.stringify(table)}</span>,
  },
  { id: 'unbind', header: 'Action', render: binding => <Unbind binding={binding} /> },
]

function Bindings({ path, title }: { readonly path: string; readonly title: string }) {
  const { data, error } = useLive<Binding[]>(path)
  if (error !== null) return <Problem error={error} />
  return (
    <Panel title={title} isFlush>
      {data?.length === 0 ? (
        <Text fz="sm" className="quiet" px="md" pb="md">
          None yet: bind it below, or let an application do so.
        </Text>
      ) : (
        <DataTable
          label={title}
          columns={columns}
          rows={data ?? []}
          keyOf={binding =>
            JSON.stringify([
              binding.source,
              binding.destination_type,
              binding.destination,
              binding.properties_key,
            ])
          }
        />
      )}
    </Panel>
  )
}

function End({ vhost, kind, name }: { readonly vhost: string; readonly kind: Kind; readonly name: string }) {
  if (name === '') return <span className="quiet">(default exchange)</span>
  return (
    <Link className="name-link" to={route(kind === 'queue' ? 'queues' : 'exchanges', vhost, name)}>
      <LongName name={name} />
    </Link>
  )
}

function Unbind({ binding }: { readonly binding: Binding }) {
  const run = useAction()
  const { vhost, source, destination, destination_type: kind, properties_key: key } = binding
  if (source === '') return null // every queue is bound to the default exchange, for good
  const path = route('bindings', vhost, 'e', source, kind === 'queue' ? 'q' : 'e', destination, key)
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="red"
      aria-label={`Unbind ${destination} from ${source}`}
      onClick={() =>
        confirm({
          title: `Unbind ${destination} from ${source}?`,
          what: `Messages with the routing key “${binding.routing_key}” go this way no more.`,
          verb: 'Unbind',
          action: () => run.mutate({ method: 'DELETE', path, done: 'Unbound' }),
        })
      }
    >
      Unbind
    </Button>
  )
}

const knownArguments = { 'x-match': 'String' } as const

function BindForm({ vhost, kind, name }: Props) {
  const run = useAction({ isQuiet: true })
  const [problem, setProblem] = useState<string>()
  const [other, setOther] = useState('')
  const [otherKind, setOtherKind] = useState<Kind>('queue')
  const [key, setKey] = useState('')
  const [rows, setRows] = useState<readonly ArgumentRow[]>([])
  const turnTo = (chosen: Kind) => {
    setOtherKind(chosen)
    setOther('')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setProblem(undefined)
    const [source, type, destination] =
      kind === 'queue' ? [other, 'q', name] : [name, otherKind === 'queue' ? 'q' : 'e', other]
    const path = route('bindings', vhost, 'e', source, type, destination)
    try {
      const body = { routing_key: key, arguments: argumentsOf(rows) }
      run.mutate({ method: 'POST', path, body, done: `Bound ${destination} to ${source}` })
    } catch (error) {
      setProblem((error as Error).message) // an argument is not what its type says
    }
  }
  return (
    <Panel title={kind === 'queue' ? 'Bind this queue' : 'Bind to this exchange'}>
      <form onSubmit={submit} aria-label="Bind">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <Stack gap="sm">
            {kind === 'exchange' && <KindSelect value={otherKind} onChange={turnTo} />}
            <NameField
              size="xs"
              required
              label={kind === 'queue' ? 'From exchange' : 'Name'}
              vhost={vhost}
              kind={kind === 'queue' ? 'exchange' : otherKind}
              value={other}
              onChange={setOther}
            />
            <TextInput
              size="xs"
              label="Routing key"
              value={key}
              onChange={event => setKey(event.target.value)}
            />
          </Stack>
          <ArgumentsField size="xs" label="Arguments" rows={rows} onChange={setRows} known={knownArguments} />
        </SimpleGrid>
        <BindProblem words={problem ?? run.error?.message} />
        <Button type="submit" size="xs" mt="md" loading={run.isPending}>
          Bind
        </Button>
      </form>
    </Panel>
  )
}

function KindSelect({ value, onChange }: { readonly value: Kind; readonly onChange: (kind: Kind) => void }) {
  return (
    <Select
      size="xs"
      label="To a"
      data={[
        { value: 'queue', label: 'Queue' },
        { value: 'exchange', label: 'Exchange' },
      ]}
      value={value}
      onChange={chosen => onChange(chosen as Kind)}
      allowDeselect={false}
    />
  )
}

function BindProblem({ words }: { readonly words: string | undefined }) {
  return (
    <div role="status">
      {words !== undefined && (
        <Alert mt="md" color="red">
          {words}
        </Alert>
      )}
    </div>
  )
}
