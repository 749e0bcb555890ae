/** One channel: its mode and limits, what flows over it, and its consumers. */
import { SimpleGrid } from '@mantine/core'
import { Link, useParams } from 'react-router'
import { query, route } from '../../api/client'
import { useLive } from '../../api/hooks'
import type { Channel, Consumer } from '../../api/types'
import { DataTable } from '../../components/data-table'
import { Empty } from '../../components/empty'
import { type Fact, Facts } from '../../components/facts'
import { Loading } from '../../components/loading'
import { RatesChart } from '../../components/message-charts'
import { Page, Panel } from '../../components/page'
import { historyOf, RangeChooser, useRange } from '../../components/range'
import { State } from '../../components/state'
import { count, since } from '../../format/numbers'
import { consumerColumns, consumerKey } from '../consumers/consumer-columns'
import { modeOf } from './channel-columns'

/** What all consumers of a channel share is told above them. */
const ownColumns = consumerColumns.filter(({ id }) => id !== 'channel' && id !== 'vhost')
const none: readonly Consumer[] = []

export function ChannelPage() {
  const name = useParams()['name'] ?? ''
  const [range, chooseRange] = useRange()
  const { data, error, refetch } = useLive<Channel>(
    query(route('channels', name), historyOf(range, 'msg_rates')),
  )
  if (data === undefined || error)
    return <Loading title={`Channel ${name}`} error={error} onRetry={() => void refetch()} />
  const consumers = data.consumer_details ?? none
  return (
    <Page
      title={`Channel ${name}`}
      aside={<State value={data.state} />}
      actions={<RangeChooser range={range} onChange={chooseRange} />}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel title="Channel">
          <Facts facts={factsOf(data)} />
        </Panel>
        <Panel title="Message rates">
          <RatesChart words={range.words} stats={data.message_stats} />
        </Panel>
      </SimpleGrid>
      <Panel title="Consumers" isFlush>
        {consumers.length === 0 ? (
          <Empty title="No consumers">The client consumes nothing on this channel.</Empty>
        ) : (
          <DataTable label="Consumers" columns={ownColumns} rows={consumers} keyOf={consumerKey} />
        )}
      </Panel>
    </Page>
  )
}

function factsOf(channel: Channel): Fact[] {
  const connection = channel.connection_details.name
  return [
    [
      'Connection',
      <Link key="connection" className="name-link" to={route('connections', connection)}>
        {connection}
      </Link>,
    ],
    ['User', channel.user],
    ['Virtual host', channel.vhost],
    ['Mode', modeOf(channel) || 'plain'],
    ['Prefetch for each consumer', channel.prefetch_count === 0 ? 'no limit' : count(channel.prefetch_count)],
    [
      'Prefetch in all',
      channel.global_prefetch_count === 0 ? 'no limit' : count(channel.global_prefetch_count),
    ],
    ['Unacked', count(channel.messages_unacknowledged)],
    ['Unconfirmed', count(channel.messages_unconfirmed)],
    [
      'Uncommitted',
      `${count(channel.messages_uncommitted)} messages, ${count(channel.acks_uncommitted)} acks`,
    ],
    ['Idle for', channel.idle_since === undefined ? undefined : since(channel.idle_since)],
  ]
}
