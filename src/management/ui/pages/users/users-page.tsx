/** All users: made here, and changed each on a page of their own. */
import { Badge, Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { Link } from 'react-router'
import { route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import { useList } from '../../api/list'
import { useUser } from '../../api/session'
import type { Permission, User } from '../../api/types'
import type { Column } from '../../components/data-table'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { BulkButton, SelectionBar } from '../../components/selection'
import { CreateUser } from './create-user'

export function UsersPage() {
  const [isOpen, { open, close }] = useDisclosure(false)
  const { isAdministrator } = useUser()
  const list = useList<User>('/users', { sort: 'name' })
  const { data: permissions } = useLive<readonly Permission[]>('/permissions')
  return (
    <Page
      title="Users"
      actions={
        isAdministrator && (
          <Button size="xs" leftSection={<IconPlus size={15} />} onClick={open}>
            Create user
          </Button>
        )
      }
    >
      <ListView
        what="users"
        list={list}
        columns={columnsOf(permissions ?? [])}
        keyOf={user => user.name}
        empty={<>Create a user, then give it permissions in a virtual host.</>}
        selection={(rows, clear) => <Selected users={rows} onDone={clear} />}
      />
      {isOpen && <CreateUser onClose={close} />}
    </Page>
  )
}

function columnsOf(permissions: readonly Permission[]): readonly Column<User>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      sort: 'name',
      render: user => (
        <Link className="name-link" to={route('users', user.name)}>
          {user.name}
        </Link>
      ),
    },
    { id: 'tags', header: 'Tags', render: user => <Tags tags={user.tags} /> },
    {
      id: 'vhosts',
      header: 'May access',
      wraps: true,
      render: user => {
        const vhosts = permissions
          .filter(permission => permission.user === user.name)
          .map(({ vhost }) => vhost)
        return vhosts.length === 0 ? <span className="quiet">no virtual host</span> : vhosts.join(', ')
      },
    },
    {
      id: 'password',
      isWide: true,
      header: 'Password',
      render: user => (user.password_hash === '' ? <span className="quiet">none</span> : 'set'),
    },
    {
      id: 'limits',
      header: 'Limits',
      render: user =>
        Object.entries(user.limits ?? {})
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
    },
  ]
}

export function Tags({ tags }: { readonly tags: readonly string[] }) {
  if (tags.length === 0) return <span className="quiet">none</span>
  return (
    <Group gap={4} wrap="nowrap">
      {tags.map(tag => (
        <Badge key={tag} size="sm" variant="default" tt="none" fw={500}>
          {tag}
        </Badge>
      ))}
    </Group>
  )
}

function Selected({ users, onDone }: { users: readonly User[]; onDone: () => void }) {
  const action = useAction()
  const deleting = users.map(({ name }) => ({
    method: 'DELETE' as const,
    path: route('users', name),
    done: `User ${name} deleted`,
  }))
  return (
    <SelectionBar selected={users.length}>
      <BulkButton
        verb="Delete"
        noun={['user', 'users']}
        names={users.map(({ name }) => name)}
        consequence="permissions go too, and connections are closed."
        icon={<IconTrash size={15} />}
        action={() => action.mutate(deleting, { onSettled: onDone })}
      />
    </SelectionBar>
  )
}
