/** One exchange: what goes through it, its bindings, and a form to publish and one to explain. */
import { Button, SimpleGrid, Stack, Tabs } from '@mantine/core'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { query, route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import type { Exchange } from '../../api/types'
import { BindingsPanel } from '../../components/bindings-panel'
import { confirm } from '../../components/confirm'
import { ExplainPanel } from '../../components/explain-panel'
import { ArgumentFacts, Facts } from '../../components/facts'
import { RatesChart } from '../../components/message-charts'
import { DEFAULT_EXCHANGE } from '../../components/name-field'
import { Page, Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { PublishForm } from '../../components/publish-form'
import { historyOf, RangeChooser, useRange } from '../../components/range'

const tabs = ['overview', 'bindings', 'publish', 'explain'] as const

export function ExchangePage() {
  const { vhost = '', exchange = '' } = useParams()
  // Nothing of one exchange may be seen on, or done by, the page of another.
  return <OneExchange key={JSON.stringify([vhost, exchange])} vhost={vhost} given={exchange} />
}

function OneExchange({ vhost, given }: { readonly vhost: string; readonly given: string }) {
  const isDefault = given === DEFAULT_EXCHANGE
  const [range, chooseRange] = useRange()
  const [search, setSearch] = useSearchParams()
  const asked = search.get('tab') ?? ''
  const tab = (tabs as readonly string[]).includes(asked) ? asked : 'overview'
  const path = route('exchanges', vhost, given)
  const history = tab === 'overview' ? historyOf(range, 'msg_rates') : {}
  const { data: exchange, error, refetch } = useLive<Exchange>(query(path, history))
  const title = isDefault ? 'Default exchange' : given
  if (error !== null)
    return (
      <Page title={title}>
        <Problem error={error} onRetry={() => void refetch()} />
      </Page>
    )
  return (
    <Page
      title={title}
      hint={hintOf(exchange, vhost)}
      actions={
        <>
          {tab === 'overview' && <RangeChooser range={range} onChange={chooseRange} />}
          {exchange && !isDefault && !given.startsWith('amq.') && <Delete exchange={exchange} />}
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={next =>
          setSearch(next === 'overview' || next === null ? {} : { tab: next }, { replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          {!isDefault && <Tabs.Tab value="bindings">Bindings</Tabs.Tab>}
          <Tabs.Tab value="publish">Publish</Tabs.Tab>
          <Tabs.Tab value="explain">Explain</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          {exchange && <ExchangeOverview exchange={exchange} words={range.words} isDefault={isDefault} />}
        </Tabs.Panel>
        <Tabs.Panel value="bindings">
          <BindingsPanel vhost={vhost} kind="exchange" name={given} />
        </Tabs.Panel>
        <Tabs.Panel value="publish">
          <PublishForm vhost={vhost} exchange={isDefault ? '' : given} />
        </Tabs.Panel>
        <Tabs.Panel value="explain">
          <ExplainPanel vhost={vhost} exchange={given} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function hintOf(exchange: Exchange | undefined, vhost: string): string {
  return exchange === undefined
    ? `Virtual host ${vhost}`
    : `A ${exchange.type} exchange in virtual host ${vhost}`
}

interface OverviewProps {
  readonly exchange: Exchange
  readonly words: string
  readonly isDefault: boolean
}

const always = ['publish_in', 'publish_out']

function ExchangeOverview({ exchange, words, isDefault }: OverviewProps) {
  const { vhost, name } = exchange
  return (
    <Stack gap="md">
      <Panel title="Message rates">
        <RatesChart words={words} stats={exchange.message_stats} always={always} />
      </Panel>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Panel title="Properties">
          <Facts
            facts={[
              ['Type', exchange.type],
              ['Durable', exchange.durable ? 'yes' : 'no'],
              ['Auto-delete', exchange.auto_delete ? 'yes' : 'no'],
              ['Internal', exchange.internal ? 'yes, publishers are refused' : 'no'],
              ['Policy', exchange.policy],
            ]}
          />
        </Panel>
        <Panel title="Arguments">
          <ArgumentFacts value={exchange.arguments} />
        </Panel>
      </SimpleGrid>
      {!isDefault && (
        <Link className="name-link small" to={query('/topology', { vhost, exchange: name })}>
          See it in the topology
        </Link>
      )}
    </Stack>
  )
}

function Delete({ exchange: { vhost, name } }: { readonly exchange: Exchange }) {
  const navigate = useNavigate()
  const run = useAction()
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() =>
        confirm({
          title: `Delete exchange ${name}?`,
          what: 'It goes with its bindings. Whoever publishes to it afterwards loses the channel.',
          verb: 'Delete',
          action: () =>
            run.mutate(
              { method: 'DELETE', path: route('exchanges', vhost, name), done: `Exchange ${name} deleted` },
              { onSuccess: () => void navigate('/exchanges') },
            ),
        })
      }
    >
      Delete…
    </Button>
  )
}
