/**
 * The messages of a queue as they lie there: looking takes nothing out and marks nothing. Those that wait, those that are
 * out with consumers, a search through all of them, and what can be done with the ones chosen.
 */
import { Button, Center, Group, Loader, SegmentedControl, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { query, route } from '../../api/client'
import { useOnce } from '../../api/hooks'
import type { PeekedMessage, PeekedPage } from '../../api/message-types'
import { type Column, DataTable } from '../../components/data-table'
import { Empty } from '../../components/empty'
import { MessageDrawer } from '../../components/message-drawer'
import { Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { State } from '../../components/state'
import { bytes, count, duration } from '../../format/numbers'
import { MoveDialog } from './move-dialog'
import { RedriveDialog } from './redrive-dialog'

const limit = 50
const previewLength = 120

interface Props {
  readonly vhost: string
  readonly queue: string
}

export function MessagesPanel({ vhost, queue }: Props) {
  const [asked, ask] = useAsked()
  const path = query(`${route('queues', vhost, queue)}/messages`, { ...asked, limit, truncate: 4096 })
  const look = useOnce<PeekedPage>(path)
  const [open, setOpen] = useState<PeekedMessage>()
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const [dialog, setDialog] = useState<'move' | 'redrive'>()
  const chosen = (look.data?.items ?? []).filter(row => selected.has(keyOf(row)))
  const isSearched = asked.search !== ''
  const forDialogs = {
    vhost,
    queue,
    messages: chosen,
    onClose: () => setDialog(undefined),
    onDone: () => {
      select(new Set())
      void look.refetch()
    },
  }
  return (
    <Panel isFlush>
      <Group px="md" py="sm" gap="sm" justify="space-between">
        <Filter asked={asked} ask={ask} />
        <Verbs
          chosen={chosen.length}
          isLooking={look.isFetching}
          onLook={() => void look.refetch()}
          onDialog={setDialog}
        />
      </Group>
      {look.error !== null ? (
        <div className="panel-body">
          <Problem error={look.error} onRetry={() => void look.refetch()} />
        </div>
      ) : look.data === undefined ? (
        <Center py={64}>
          <Loader size="sm" aria-label="Loading messages" />
        </Center>
      ) : look.data.items.length === 0 ? (
        <Nothing isSearched={isSearched} />
      ) : (
        <DataTable
          label="messages"
          columns={columnsFor(asked.state, setOpen)}
          rows={look.data.items}
          keyOf={keyOf}
          nameOf={row => `message ${row.position}`}
          selected={selected}
          onSelect={select}
        />
      )}
      {look.data !== undefined && <Turner page={look.data} ask={ask} isSearched={isSearched} />}
      <MessageDrawer message={open} onClose={() => setOpen(undefined)} />
      <MoveDialog {...forDialogs} isOpen={dialog === 'move'} />
      <RedriveDialog {...forDialogs} isOpen={dialog === 'redrive'} />
    </Panel>
  )
}

interface VerbsProps {
  readonly chosen: number
  readonly isLooking: boolean
  readonly onLook: () => void
  readonly onDialog: (dialog: 'move' | 'redrive') => void
}

function Verbs({ chosen, isLooking, onLook, onDialog }: VerbsProps) {
  const many = chosen > 0 ? ` ${chosen}` : ''
  return (
    <Group gap="xs">
      <Button size="xs" variant="default" onClick={onLook} loading={isLooking}>
        Look again
      </Button>
      <Button size="xs" variant="default" onClick={() => onDialog('move')}>
        {`Move or copy${many}…`}
      </Button>
      <Button size="xs" variant="default" onClick={() => onDialog('redrive')}>
        {`Redrive${many}…`}
      </Button>
    </Group>
  )
}

interface Asked extends Record<string, string | number> {
  readonly state: string
  readonly search: string
  readonly offset: number
}

/** Kept in the address; everything but turning the page begins anew. */
function useAsked(): [Asked, (changes: Partial<Asked>) => void] {
  const [search, setSearch] = useSearchParams()
  const asked = {
    state: search.get('state') ?? 'ready',
    search: search.get('search') ?? '',
    offset: Math.max(0, Number(search.get('offset')) || 0),
  }
  const ask = (changes: Partial<Asked>) =>
    setSearch(
      before => {
        const next = new URLSearchParams(before)
        for (const [name, value] of Object.entries({ offset: 0, ...changes })) {
          if (value === '' || value === 0 || value === 'ready') next.delete(name)
          else next.set(name, String(value))
        }
        return next
      },
      { replace: true },
    )
  return [asked, ask]
}

function Filter({ asked, ask }: { readonly asked: Asked; readonly ask: (changes: Partial<Asked>) => void }) {
  const [text, setText] = useState(asked.search)
  const search = useDebouncedCallback((next: string) => ask({ search: next }), 300)
  return (
    <Group gap="sm">
      <TextInput
        size="xs"
        w={280}
        type="search"
        aria-label="Search messages"
        placeholder="Routing key, header or payload"
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={event => {
          setText(event.currentTarget.value)
          search(event.currentTarget.value)
        }}
      />
      <SegmentedControl
        size="xs"
        aria-label="Which messages"
        data={[
          { value: 'ready', label: 'Ready' },
          { value: 'unacked', label: 'Unacked' },
          { value: 'all', label: 'All' },
        ]}
        value={asked.state}
        onChange={state => ask({ state })}
      />
    </Group>
  )
}

function columnsFor(state: string, open: (message: PeekedMessage) => void): readonly Column<PeekedMessage>[] {
  return [
    {
      id: 'position',
      header: 'Position',
      isNumber: true,
      render: message => (
        <button type="button" className="link-button" onClick={() => open(message)}>
          {count(message.position)}
        </button>
      ),
    },
    ...(state === 'ready' ? [] : stateColumns),
    {
      id: 'exchange',
      header: 'Exchange',
      render: ({ exchange }) => (exchange === '' ? '(default)' : exchange),
    },
    {
      id: 'key',
      header: 'Routing key',
      render: message => <span className="mono">{message.routing_key}</span>,
    },
    {
      id: 'redelivered',
      header: 'Redelivered',
      render: message => (message.redelivered ? 'yes' : ''),
    },
    { id: 'size', header: 'Size', isNumber: true, render: message => bytes(message.payload_bytes) },
    {
      id: 'payload',
      header: 'Payload',
      wraps: true,
      render: message => <span className="mono preview">{previewOf(message)}</span>,
    },
  ]
}

const stateColumns: readonly Column<PeekedMessage>[] = [
  { id: 'state', header: 'State', render: message => <State value={message.state} /> },
  {
    id: 'consumer',
    header: 'Consumer',
    render: ({ consumer_tag: tag, channel }) => (
      <>
        <span className="mono">{tag}</span>
        {channel !== undefined && (
          <div>
            <Link className="name-link" to={route('channels', channel)}>
              {channel}
            </Link>
          </div>
        )}
      </>
    ),
  },
  {
    id: 'age',
    header: 'Out for',
    isNumber: true,
    render: ({ unacked_for_ms: age }) => (age === undefined ? '' : duration(age)),
  },
]

function previewOf({ payload, payload_encoding: encoding }: PeekedMessage): string {
  const text = payload.replace(/\s+/g, ' ')
  const cut = text.length > previewLength ? `${text.slice(0, previewLength)}…` : text
  return encoding === 'base64' ? `base64 ${cut}` : cut
}

interface TurnerProps {
  readonly page: PeekedPage
  readonly ask: (changes: Partial<Asked>) => void
  readonly isSearched: boolean
}

function Turner({ page, ask, isSearched }: TurnerProps) {
  const { items, offset, total, next_offset: next, scanned } = page
  return (
    <Group px="md" py="xs" justify="space-between" className="pager">
      <Text fz="xs" className="quiet" role="status">
        {isSearched
          ? `${count(items.length)} found in ${count(scanned)} messages looked at, of ${count(total)}`
          : `${count(items.length)} of ${count(total)} messages, from number ${count(offset + 1)} on`}
      </Text>
      <Group gap="xs">
        <Button
          size="compact-xs"
          variant="default"
          disabled={offset === 0}
          onClick={() => ask({ offset: 0 })}
        >
          First
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={next === null}
          onClick={() => ask({ offset: next ?? 0 })}
        >
          {isSearched ? 'Search on' : 'Next'}
        </Button>
      </Group>
    </Group>
  )
}

function Nothing({ isSearched }: { readonly isSearched: boolean }): ReactNode {
  if (isSearched) return <Empty title="Nothing found">Search on below, or for something else.</Empty>
  return <Empty title="No messages">What is published to this queue and not taken waits here.</Empty>
}

function keyOf(message: PeekedMessage): string {
  return String(message.position)
}
