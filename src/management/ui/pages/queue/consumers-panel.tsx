/** Who takes the messages of a queue. */
import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Consumer } from '../../api/types'
import { confirm } from '../../components/confirm'
import { type Column, DataTable } from '../../components/data-table'
import { Empty } from '../../components/empty'
import { Panel } from '../../components/page'
import { State } from '../../components/state'
import { count } from '../../format/numbers'

const columns: readonly Column<Consumer>[] = [
  {
    id: 'tag',
    header: 'Consumer tag',
    render: consumer => <span className="mono">{consumer.consumer_tag}</span>,
  },
  {
    id: 'channel',
    header: 'Channel',
    render: ({ channel_details: channel }) => (
      <Link className="name-link" to={route('channels', channel.name)}>
        {channel.name}
      </Link>
    ),
  },
  { id: 'user', header: 'User', render: ({ channel_details: channel }) => channel.user },
  { id: 'ack', header: 'Acknowledges', render: consumer => (consumer.ack_required ? 'yes' : 'no') },
  { id: 'exclusive', header: 'Exclusive', render: consumer => (consumer.exclusive ? 'yes' : 'no') },
  { id: 'prefetch', header: 'Prefetch', isNumber: true, render: consumer => count(consumer.prefetch_count) },
  { id: 'state', header: 'State', render: consumer => <State value={consumer.activity_status} /> },
  { id: 'cancel', header: 'Action', render: consumer => <Cancel consumer={consumer} /> },
]

export function ConsumersPanel({ consumers }: { readonly consumers: readonly Consumer[] }) {
  if (consumers.length === 0)
    return (
      <Panel>
        <Empty title="No consumers">Messages wait here until an application consumes or gets them.</Empty>
      </Panel>
    )
  return (
    <Panel isFlush>
      <DataTable
        label="consumers"
        columns={columns}
        rows={consumers}
        keyOf={({ channel_details, consumer_tag }) => JSON.stringify([channel_details.name, consumer_tag])}
      />
    </Panel>
  )
}

function Cancel({ consumer }: { readonly consumer: Consumer }) {
  const run = useAction()
  const { consumer_tag: tag, queue, channel_details: channel } = consumer
  const path = route('consumers', queue.vhost, channel.connection_name, channel.number, tag)
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="red"
      aria-label={`Cancel consumer ${tag}`}
      onClick={() =>
        confirm({
          title: `Cancel consumer ${tag}?`,
          what: 'Its application is told so, and gets no more messages. What it has not acknowledged stays with it.',
          verb: 'Cancel consumer',
          action: () => run.mutate({ method: 'DELETE', path, done: `Consumer ${tag} cancelled` }),
        })
      }
    >
      Cancel
    </Button>
  )
}
