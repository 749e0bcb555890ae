/**
 * The messages of a queue as they lie there: looking takes nothing out and marks nothing. Those that wait, those that are
 * out with consumers, a search through all of them, and what can be done with the ones chosen.
 */
import { Button, Center, Group, Loader, SegmentedControl, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { query, route } from '../../api/client'
import { useOnce } from '../../api/hooks'
import type { PeekedMessage, PeekedPage } from '../../api/message-types'
import { DataTable } from '../../components/data-table'
import { Empty } from '../../components/empty'
import { Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { count, plural } from '../../format/numbers'
import { type Asked, useAsked } from './asked'
import { columnsFor } from './message-columns'
import { MoveDialog } from './move-dialog'
import { type OpenedMessage, PeekDrawer, wholeBytesMax } from './peek-drawer'
import { RedriveDialog } from './redrive-dialog'
import { type SearchOn, useSearchOn } from './use-search-on'

const limit = 50
const truncate = 4096
const restMs = 300

interface Props {
  readonly vhost: string
  readonly queue: string
}

export function MessagesPanel({ vhost, queue }: Props) {
  const [asked, ask] = useAsked()
  const path = `${route('queues', vhost, queue)}/messages`
  const look = useOnce<PeekedPage>(query(path, { ...asked, limit, truncate }))
  const [opened, setOpened] = useState<OpenedMessage>()
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const [dialog, setDialog] = useState<'move' | 'redrive'>()
  const searchOn = useSearchOn(look.isFetching ? undefined : look.data, asked, ask)
  const items = look.data?.items ?? []
  const chosen = items.filter(row => selected.has(keyOf(row)))
  const open = (message: PeekedMessage) =>
    setOpened({ message, wholePath: wholePath(path, asked, items.indexOf(message)) })
  const forDialogs = {
    vhost,
    queue,
    messages: chosen,
    onClose: () => setDialog(undefined),
    onDone: () => select(new Set()),
  }
  return (
    <Panel isFlush>
      <Group px="md" py="sm" gap="sm" justify="space-between">
        <Filter asked={asked} ask={ask} />
        <Verbs
          chosen={chosen.length}
          hasWaiting={asked.state !== 'unacked'}
          isLooking={look.isFetching}
          onLook={() => void look.refetch()}
          onDialog={setDialog}
        />
      </Group>
      {look.error !== null || look.data === undefined ? (
        <Unseen error={look.error} onRetry={() => void look.refetch()} />
      ) : items.length === 0 ? (
        <Nothing asked={asked} page={look.data} isGoing={searchOn.isGoing} />
      ) : (
        <DataTable
          label="messages"
          columns={columnsFor(asked.state, open)}
          rows={items}
          keyOf={keyOf}
          nameOf={row => `message ${row.position}`}
          // what is out with consumers is theirs: only what waits can be moved
          {...(asked.state === 'ready' && { selected, onSelect: select })}
        />
      )}
      {look.data !== undefined && (
        <Turner page={look.data} ask={ask} isSearched={asked.search !== ''} searchOn={searchOn} />
      )}
      <PeekDrawer opened={opened} onClose={() => setOpened(undefined)} />
      <MoveDialog {...forDialogs} isOpen={dialog === 'move'} />
      <RedriveDialog {...forDialogs} isOpen={dialog === 'redrive'} />
    </Panel>
  )
}

function Unseen({ error, onRetry }: { readonly error: Error | null; readonly onRetry: () => void }) {
  if (error === null)
    return (
      <Center py={64}>
        <Loader size="sm" aria-label="Loading messages" />
      </Center>
    )
  return (
    <div className="panel-body">
      <Problem error={error} onRetry={onRetry} />
    </div>
  )
}

/** Of what was searched for only the server knows where it is: then those before it come along. */
function wholePath(path: string, asked: Asked, index: number): string {
  const where = asked.search === '' ? { offset: asked.offset + index, limit: 1 } : { limit: index + 1 }
  return query(path, { ...asked, ...where, truncate: wholeBytesMax })
}

interface VerbsProps {
  readonly chosen: number
  /** Only what waits can be moved. */
  readonly hasWaiting: boolean
  readonly isLooking: boolean
  readonly onLook: () => void
  readonly onDialog: (dialog: 'move' | 'redrive') => void
}

function Verbs({ chosen, hasWaiting, isLooking, onLook, onDialog }: VerbsProps) {
  const many = chosen > 0 ? ` ${chosen}` : ''
  return (
    <Group gap="xs">
      <Button size="xs" variant="default" onClick={onLook} loading={isLooking}>
        Look again
      </Button>
      {hasWaiting && (
        <>
          <Button size="xs" variant="default" onClick={() => onDialog('move')}>
            {`Move or copy${many}…`}
          </Button>
          <Button size="xs" variant="default" onClick={() => onDialog('redrive')}>
            {`Redrive${many}…`}
          </Button>
        </>
      )}
    </Group>
  )
}

function Filter({ asked, ask }: { readonly asked: Asked; readonly ask: (changes: Partial<Asked>) => void }) {
  const [text, setText] = useState(asked.search)
  const search = useDebouncedCallback((next: string) => ask({ search: next }), restMs)
  return (
    <Group gap="sm">
      <TextInput
        data-search=""
        size="xs"
        w={280}
        type="search"
        aria-label="Search messages"
        placeholder="Routing key, header or payload"
        leftSection={<IconSearch size={14} aria-hidden="true" />}
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

interface TurnerProps {
  readonly page: PeekedPage
  readonly ask: (changes: Partial<Asked>) => void
  readonly isSearched: boolean
  readonly searchOn: SearchOn
}

function Turner({ page, ask, isSearched, searchOn }: TurnerProps) {
  const { offset, next_offset: next } = page
  return (
    <Group px="md" py="xs" justify="space-between" className="pager">
      <Text fz="xs" className="quiet" role="status">
        {whereOf(page, isSearched)}
      </Text>
      <Group gap="xs">
        <Button size="compact-xs" variant="default" disabled={offset === 0} onClick={() => ask({})}>
          First
        </Button>
        {searchOn.isGoing && page.items.length === 0 && next !== null && (
          <Button size="compact-xs" variant="default" onClick={searchOn.stop}>
            Stop
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          disabled={next === null}
          onClick={() => {
            searchOn.resume()
            ask({ offset: next ?? 0 })
          }}
        >
          {isSearched ? 'Search on' : 'Next'}
        </Button>
      </Group>
    </Group>
  )
}

function whereOf({ items, offset, total, scanned }: PeekedPage, isSearched: boolean): string {
  const of = `of ${plural(total, 'message')}`
  if (isSearched) return `${count(items.length)} found in numbers ${range(offset, scanned)} ${of}`
  return items.length === 0 ? plural(total, 'message') : `Numbers ${range(offset, items.length)} ${of}`
}

/** As people count: from one on. */
function range(offset: number, length: number): string {
  return `${count(length === 0 ? offset : offset + 1)}–${count(offset + length)}`
}

interface NothingProps {
  readonly asked: Asked
  readonly page: PeekedPage
  readonly isGoing: boolean
}

function Nothing({ asked, page, isGoing }: NothingProps) {
  if (page.next_offset !== null && isGoing)
    return <Empty title="Nothing found so far">The search goes on until it is stopped below.</Empty>
  if (page.next_offset !== null)
    return <Empty title="Nothing found so far">Search on below, or for something else.</Empty>
  if (asked.search !== '') return <Empty title="Nothing found">No message here has that in it.</Empty>
  if (asked.offset > 0)
    return <Empty title="No more messages">Those that were here have left the queue.</Empty>
  if (asked.state === 'unacked')
    return <Empty title="Nothing is out">What consumers got and have not acknowledged appears here.</Empty>
  return <Empty title="No messages">What is published to this queue and not taken waits here.</Empty>
}

function keyOf(message: PeekedMessage): string {
  return String(message.position)
}
