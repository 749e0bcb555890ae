/** One user: tags and password, permissions, limits; and deleting it. */
import { SimpleGrid } from '@mantine/core'
import { useNavigate, useParams } from 'react-router'
import { route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import type { Permission, TopicPermission, User } from '../../api/types'
import { DeleteButton } from '../../components/delete-button'
import { LimitsPanel } from '../../components/limits-panel'
import { Loading } from '../../components/loading'
import { Page } from '../../components/page'
import { PermissionDialog, TopicPermissionDialog } from '../../components/permission-dialogs'
import { PermissionTable } from '../../components/permission-table'
import { UserForm } from './user-form'
import { Tags } from './users-page'

export function UserPage() {
  const name = useParams()['user'] ?? ''
  const path = route('users', name)
  const { data, error, refetch } = useLive<User>(path)
  const navigate = useNavigate()
  if (data === undefined || error)
    return <Loading title={`User ${name}`} error={error} onRetry={() => void refetch()} />
  return (
    <Page
      title={`User ${name}`}
      aside={<Tags tags={data.tags} />}
      actions={
        <DeleteButton
          subject={`user ${name}`}
          consequence="Its permissions go with it, and its connections are closed."
          path={path}
          onDone={() => void navigate('/users')}
        />
      }
    >
      <PermissionsOf user={name} />
      <TopicPermissionsOf user={name} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <UserForm key={`${data.tags}`} user={data} />
        <LimitsPanel kind="user" name={name} />
      </SimpleGrid>
    </Page>
  )
}

function PermissionsOf({ user }: { readonly user: string }) {
  const { data } = useLive<readonly Permission[]>(`${route('users', user)}/permissions`)
  const action = useAction()
  return (
    <PermissionTable
      title="Permissions"
      headings={['Virtual host', 'Configure', 'Write', 'Read']}
      rows={(data ?? []).map(permission => ({
        ...permission,
        key: permission.vhost,
        subject: permission.vhost,
        patterns: [permission.configure, permission.write, permission.read],
      }))}
      empty="This user may connect to no virtual host. Set permissions in one."
      onRemove={({ vhost }) =>
        action.mutate({
          method: 'DELETE',
          path: route('permissions', vhost, user),
          done: `Permissions of ${user} in ${vhost} taken away`,
        })
      }
      dialog={(present, onClose) => (
        <PermissionDialog user={user} vhost={present?.vhost} present={present} onClose={onClose} />
      )}
    />
  )
}

function TopicPermissionsOf({ user }: { readonly user: string }) {
  const { data } = useLive<readonly TopicPermission[]>(`${route('users', user)}/topic-permissions`)
  const action = useAction()
  return (
    <PermissionTable
      title="Topic permissions"
      headings={['Virtual host', 'Exchange', 'Write', 'Read']}
      rows={(data ?? []).map(permission => ({
        ...permission,
        key: `${permission.vhost} ${permission.exchange}`,
        subject: permission.vhost,
        patterns: [permission.exchange, permission.write, permission.read],
      }))}
      empty="Routing keys are not restricted where the permissions above allow the exchange."
      onRemove={({ vhost, exchange }) =>
        action.mutate({
          method: 'DELETE',
          path: route('topic-permissions', vhost, user, exchange),
          done: `Topic permissions of ${user} in ${vhost} taken away`,
        })
      }
      dialog={(present, onClose) => (
        <TopicPermissionDialog user={user} vhost={present?.vhost} present={present} onClose={onClose} />
      )}
    />
  )
}
