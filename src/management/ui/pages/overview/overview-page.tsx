/** The state of the broker, or of one virtual host, at a glance. */
import { SimpleGrid, Stack } from '@mantine/core'
import { query, route } from '../../api/client'
import { useLive } from '../../api/hooks'
import { useUser } from '../../api/session'
import type { Overview, Stats, Vhost } from '../../api/types'
import { useVhost } from '../../api/vhost'
import { DataRatesChart } from '../../components/data-rates-chart'
import { LengthsChart, RatesChart } from '../../components/message-charts'
import { Page, Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { historyOf, RangeChooser, useRange } from '../../components/range'
import { detailsOf } from '../../format/stats'
import { ChurnChart } from './charts'
import { Definitions } from './definitions'
import { Listeners, NodePanel } from './node'
import { Totals } from './totals'

export function OverviewPage() {
  const [vhost] = useVhost()
  const [range, chooseRange] = useRange()
  const { mayMonitor, isAdministrator } = useUser()
  const overview = useLive<Overview>(
    query('/overview', historyOf(range, 'lengths', 'msg_rates', 'data_rates')),
  )
  const host = useLive<Vhost>(
    vhost === ''
      ? undefined
      : query(route('vhosts', vhost), historyOf(range, 'lengths', 'msg_rates', 'data_rates')),
  )
  const traffic = vhost === '' ? overview.data : host.data
  const churn = vhost === '' ? overview.data?.churn_rates : undefined // the broker's only, and for monitors only
  const error = overview.error ?? host.error
  if (error) return <Problem error={error} onRetry={() => void overview.refetch()} />
  const lengths = (vhost === '' ? overview.data?.queue_totals : (host.data as Stats | undefined)) ?? {}
  const stats = vhost === '' ? overview.data?.message_stats : host.data?.message_stats
  return (
    <Page
      title={vhost === '' ? 'Overview' : `Overview of ${vhost}`}
      hint={overview.data && about(overview.data)}
      actions={<RangeChooser range={range} onChange={chooseRange} />}
    >
      <Totals totals={overview.data?.object_totals} lengths={lengths} stats={stats} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel title="Queued messages">
          <LengthsChart
            words={range.words}
            ready={detailsOf(lengths, 'messages_ready')}
            unacked={detailsOf(lengths, 'messages_unacknowledged')}
            total={detailsOf(lengths, 'messages')}
          />
        </Panel>
        <Panel title="Message rates">
          <RatesChart words={range.words} stats={stats} />
        </Panel>
        <Panel title="Data rates">
          <DataRatesChart
            words={range.words}
            received={traffic?.recv_oct_details}
            sent={traffic?.send_oct_details}
          />
        </Panel>
        {churn && (
          <Panel title="Churn">
            <ChurnChart words={range.words} churn={churn} />
          </Panel>
        )}
      </SimpleGrid>
      <Stack gap="md">
        {mayMonitor && <NodePanel />}
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          {overview.data?.listeners && <Listeners listeners={overview.data.listeners} />}
          {isAdministrator && <Definitions vhost={vhost} />}
        </SimpleGrid>
      </Stack>
    </Page>
  )
}

function about({
  product_name,
  product_version,
  rabbitmq_version,
  leveret_version,
  cluster_name,
}: Overview): string {
  const other = `${product_name ?? 'RabbitMQ'} ${product_version ?? rabbitmq_version}`
  return `${cluster_name} · ${leveret_version === undefined ? other : `Leveret ${leveret_version}`}`
}
