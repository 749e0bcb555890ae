/** The columns of lists of channels. */
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { Channel } from '../../api/types'
import type { Column } from '../../components/data-table'
import { Figure } from '../../components/figure'
import { State } from '../../components/state'
import { count, rate } from '../../format/numbers'
import { rateOf } from '../../format/stats'

const figure = (
  id: string,
  header: string,
  read: (channel: Channel) => number | undefined,
  isOptional = false,
): Column<Channel> => ({
  id,
  header,
  sort: id,
  isNumber: true,
  isOptional,
  render: channel => <Figure value={read(channel)} format={count} />,
})

const statRate = (key: string, header: string, isOptional = false): Column<Channel> => ({
  id: key,
  header,
  sort: `message_stats.${key}_details.rate`,
  isNumber: true,
  isOptional,
  render: channel => <Figure value={rateOf(channel.message_stats, key)} format={rate} />,
})

export const channelColumns: readonly Column<Channel>[] = [
  {
    id: 'name',
    header: 'Channel',
    sort: 'name',
    render: channel => (
      <Link className="name-link" to={route('channels', channel.name)}>
        {channel.name}
      </Link>
    ),
  },
  { id: 'vhost', isWide: true, header: 'Virtual host', sort: 'vhost', render: channel => channel.vhost },
  { id: 'user', isWide: true, header: 'User', sort: 'user', render: channel => channel.user },
  { id: 'mode', isWide: true, header: 'Mode', render: modeOf },
  { id: 'state', header: 'State', sort: 'state', render: channel => <State value={channel.state} /> },
  { id: 'prefetch_count', header: 'Prefetch', sort: 'prefetch_count', isNumber: true, render: prefetchOf },
  figure('consumer_count', 'Consumers', channel => channel.consumer_count),
  figure('messages_unacknowledged', 'Unacked', channel => channel.messages_unacknowledged),
  figure('messages_unconfirmed', 'Unconfirmed', channel => channel.messages_unconfirmed),
  figure('messages_uncommitted', 'Uncommitted', channel => channel.messages_uncommitted, true),
  figure('acks_uncommitted', 'Acks uncommitted', channel => channel.acks_uncommitted, true),
  statRate('publish', 'Publish'),
  statRate('confirm', 'Confirm', true),
  statRate('deliver_get', 'Deliver / get'),
  statRate('ack', 'Ack'),
  statRate('redeliver', 'Redeliver', true),
  statRate('return_unroutable', 'Returned', true),
]

export function modeOf({ confirm, transactional }: Channel): string {
  return confirm ? 'confirm' : transactional ? 'tx' : ''
}

function prefetchOf({ prefetch_count, global_prefetch_count }: Channel) {
  const words = [
    prefetch_count > 0 ? count(prefetch_count) : '',
    global_prefetch_count > 0 ? `${count(global_prefetch_count)} in all` : '',
  ]
  return words.filter(word => word !== '').join(', ') || <span className="zero">no limit</span>
}
