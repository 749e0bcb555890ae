/** All virtual hosts: made here, and changed each on a page of their own. */
import { Badge, Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLock, IconPlus } from '@tabler/icons-react'
import { Link } from 'react-router'
import { route } from '../../api/client'
import { useList } from '../../api/list'
import { useUser } from '../../api/session'
import type { Vhost } from '../../api/types'
import type { Column } from '../../components/data-table'
import { Figure } from '../../components/figure'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { byteRate, count, rate } from '../../format/numbers'
import { rateOf } from '../../format/stats'
import { CreateVhost } from './create-vhost'

const columns: readonly Column<Vhost>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    render: vhost => (
      <Group gap={6} wrap="nowrap">
        <Link className="name-link" to={route('vhosts', vhost.name)}>
          {vhost.name}
        </Link>
        {vhost.protected_from_deletion && (
          <IconLock size={14} aria-label="protected from deletion" role="img" />
        )}
      </Group>
    ),
  },
  {
    id: 'description',
    isWide: true,
    header: 'Description',
    wraps: true,
    render: vhost => vhost.description ?? '',
  },
  {
    id: 'tags',
    isWide: true,
    header: 'Tags',
    render: ({ tags }) => (
      <Group gap={4} wrap="nowrap">
        {(tags ?? []).map(tag => (
          <Badge key={tag} size="sm" variant="default" tt="none" fw={500}>
            {tag}
          </Badge>
        ))}
      </Group>
    ),
  },
  { id: 'type', header: 'Default type', isOptional: true, render: typeOf },
  {
    id: 'ready',
    header: 'Ready',
    sort: 'messages_ready',
    isNumber: true,
    render: v => <Figure value={v.messages_ready} format={count} />,
  },
  {
    id: 'unacked',
    header: 'Unacked',
    sort: 'messages_unacknowledged',
    isNumber: true,
    render: vhost => <Figure value={vhost.messages_unacknowledged} format={count} />,
  },
  {
    id: 'total',
    header: 'Total',
    sort: 'messages',
    isNumber: true,
    render: vhost => <Figure value={vhost.messages} format={count} />,
  },
  {
    id: 'publish',
    header: 'Publish',
    sort: 'message_stats.publish_details.rate',
    isNumber: true,
    render: vhost => <Figure value={rateOf(vhost.message_stats, 'publish')} format={rate} />,
  },
  {
    id: 'deliver',
    header: 'Deliver / get',
    sort: 'message_stats.deliver_get_details.rate',
    isNumber: true,
    render: vhost => <Figure value={rateOf(vhost.message_stats, 'deliver_get')} format={rate} />,
  },
  {
    id: 'received',
    header: 'From clients',
    sort: 'recv_oct_details.rate',
    isNumber: true,
    render: vhost => <Figure value={vhost.recv_oct_details?.rate} format={byteRate} />,
  },
  {
    id: 'sent',
    header: 'To clients',
    sort: 'send_oct_details.rate',
    isNumber: true,
    render: vhost => <Figure value={vhost.send_oct_details?.rate} format={byteRate} />,
  },
]

export function VhostsPage() {
  const [isOpen, { open, close }] = useDisclosure(false)
  const { isAdministrator } = useUser()
  const list = useList<Vhost>('/vhosts', { sort: 'name' })
  return (
    <Page
      title="Virtual hosts"
      actions={
        isAdministrator && (
          <Button size="xs" leftSection={<IconPlus size={15} />} onClick={open}>
            Create virtual host
          </Button>
        )
      }
    >
      <ListView
        what="virtual hosts"
        list={list}
        columns={columns}
        keyOf={vhost => vhost.name}
        empty={<>You have no permissions in any virtual host. An administrator can set them.</>}
      />
      {isOpen && <CreateVhost onClose={close} />}
    </Page>
  )
}

/** RabbitMQ writes "undefined" where none was set. */
export function typeOf({ default_queue_type }: Vhost): string {
  return default_queue_type === undefined || default_queue_type === 'undefined'
    ? 'classic'
    : default_queue_type
}
