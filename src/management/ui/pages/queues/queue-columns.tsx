/** The columns of the list of queues: their figures, and how the server sorts by them. */
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { Queue } from '../../api/types'
import type { Column } from '../../components/data-table'
import { Features } from '../../components/feature'
import { Figure } from '../../components/figure'
import { State } from '../../components/state'
import { bytes, count, percent, rate, since } from '../../format/numbers'
import { rateOf } from '../../format/stats'

const statRate = (id: string, header: string, key: string, isOptional = false): Column<Queue> => ({
  id,
  header,
  isNumber: true,
  isOptional,
  sort: `message_stats.${key}_details.rate`,
  render: queue => <Figure value={rateOf(queue.message_stats, key)} format={rate} />,
})

export const queueColumns: readonly Column<Queue>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    render: queue => (
      <Link className="name-link" to={route('queues', queue.vhost, queue.name)}>
        {queue.name}
      </Link>
    ),
  },
  { id: 'vhost', isWide: true, header: 'Virtual host', sort: 'vhost', render: queue => queue.vhost },
  { id: 'type', isWide: true, header: 'Type', sort: 'type', render: queue => queue.type },
  { id: 'features', isWide: true, header: 'Features', render: queue => <Features features={queue} /> },
  { id: 'policy', header: 'Policy', sort: 'policy', isOptional: true, render: queue => queue.policy ?? '' },
  {
    id: 'state',
    isWide: true,
    header: 'State',
    sort: 'state',
    render: queue => <State value={queue.state} />,
  },
  {
    id: 'ready',
    header: 'Ready',
    sort: 'messages_ready',
    isNumber: true,
    render: queue => <Figure value={queue.messages_ready} format={count} />,
  },
  {
    id: 'unacked',
    header: 'Unacked',
    sort: 'messages_unacknowledged',
    isNumber: true,
    render: queue => <Figure value={queue.messages_unacknowledged} format={count} />,
  },
  {
    id: 'total',
    header: 'Total',
    sort: 'messages',
    isNumber: true,
    render: queue => <Figure value={queue.messages} format={count} />,
  },
  {
    id: 'consumers',
    header: 'Consumers',
    sort: 'consumers',
    isNumber: true,
    render: queue => <Figure value={queue.consumers} format={count} />,
  },
  statRate('in', 'In', 'publish'),
  statRate('out', 'Deliver / get', 'deliver_get'),
  statRate('ack', 'Ack', 'ack'),
  statRate('redeliver', 'Redeliver', 'redeliver', true),
  {
    id: 'bytes',
    header: 'Bytes',
    title: 'Message bytes',
    sort: 'message_bytes',
    isNumber: true,
    isOptional: true,
    render: queue => <Figure value={queue.message_bytes} format={bytes} />,
  },
  {
    id: 'memory',
    header: 'Memory',
    sort: 'memory',
    isNumber: true,
    isOptional: true,
    render: queue => <Figure value={queue.memory} format={bytes} />,
  },
  {
    id: 'capacity',
    header: 'Capacity',
    title: 'Consumer capacity',
    sort: 'consumer_capacity',
    isNumber: true,
    isOptional: true,
    render: queue => (
      <Figure value={queue.consumer_capacity ?? queue.consumer_utilisation} format={percent} />
    ),
  },
  {
    id: 'idle',
    header: 'Idle for',
    sort: 'idle_since',
    isNumber: true,
    isOptional: true,
    render: queue => since(queue.idle_since),
  },
]
