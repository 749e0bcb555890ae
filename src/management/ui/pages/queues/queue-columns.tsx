/** The columns of the list of queues: their figures, and how the server sorts by them. */
import { Badge, Group, Tooltip } from '@mantine/core'
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { Queue } from '../../api/types'
import type { Column } from '../../components/data-table'
import { State } from '../../components/state'
import { bytes, count, percent, rate, since } from '../../format/numbers'
import { rateOf } from '../../format/stats'

const statRate = (id: string, header: string, key: string, isOptional = false): Column<Queue> => ({
  id,
  header,
  isNumber: true,
  isOptional,
  sort: `message_stats.${key}_details.rate`,
  render: queue => rate(rateOf(queue.message_stats, key)),
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
  { id: 'vhost', header: 'Virtual host', sort: 'vhost', render: queue => queue.vhost },
  { id: 'type', header: 'Type', sort: 'type', render: queue => queue.type },
  { id: 'features', header: 'Features', render: queue => <Features queue={queue} /> },
  { id: 'policy', header: 'Policy', sort: 'policy', isOptional: true, render: queue => queue.policy ?? '' },
  { id: 'state', header: 'State', sort: 'state', render: queue => <State value={queue.state} /> },
  {
    id: 'ready',
    header: 'Ready',
    sort: 'messages_ready',
    isNumber: true,
    render: queue => count(queue.messages_ready),
  },
  {
    id: 'unacked',
    header: 'Unacked',
    sort: 'messages_unacknowledged',
    isNumber: true,
    render: queue => count(queue.messages_unacknowledged),
  },
  { id: 'total', header: 'Total', sort: 'messages', isNumber: true, render: queue => count(queue.messages) },
  {
    id: 'consumers',
    header: 'Consumers',
    sort: 'consumers',
    isNumber: true,
    render: queue => count(queue.consumers),
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
    render: queue => bytes(queue.message_bytes),
  },
  {
    id: 'memory',
    header: 'Memory',
    sort: 'memory',
    isNumber: true,
    isOptional: true,
    render: queue => bytes(queue.memory),
  },
  {
    id: 'capacity',
    header: 'Capacity',
    title: 'Consumer capacity',
    sort: 'consumer_capacity',
    isNumber: true,
    isOptional: true,
    render: queue => percent(queue.consumer_capacity ?? queue.consumer_utilisation),
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

const short: Readonly<Record<string, string>> = {
  'x-dead-letter-exchange': 'DLX',
  'x-dead-letter-routing-key': 'DLK',
  'x-message-ttl': 'TTL',
  'x-expires': 'Exp',
  'x-max-length': 'Lim',
  'x-max-length-bytes': 'Lim B',
  'x-overflow': 'Ovfl',
  'x-max-priority': 'Pri',
  'x-single-active-consumer': 'SAC',
}

function Features({ queue }: { readonly queue: Queue }) {
  const rest = Object.entries(queue.arguments).filter(([name]) => name !== 'x-queue-type')
  return (
    <Group gap={4} wrap="nowrap">
      {queue.durable && <Feature label="D" hint="durable" />}
      {queue.auto_delete && <Feature label="AD" hint="auto-delete" />}
      {queue.exclusive && <Feature label="Excl" hint="exclusive" />}
      {rest.map(([name, value]) => (
        <Feature key={name} label={short[name] ?? 'Arg'} hint={`${name}: ${JSON.stringify(value)}`} />
      ))}
      {queue.policy && <Feature label={queue.policy} hint={`policy ${queue.policy}`} />}
    </Group>
  )
}

function Feature({ label, hint }: { readonly label: string; readonly hint: string }) {
  return (
    <Tooltip label={hint}>
      <Badge size="sm" variant="default" radius="sm" tt="none" fw={500}>
        {label}
      </Badge>
    </Tooltip>
  )
}
