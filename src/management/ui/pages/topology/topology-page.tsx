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
  const [search, setSearch] = useSearchParams()
  const { data: vhosts } = useOnce<Vhost[]>('/vhosts?columns=name')
  const vhost = chosenVhost || vhosts?.[0]?.name
  const [form, setForm] = useState<'graph' | 'table'>('graph')
  const [around, setAround] = useState(search.get('exchange') ?? search.get('queue') ?? '')
  const [settled] = useDebouncedValue(around, 400)
  const [kind, setKind] = useState<'exchange' | 'queue'>(search.has('queue') ? 'queue' : 'exchange')
  const path =
    vhost === undefined
      ? undefined
      : query(route('topology', vhost), settled === '' ? {} : { [kind]: settled })
  const { data, error, refetch } = useLive<Topology>(path)
  const change = (nextKind: 'exchange' | 'queue', name: string) => {
    setKind(nextKind)
    setAround(name)
    setSearch(
      before => {
        const next = new URLSearchParams(before)
        next.delete('exchange')
        next.delete('queue')
        if (name !== '') next.set(nextKind, name)
        return next
      },
      { replace: true },
    )
  }
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
            data={(vhosts ?? []).map(({ name }) => name)}
            value={vhost ?? null}
            onChange={value => chooseVhost(value ?? '')}
          />
          <Select
            size="xs"
            w={110}
            aria-label="Around a"
            data={[
              { value: 'exchange', label: 'Exchange' },
              { value: 'queue', label: 'Queue' },
            ]}
            value={kind}
            onChange={value => change(value as 'exchange' | 'queue', around)}
          />
          <TextInput
            size="xs"
            w={200}
            type="search"
            aria-label={`Only around this ${kind}`}
            placeholder={`All; or around ${kind} …`}
            value={around}
            onChange={event => change(kind, event.currentTarget.value)}
          />
          <SegmentedControl
            size="xs"
            aria-label="Form"
            data={[
              { value: 'graph', label: 'Graph' },
              { value: 'table', label: 'Table' },
            ]}
            value={form}
            onChange={value => setForm(value as 'graph' | 'table')}
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

interface ShownProps {
  readonly data: Topology
  readonly vhost: string
  readonly form: 'graph' | 'table'
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
