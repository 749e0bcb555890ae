/** Exchanges, bindings and queues of a virtual host as a picture that moves with the messages, or as a table. */
import { Alert, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { query, route } from '../../api/client'
import { useLive, useOnce } from '../../api/hooks'
import type { Topology } from '../../api/message-types'
import type { Vhost } from '../../api/types'
import { useVhost } from '../../api/vhost'
import { Empty } from '../../components/empty'
import { Page, Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { EdgeTable } from './edge-table'
import { Graph } from './graph'

export function TopologyPage() {
  const [chosenVhost, chooseVhost] = useVhost()
  const { data: vhosts } = useOnce<Vhost[]>('/vhosts?columns=name')
  const vhost = chosenVhost || vhosts?.[0]?.name
  const [form, setForm] = useState<Form>('graph')
  const [focus, setFocus] = useFocus()
  const [name] = useDebouncedValue(focus.name, 400)
  const asked = name === '' ? {} : { [focus.kind]: name }
  const path = vhost === undefined ? undefined : query(route('topology', vhost), asked)
  const { data, error, refetch } = useLive<Topology>(path)
  return (
    <Page
      title="Topology"
      hint={vhost === undefined ? undefined : `Virtual host ${vhost}`}
      actions={
        <>
          <Select
            size="xs"
            w={130}
            aria-label="Virtual host shown"
            data={(vhosts ?? []).map(each => each.name)}
            value={vhost ?? null}
            onChange={value => chooseVhost(value ?? '')}
          />
          <FocusFields focus={focus} onChange={setFocus} />
          <SegmentedControl
            size="xs"
            aria-label="Form"
            data={forms}
            value={form}
            onChange={value => setForm(value as Form)}
          />
        </>
      }
    >
      {error !== null && <Problem error={error} onRetry={() => void refetch()} />}
      {error === null && data?.truncated && (
        <Alert color="gray">
          There is more than a picture can hold: these are the busiest. Look around one by its name.
        </Alert>
      )}
      {error === null && data && vhost !== undefined && <Shown data={data} vhost={vhost} form={form} />}
    </Page>
  )
}

type Form = 'graph' | 'table'

const forms = [
  { value: 'graph', label: 'Graph' },
  { value: 'table', label: 'Table' },
]

/** The one around which to look; no name: all of the virtual host. */
interface Focus {
  readonly kind: 'exchange' | 'queue'
  readonly name: string
}

/** Kept in the address. */
function useFocus(): [Focus, (focus: Focus) => void] {
  const [search, setSearch] = useSearchParams()
  const [focus, setFocus] = useState<Focus>({
    kind: search.has('queue') ? 'queue' : 'exchange',
    name: search.get('exchange') ?? search.get('queue') ?? '',
  })
  const change = (next: Focus) => {
    setFocus(next)
    setSearch(
      before => {
        const written = new URLSearchParams(before)
        written.delete('exchange')
        written.delete('queue')
        if (next.name !== '') written.set(next.kind, next.name)
        return written
      },
      { replace: true },
    )
  }
  return [focus, change]
}

function FocusFields({
  focus,
  onChange,
}: {
  readonly focus: Focus
  readonly onChange: (focus: Focus) => void
}) {
  const { kind, name } = focus
  return (
    <>
      <Select
        size="xs"
        w={110}
        aria-label="Around a"
        data={[
          { value: 'exchange', label: 'Exchange' },
          { value: 'queue', label: 'Queue' },
        ]}
        value={kind}
        onChange={value => onChange({ kind: value as Focus['kind'], name })}
      />
      <TextInput
        size="xs"
        w={200}
        type="search"
        aria-label={`Only around this ${kind}`}
        placeholder={`All; or around ${kind} …`}
        value={name}
        onChange={event => onChange({ kind, name: event.currentTarget.value })}
      />
    </>
  )
}

interface ShownProps {
  readonly data: Topology
  readonly vhost: string
  readonly form: Form
}

function Shown({ data, vhost, form }: ShownProps) {
  if (data.exchanges.length + data.queues.length === 0)
    return (
      <Panel>
        <Empty title="Nothing to draw">Queues and exchanges that applications declare appear here.</Empty>
      </Panel>
    )
  if (form === 'table')
    return (
      <Panel isFlush>
        <EdgeTable edges={data.bindings} vhost={vhost} />
      </Panel>
    )
  return <Graph topology={data} vhost={vhost} />
}
