/** All connections, a page at a time; those selected can be closed. */
import { IconPlugConnectedX } from '@tabler/icons-react'
import { Link } from 'react-router'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import { useList } from '../../api/list'
import type { Connection } from '../../api/types'
import { useVhost } from '../../api/vhost'
import type { Column } from '../../components/data-table'
import { Figure } from '../../components/figure'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { BulkButton, SelectionBar } from '../../components/selection'
import { State } from '../../components/state'
import { byteRate, bytes, count, dateTime, since } from '../../format/numbers'

const columns: readonly Column<Connection>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    render: connection => (
      <Link className="name-link" to={route('connections', connection.name)}>
        {connection.name}
      </Link>
    ),
  },
  {
    id: 'client',
    header: 'Client',
    sort: 'user_provided_name',
    render: ({ user_provided_name, client_properties }) => user_provided_name ?? clientOf(client_properties),
  },
  {
    id: 'vhost',
    isWide: true,
    header: 'Virtual host',
    sort: 'vhost',
    render: connection => connection.vhost,
  },
  { id: 'user', isWide: true, header: 'User', sort: 'user', render: connection => connection.user },
  { id: 'state', header: 'State', sort: 'state', render: connection => <State value={connection.state} /> },
  {
    id: 'channels',
    header: 'Channels',
    sort: 'channels',
    isNumber: true,
    render: connection => <Figure value={connection.channels} format={count} />,
  },
  {
    id: 'received',
    header: 'From client',
    sort: 'recv_oct_details.rate',
    isNumber: true,
    render: connection => <Figure value={connection.recv_oct_details?.rate} format={byteRate} />,
  },
  {
    id: 'sent',
    header: 'To client',
    sort: 'send_oct_details.rate',
    isNumber: true,
    render: connection => <Figure value={connection.send_oct_details?.rate} format={byteRate} />,
  },
  {
    id: 'connected',
    header: 'Connected for',
    sort: 'connected_at',
    isNumber: true,
    render: connection => (
      <span title={dateTime(connection.connected_at)}>{since(connection.connected_at)}</span>
    ),
  },
  {
    id: 'protocol',
    header: 'Protocol',
    sort: 'protocol',
    isOptional: true,
    render: connection => connection.protocol,
  },
  {
    id: 'tls',
    header: 'TLS',
    sort: 'ssl',
    isOptional: true,
    render: connection => (connection.ssl ? 'yes' : 'no'),
  },
  {
    id: 'received-total',
    header: 'Received',
    title: 'Bytes received',
    sort: 'recv_oct',
    isNumber: true,
    isOptional: true,
    render: connection => <Figure value={connection.recv_oct} format={bytes} />,
  },
  {
    id: 'sent-total',
    header: 'Sent',
    title: 'Bytes sent',
    sort: 'send_oct',
    isNumber: true,
    isOptional: true,
    render: connection => <Figure value={connection.send_oct} format={bytes} />,
  },
]

export function ConnectionsPage() {
  const [vhost] = useVhost()
  const path = vhost === '' ? '/connections' : `${route('vhosts', vhost)}/connections`
  const list = useList<Connection>(path, { sort: 'name' })
  return (
    <Page title="Connections">
      <ListView
        what="connections"
        list={list}
        columns={columns}
        keyOf={({ name }) => name}
        empty={
          <>
            No client is connected. Point one at the broker's AMQP address, which the overview lists under
            listeners.
          </>
        }
        selection={(rows, clear) => <CloseSelected connections={rows} onDone={clear} />}
      />
    </Page>
  )
}

function CloseSelected({ connections, onDone }: { connections: readonly Connection[]; onDone: () => void }) {
  const action = useAction()
  const names = connections.map(({ name }) => name)
  const closing = names.map(name => ({
    method: 'DELETE' as const,
    path: route('connections', name),
    done: `Connection ${name} closed`,
  }))
  return (
    <SelectionBar selected={names.length}>
      <BulkButton
        verb="Close"
        noun={['connection', 'connections']}
        names={names}
        consequence="what was not acknowledged goes back to its queue."
        icon={<IconPlugConnectedX size={15} />}
        action={() => action.mutate(closing, { onSettled: onDone })}
      />
    </SelectionBar>
  )
}

/** What clients that give no name of their own say about themselves. */
function clientOf(properties: Connection['client_properties']): string {
  const { connection_name, product, version } = properties
  if (typeof connection_name === 'string') return connection_name
  return [product, version].filter(part => typeof part === 'string').join(' ')
}
