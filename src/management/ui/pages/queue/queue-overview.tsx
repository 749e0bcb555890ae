/** What a queue holds and does: charts, figures, and what arguments and policies tell it. */
import { SimpleGrid, Stack } from '@mantine/core'
import { Link } from 'react-router'
import { query } from '../../api/client'
import type { Queue } from '../../api/types'
import { ArgumentFacts, type Fact, Facts } from '../../components/facts'
import { LengthsChart, RatesChart } from '../../components/message-charts'
import { Panel } from '../../components/page'
import { bytes, count, dateTime, percent, since } from '../../format/numbers'

/** Confirms are the business of channels and exchanges. */
const always = ['publish', 'deliver', 'ack', 'redeliver']

interface Props {
  readonly queue: Queue
  readonly words: string
}

export function QueueOverview({ queue, words }: Props) {
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Panel title="Queued messages">
          <LengthsChart
            words={words}
            ready={queue.messages_ready_details}
            unacked={queue.messages_unacknowledged_details}
            total={queue.messages_details}
          />
        </Panel>
        <Panel title="Message rates">
          <RatesChart words={words} stats={queue.message_stats} always={always} />
        </Panel>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="md">
        <Panel title="Now">
          <Facts facts={figures(queue)} />
        </Panel>
        <Panel title="Properties">
          <Facts facts={properties(queue)} />
        </Panel>
        <Panel title="Arguments and policy">
          <Facts
            facts={[
              ['Arguments', <ArgumentFacts key="arguments" value={queue.arguments} />],
              ['Policy', policyOf(queue)],
              ['Operator policy', queue.operator_policy],
              ['In effect', <ArgumentFacts key="effect" value={queue.effective_policy_definition ?? {}} />],
            ]}
          />
        </Panel>
      </SimpleGrid>
    </Stack>
  )
}

function policyOf({ policy, vhost }: Queue) {
  if (policy === undefined || policy === null || policy === '') return undefined
  return (
    <Link className="name-link" to={query('/policies', { vhost, name: policy })}>
      {policy}
    </Link>
  )
}

function figures(queue: Queue): Fact[] {
  return [
    ['Messages', count(queue.messages)],
    ['Ready', count(queue.messages_ready)],
    ['Unacked', count(queue.messages_unacknowledged)],
    ['Message bytes', bytes(queue.message_bytes)],
    ['Memory', bytes(queue.memory)],
    ['Consumers', count(queue.consumers)],
    ['Consumer capacity', percent(queue.consumer_capacity ?? queue.consumer_utilisation)],
    ['Oldest message', dateTime(queue.head_message_timestamp)],
    ['Idle for', since(queue.idle_since)],
  ]
}

function properties(queue: Queue): Fact[] {
  const owner = queue.owner_pid_details
  const ownerName = typeof owner === 'object' && owner !== null ? owner.name : undefined
  return [
    ['Type', queue.type],
    ['Durable', queue.durable ? 'yes' : 'no'],
    ['Auto-delete', queue.auto_delete ? 'yes' : 'no'],
    ['Exclusive', queue.exclusive ? 'yes' : 'no'],
    ['Owner', ownerName],
    ['Single active consumer', queue.single_active_consumer_tag],
    ['Node', queue.node],
  ]
}
