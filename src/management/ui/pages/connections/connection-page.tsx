/** One connection: who is at the other end, what was agreed, its channels, what flows; and closing it. */
import { Button, SimpleGrid, TextInput } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { query, request, route } from '../../api/client'
import { queries, useLive } from '../../api/hooks'
import type { Channel, Connection } from '../../api/types'
import { DataRatesChart } from '../../components/data-rates-chart'
import { DataTable } from '../../components/data-table'
import { Empty } from '../../components/empty'
import { ArgumentFacts, type Fact, Facts } from '../../components/facts'
import { FormModal } from '../../components/form-modal'
import { Loading } from '../../components/loading'
import { Page, Panel } from '../../components/page'
import { historyOf, RangeChooser, useRange } from '../../components/range'
import { State } from '../../components/state'
import { bytes, count, dateTime, duration, since } from '../../format/numbers'
import { channelColumns } from '../channels/channel-columns'

/** What all channels of a connection share is told above them. */
const ownColumns = channelColumns.filter(
  ({ id, isOptional }) => !isOptional && id !== 'vhost' && id !== 'user',
)

export function ConnectionPage() {
  const name = useParams()['name'] ?? ''
  const [range, chooseRange] = useRange()
  const path = route('connections', name)
  const { data, error, refetch } = useLive<Connection>(query(path, historyOf(range, 'data_rates')))
  const channels = useLive<readonly Channel[]>(`${path}/channels`)
  if (data === undefined || error)
    return <Loading title={`Connection ${name}`} error={error} onRetry={() => void refetch()} />
  return (
    <Page
      title={data.user_provided_name ?? name}
      hint={data.user_provided_name === undefined ? undefined : name}
      aside={<State value={data.state} />}
      actions={
        <>
          <RangeChooser range={range} onChange={chooseRange} />
          <CloseConnection name={name} />
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel title="Connection">
          <Facts facts={factsOf(data)} />
        </Panel>
        <Panel title="Client properties">
          <ArgumentFacts value={data.client_properties} />
        </Panel>
      </SimpleGrid>
      <Panel title="Data rates">
        <DataRatesChart words={range.words} received={data.recv_oct_details} sent={data.send_oct_details} />
      </Panel>
      <Panel title="Channels" isFlush>
        {channels.data?.length === 0 ? (
          <Empty title="No channels">The client has opened none yet.</Empty>
        ) : (
          <DataTable
            label="Channels"
            columns={ownColumns}
            rows={channels.data ?? []}
            keyOf={channel => channel.name}
          />
        )}
      </Panel>
    </Page>
  )
}

function factsOf(connection: Connection): Fact[] {
  return [
    ['User', connection.user],
    ['Virtual host', connection.vhost],
    ['From', `${connection.peer_host}:${connection.peer_port}`],
    ['To', `${connection.host}:${connection.port}`],
    ['Connected', `${dateTime(connection.connected_at)} (${since(connection.connected_at)})`],
    ['Protocol', connection.protocol],
    ['Login', connection.auth_mechanism],
    [
      'TLS',
      connection.ssl
        ? [connection.ssl_protocol, connection.ssl_cipher].filter(Boolean).join(' ') || 'yes'
        : 'no',
    ],
    ['Client certificate', connection.peer_cert_subject ?? undefined],
    ['Heartbeat', connection.timeout === 0 ? 'none' : duration(connection.timeout * 1000)],
    ['Frames up to', bytes(connection.frame_max)],
    ['Channels up to', count(connection.channel_max)],
    ['Received · sent', `${bytes(connection.recv_oct)} · ${bytes(connection.send_oct)}`],
  ]
}

function CloseConnection({ name }: { readonly name: string }) {
  const [isOpen, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const navigate = useNavigate()
  const close = async () => {
    await request(
      'DELETE',
      route('connections', name),
      undefined,
      reason === '' ? {} : { headers: { 'x-reason': reason } },
    )
    await queries.invalidateQueries({ queryKey: ['api', '/connections'] })
    void navigate('/connections')
  }
  return (
    <>
      <Button
        size="xs"
        color="red"
        variant="light"
        leftSection={<IconPlugConnectedX size={15} />}
        onClick={() => setOpen(true)}
      >
        Close connection
      </Button>
      <FormModal
        title={`Close connection ${name}?`}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        verb="Close connection"
        isDangerous
        onSubmit={close}
      >
        <TextInput
          label="Reason"
          description="The client is told, and the log"
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
          data-autofocus
        />
      </FormModal>
    </>
  )
}
