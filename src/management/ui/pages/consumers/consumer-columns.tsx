/** The columns of lists of consumers. */
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { Consumer } from '../../api/types'
import type { Column } from '../../components/data-table'
import { Value } from '../../components/facts'
import { State } from '../../components/state'
import { count } from '../../format/numbers'

export const consumerColumns: readonly Column<Consumer>[] = [
  {
    id: 'tag',
    sort: 'consumer_tag',
    header: 'Consumer tag',
    render: consumer => <span className="mono">{consumer.consumer_tag}</span>,
  },
  {
    id: 'queue',
    sort: 'queue.name',
    header: 'Queue',
    render: ({ queue }) => (
      <Link className="name-link" to={route('queues', queue.vhost, queue.name)}>
        {queue.name}
      </Link>
    ),
  },
  { id: 'vhost', isWide: true, header: 'Virtual host', render: consumer => consumer.queue.vhost },
  {
    id: 'channel',
    sort: 'channel_details.name',
    isWide: true,
    header: 'Channel',
    render: ({ channel_details: { name } }) => (
      <Link className="name-link" to={route('channels', name)}>
        {name}
      </Link>
    ),
  },
  { id: 'ack', header: 'Acks', render: consumer => (consumer.ack_required ? 'manual' : 'automatic') },
  {
    id: 'exclusive',
    header: 'Exclusive',
    isOptional: true,
    render: consumer => (consumer.exclusive ? 'yes' : 'no'),
  },
  {
    id: 'prefetch',
    sort: 'prefetch_count',
    header: 'Prefetch',
    isNumber: true,
    render: ({ prefetch_count }) =>
      prefetch_count === 0 ? <span className="zero">no limit</span> : count(prefetch_count),
  },
  { id: 'activity', header: 'Activity', render: consumer => <State value={consumer.activity_status} /> },
  {
    id: 'arguments',
    header: 'Arguments',
    isOptional: true,
    render: consumer =>
      Object.keys(consumer.arguments).length === 0 ? '' : <Value value={consumer.arguments} />,
  },
]

export function consumerKey({ channel_details, consumer_tag }: Consumer): string {
  return JSON.stringify([channel_details.name, consumer_tag])
}
