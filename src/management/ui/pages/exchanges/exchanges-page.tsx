/** All exchanges, a page at a time: made, and those selected deleted. */
import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { Link } from 'react-router'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import { useList } from '../../api/list'
import type { Exchange } from '../../api/types'
import { inVhost, useVhost } from '../../api/vhost'
import type { Column } from '../../components/data-table'
import { Features } from '../../components/feature'
import { Figure } from '../../components/figure'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { BulkButton, SelectionBar } from '../../components/selection'
import { rate } from '../../format/numbers'
import { rateOf } from '../../format/stats'
import { CreateExchange } from './create-exchange'

const columns: readonly Column<Exchange>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    render: exchange => (
      <Link className="name-link" to={pathOf(exchange)}>
        {exchange.name === '' ? '(default)' : exchange.name}
      </Link>
    ),
  },
  { id: 'vhost', isWide: true, header: 'Virtual host', sort: 'vhost', render: exchange => exchange.vhost },
  { id: 'type', header: 'Type', sort: 'type', render: exchange => exchange.type },
  { id: 'features', isWide: true, header: 'Features', render: exchange => <Features features={exchange} /> },
  {
    id: 'in',
    header: 'In',
    title: 'Messages published to it',
    sort: 'message_stats.publish_in_details.rate',
    isNumber: true,
    render: exchange => <Figure value={rateOf(exchange.message_stats, 'publish_in')} format={rate} />,
  },
  {
    id: 'out',
    header: 'Out',
    title: 'Messages it gave to queues',
    sort: 'message_stats.publish_out_details.rate',
    isNumber: true,
    render: exchange => <Figure value={rateOf(exchange.message_stats, 'publish_out')} format={rate} />,
  },
]

export function ExchangesPage() {
  const [vhost] = useVhost()
  const [isOpen, { open, close }] = useDisclosure(false)
  const list = useList<Exchange>(inVhost('exchanges', vhost), { sort: 'name' })
  return (
    <Page
      title="Exchanges"
      actions={
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={open}>
          Create exchange
        </Button>
      }
    >
      <ListView
        what="exchanges"
        list={list}
        columns={columns}
        keyOf={exchange => JSON.stringify([exchange.vhost, exchange.name])}
        nameOf={exchange => exchange.name || '(default)'}
        empty={
          <>Choose another virtual host, or create an exchange: it decides which queues get a message.</>
        }
        selection={(rows, clear) => <Selected exchanges={rows} onDone={clear} />}
      />
      {isOpen && <CreateExchange onClose={close} />}
    </Page>
  )
}

function Selected({ exchanges, onDone }: { exchanges: readonly Exchange[]; onDone: () => void }) {
  const action = useAction()
  const deleting = exchanges.map(exchange => ({
    method: 'DELETE' as const,
    path: pathOf(exchange),
    done: `Exchange ${exchange.name} deleted`,
  }))
  return (
    <SelectionBar selected={exchanges.length}>
      <BulkButton
        verb="Delete"
        noun={['exchange', 'exchanges']}
        names={exchanges.map(({ name }) => name || '(default)')}
        consequence="bindings go too, and what is published there afterwards is refused."
        icon={<IconTrash size={15} />}
        action={() => action.mutate(deleting, { onSettled: onDone })}
      />
    </SelectionBar>
  )
}

/** The API's name for the default exchange, whose own is empty. */
function pathOf({ vhost, name }: Exchange): string {
  return route('exchanges', vhost, name === '' ? 'amq.default' : name)
}
