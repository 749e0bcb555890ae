/** One queue: what it is and does, its messages, consumers and bindings, and what can be done with it. */
import { Badge, Button, Menu, Tabs } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { query, route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import type { Queue } from '../../api/types'
import { BindingsPanel } from '../../components/bindings-panel'
import { confirm } from '../../components/confirm'
import { Page } from '../../components/page'
import { Problem } from '../../components/problem'
import { PublishForm } from '../../components/publish-form'
import { historyOf, RangeChooser, useRange } from '../../components/range'
import { State } from '../../components/state'
import { count, plural } from '../../format/numbers'
import { ConsumersPanel } from './consumers-panel'
import { GetPanel } from './get-panel'
import { MessagesPanel } from './messages-panel'
import { QueueOverview } from './queue-overview'

const tabs = ['overview', 'messages', 'consumers', 'bindings', 'publish', 'get'] as const

export function QueuePage() {
  const { vhost = '', queue = '' } = useParams()
  // Nothing of one queue may be seen on, or done by, the page of another.
  return <OneQueue key={JSON.stringify([vhost, queue])} vhost={vhost} name={queue} />
}

function OneQueue({ vhost, name }: { readonly vhost: string; readonly name: string }) {
  const [range, chooseRange] = useRange()
  const [tab, setTab] = useTab()
  const path = route('queues', vhost, name)
  const history = tab === 'overview' ? historyOf(range, 'lengths', 'msg_rates') : {}
  const { data: queue, error, refetch } = useLive<Queue>(query(path, history))
  if (error !== null)
    return (
      <Page title={name}>
        <Problem error={error} onRetry={() => void refetch()} />
      </Page>
    )
  return (
    <Page
      title={name}
      aside={queue && <State value={queue.state} />}
      hint={hintOf(queue, vhost)}
      actions={
        <>
          {tab === 'overview' && <RangeChooser range={range} onChange={chooseRange} />}
          {queue && <QueueActions queue={queue} />}
        </>
      }
    >
      <Parts queue={queue} vhost={vhost} name={name} words={range.words} tab={tab} setTab={setTab} />
    </Page>
  )
}

function hintOf(queue: Queue | undefined, vhost: string): string {
  return queue === undefined ? `Virtual host ${vhost}` : `A ${queue.type} queue in virtual host ${vhost}`
}

interface PartsProps {
  readonly queue: Queue | undefined
  readonly vhost: string
  readonly name: string
  readonly words: string
  readonly tab: string
  readonly setTab: (tab: string) => void
}

function Parts({ queue, vhost, name, words, tab, setTab }: PartsProps) {
  return (
    <Tabs value={tab} onChange={next => setTab(next ?? 'overview')} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="overview">Overview</Tabs.Tab>
        <Tabs.Tab value="messages" rightSection={<Count value={queue?.messages} />}>
          Messages
        </Tabs.Tab>
        <Tabs.Tab value="consumers" rightSection={<Count value={queue?.consumers} />}>
          Consumers
        </Tabs.Tab>
        <Tabs.Tab value="bindings">Bindings</Tabs.Tab>
        <Tabs.Tab value="publish">Publish</Tabs.Tab>
        <Tabs.Tab value="get">Get</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="overview">{queue && <QueueOverview queue={queue} words={words} />}</Tabs.Panel>
      <Tabs.Panel value="messages">
        <MessagesPanel vhost={vhost} queue={name} />
      </Tabs.Panel>
      <Tabs.Panel value="consumers">
        <ConsumersPanel consumers={queue?.consumer_details ?? []} />
      </Tabs.Panel>
      <Tabs.Panel value="bindings">
        <BindingsPanel vhost={vhost} kind="queue" name={name} />
      </Tabs.Panel>
      <Tabs.Panel value="publish">
        <PublishForm vhost={vhost} exchange="" routingKey={name} />
      </Tabs.Panel>
      <Tabs.Panel value="get">
        <GetPanel vhost={vhost} queue={name} />
      </Tabs.Panel>
    </Tabs>
  )
}

function useTab(): [string, (tab: string) => void] {
  const [search, setSearch] = useSearchParams()
  const asked = search.get('tab') ?? ''
  const tab = (tabs as readonly string[]).includes(asked) ? asked : 'overview'
  // What belongs to one tab, such as its filter, does not follow to the next.
  return [tab, next => setSearch(next === 'overview' ? {} : { tab: next }, { replace: true })]
}

function Count({ value }: { readonly value: number | undefined }) {
  if (value === undefined || value === 0) return null
  return (
    <Badge size="sm" variant="default" radius="sm" fw={500}>
      {count(value)}
    </Badge>
  )
}

function QueueActions({ queue }: { readonly queue: Queue }) {
  const navigate = useNavigate()
  const run = useAction()
  const { vhost, name } = queue
  const path = route('queues', vhost, name)
  const purge = () =>
    confirm({
      title: `Purge queue ${name}?`,
      what: `${plural(queue.messages_ready, 'message')} waiting in it will be dropped. Those that are out with consumers stay.`,
      verb: 'Purge',
      action: () => run.mutate({ method: 'DELETE', path: `${path}/contents`, done: `Queue ${name} purged` }),
    })
  const remove = () =>
    confirm({
      title: `Delete queue ${name}?`,
      what: `It goes with ${plural(queue.messages, 'message')} and its bindings; ${plural(queue.consumers, 'consumer')} will be cancelled.`,
      verb: 'Delete',
      action: () =>
        run.mutate(
          { method: 'DELETE', path, done: `Queue ${name} deleted` },
          { onSuccess: () => void navigate('/queues') },
        ),
    })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" rightSection={<IconDots size={15} />}>
          Actions
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={purge}>Purge…</Menu.Item>
        <Menu.Item color="red" onClick={remove}>
          Delete…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
