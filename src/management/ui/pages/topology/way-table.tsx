/** The topology in rows, for those who do not see the picture, and for long ones; the busiest first. */
import { Group } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { ListState } from '../../api/list'
import { pageOf } from '../../api/paging'
import { type Column, DataTable } from '../../components/data-table'
import { LongName } from '../../components/long-name'
import { DEFAULT_EXCHANGE } from '../../components/name-field'
import { NameFilter } from '../../components/name-filter'
import { Pager } from '../../components/pager'
import { rate } from '../../format/numbers'
import { type NodeKind, type Way, wordsOf } from './ways'

const first: ListState = { page: 1, pageSize: 50, name: '', isRegex: false, sort: '', isReversed: false }

interface Props {
  readonly ways: readonly Way[]
  readonly vhost: string
}

export function WayTable({ ways, vhost }: Props) {
  const [state, setState] = useState(first)
  const columns = useMemo(() => columnsIn(vhost), [vhost])
  const set = (changes: Partial<ListState>) => setState(before => ({ ...before, page: 1, ...changes }))
  const sorted = useMemo(() => [...ways].sort((one, other) => (other.rate ?? 0) - (one.rate ?? 0)), [ways])
  const page = pageOf(sorted, state, way => `${way.source} ${way.destination} ${way.routingKey}`)
  return (
    <>
      <Group px="md" py="sm">
        <NameFilter what="ways" state={state} onChange={set} />
      </Group>
      <DataTable label="topology" columns={columns} rows={page.items} keyOf={keyOf} />
      <Pager what="ways" page={page} state={state} onChange={set} />
    </>
  )
}

function columnsIn(vhost: string): readonly Column<Way>[] {
  const end = (kind: NodeKind, name: string) => (
    <>
      <span className="quiet">{`${kind} `}</span>
      <Link className="name-link" to={route(`${kind}s`, vhost, name || DEFAULT_EXCHANGE)}>
        <LongName name={name === '' ? '(default)' : name} />
      </Link>
    </>
  )
  return [
    { id: 'from', header: 'From', render: way => end(way.sourceKind, way.source) },
    { id: 'to', header: 'To', render: way => end(way.destinationKind, way.destination) },
    { id: 'kind', header: 'By', render: way => wordsOf(way.kind) },
    { id: 'key', header: 'Routing key', render: way => <LongName name={way.routingKey} isMono /> },
    {
      id: 'rate',
      header: 'Rate',
      title: 'From one to the other, by all their bindings',
      isNumber: true,
      render: way => rate(way.rate),
    },
  ]
}

function keyOf(way: Way): string {
  return JSON.stringify([
    way.kind,
    way.sourceKind,
    way.source,
    way.destinationKind,
    way.destination,
    way.routingKey,
    way.arguments,
  ])
}
