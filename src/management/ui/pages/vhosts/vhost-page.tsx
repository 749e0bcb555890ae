/** One virtual host: its messages, who may use it, its limits and description; protecting and deleting it. */
import { Button, SimpleGrid, Stack } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { query, route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import { useUser } from '../../api/session'
import type { Stats, Vhost } from '../../api/types'
import { LimitsPanel } from '../../components/limits-panel'
import { Loading } from '../../components/loading'
import { LengthsChart, RatesChart } from '../../components/message-charts'
import { Page, Panel } from '../../components/page'
import { historyOf, RangeChooser, useRange } from '../../components/range'
import { detailsOf } from '../../format/stats'
import { DeleteVhost } from './delete-vhost'
import { type Metadata, MetadataFields, metadataBody } from './metadata-fields'
import { PermissionsIn, TopicPermissionsIn } from './permissions-in'
import { typeOf } from './vhosts-page'

export function VhostPage() {
  const name = useParams()['vhost'] ?? ''
  const path = route('vhosts', name)
  const [range, chooseRange] = useRange()
  const { isAdministrator } = useUser()
  const { data, error, refetch } = useLive<Vhost>(query(path, historyOf(range, 'lengths', 'msg_rates')))
  if (data === undefined || error)
    return <Loading title={`Virtual host ${name}`} error={error} onRetry={() => void refetch()} />
  const stats = data as unknown as Stats
  return (
    <Page
      title={`Virtual host ${name}`}
      hint={
        <>
          {data.description} <Links vhost={name} />
        </>
      }
      actions={
        <>
          <RangeChooser range={range} onChange={chooseRange} />
          {isAdministrator && <Protection vhost={data} />}
          {isAdministrator && <DeleteVhost vhost={data} />}
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel title="Queued messages">
          <LengthsChart
            words={range.words}
            ready={detailsOf(stats, 'messages_ready')}
            unacked={detailsOf(stats, 'messages_unacknowledged')}
            total={detailsOf(stats, 'messages')}
          />
        </Panel>
        <Panel title="Message rates">
          <RatesChart words={range.words} stats={data.message_stats} />
        </Panel>
      </SimpleGrid>
      {isAdministrator && (
        <>
          <PermissionsIn vhost={name} />
          <TopicPermissionsIn vhost={name} />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <MetadataForm
              key={JSON.stringify([data.description, data.tags, data.default_queue_type])}
              vhost={data}
            />
            <LimitsPanel kind="vhost" name={name} />
          </SimpleGrid>
        </>
      )}
    </Page>
  )
}

function Links({ vhost }: { readonly vhost: string }) {
  return ['queues', 'exchanges', 'connections', 'policies'].map((what, index) => (
    <span key={what}>
      {index > 0 && ' · '}
      <Link className="name-link" to={query(`/${what}`, { vhost })}>
        {what}
      </Link>
    </span>
  ))
}

function Protection({ vhost }: { readonly vhost: Vhost }) {
  const action = useAction()
  const isProtected = vhost.protected_from_deletion === true
  const path = `${route('vhosts', vhost.name)}/deletion/protection`
  return (
    <Button
      size="xs"
      variant="default"
      loading={action.isPending}
      leftSection={isProtected ? <IconLockOpen size={15} /> : <IconLock size={15} />}
      onClick={() =>
        action.mutate({
          method: isProtected ? 'DELETE' : 'POST',
          path,
          done: `Virtual host ${vhost.name} ${isProtected ? 'can be deleted again' : 'is protected from deletion'}`,
        })
      }
    >
      {isProtected ? 'Allow deletion' : 'Protect from deletion'}
    </Button>
  )
}

function MetadataForm({ vhost }: { readonly vhost: Vhost }) {
  const [metadata, setMetadata] = useState<Metadata>({
    description: vhost.description ?? '',
    tags: vhost.tags ?? [],
    type: typeOf(vhost),
  })
  const action = useAction()
  const body = { ...metadataBody(metadata), tracing: vhost.tracing ?? false }
  return (
    <Panel title="Description">
      <form
        aria-label="Description"
        onSubmit={event => {
          event.preventDefault()
          action.mutate({
            method: 'PUT',
            path: route('vhosts', vhost.name),
            body,
            done: `Virtual host ${vhost.name} changed`,
          })
        }}
      >
        <Stack gap="sm">
          <MetadataFields value={metadata} onChange={setMetadata} />
          <Button type="submit" size="xs" w="fit-content" loading={action.isPending}>
            Save
          </Button>
        </Stack>
      </form>
    </Panel>
  )
}
