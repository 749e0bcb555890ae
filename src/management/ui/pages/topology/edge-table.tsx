/** The topology in rows, for those who do not see the picture, and for long ones. */
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { TopologyEdge } from '../../api/message-types'
import { type Column, DataTable } from '../../components/data-table'
import { rate } from '../../format/numbers'

export function EdgeTable({
  edges,
  vhost,
}: {
  readonly edges: readonly TopologyEdge[]
  readonly vhost: string
}) {
  const end = (kind: 'queue' | 'exchange', name: string) => (
    <Link
      className="name-link"
      to={route(kind === 'queue' ? 'queues' : 'exchanges', vhost, name || 'amq.default')}
    >
      {name === '' ? '(default exchange)' : name}
    </Link>
  )
  const columns: readonly Column<TopologyEdge>[] = [
    { id: 'from', header: 'From', render: edge => end(edge.source_type ?? 'exchange', edge.source) },
    { id: 'to', header: 'To', render: edge => end(edge.destination_type, edge.destination) },
    { id: 'kind', header: 'By', render: ({ kind = 'binding' }) => kind.replace('-', ' ') },
    { id: 'key', header: 'Routing key', render: edge => <span className="mono">{edge.routing_key}</span> },
    { id: 'rate', header: 'Rate', isNumber: true, render: edge => rate(edge.rate) },
  ]
  return (
    <DataTable
      label="topology"
      columns={columns}
      rows={edges}
      keyOf={edge =>
        JSON.stringify([
          edge.kind,
          edge.source,
          edge.destination_type,
          edge.destination,
          edge.routing_key,
          edge.arguments,
        ])
      }
    />
  )
}
