/** Who may do what in one virtual host. */
import { Link } from 'react-router'
import { route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import type { Permission, TopicPermission } from '../../api/types'
import { PermissionDialog, TopicPermissionDialog } from '../../components/permission-dialogs'
import { PermissionTable } from '../../components/permission-table'

export function PermissionsIn({ vhost }: { readonly vhost: string }) {
  const { data } = useLive<readonly Permission[]>(`${route('vhosts', vhost)}/permissions`)
  const action = useAction()
  return (
    <PermissionTable
      title="Permissions"
      headings={['User', 'Configure', 'Write', 'Read']}
      rows={(data ?? []).map(permission => ({
        ...permission,
        key: permission.user,
        subject: <UserLink name={permission.user} />,
        patterns: [permission.configure, permission.write, permission.read],
      }))}
      empty="No user may connect to this virtual host. Set permissions for one."
      onRemove={({ user }) =>
        action.mutate({
          method: 'DELETE',
          path: route('permissions', vhost, user),
          done: `Permissions of ${user} in ${vhost} taken away`,
        })
      }
      dialog={(present, onClose) => (
        <PermissionDialog user={present?.user} vhost={vhost} present={present} onClose={onClose} />
      )}
    />
  )
}

export function TopicPermissionsIn({ vhost }: { readonly vhost: string }) {
  const { data } = useLive<readonly TopicPermission[]>(`${route('vhosts', vhost)}/topic-permissions`)
  const action = useAction()
  return (
    <PermissionTable
      title="Topic permissions"
      headings={['User', 'Exchange', 'Write', 'Read']}
      rows={(data ?? []).map(permission => ({
        ...permission,
        key: `${permission.user} ${permission.exchange}`,
        subject: <UserLink name={permission.user} />,
        patterns: [permission.exchange, permission.write, permission.read],
      }))}
      empty="Routing keys are not restricted where the permissions above allow the exchange."
      onRemove={({ user, exchange }) =>
        action.mutate({
          method: 'DELETE',
          path: route('topic-permissions', vhost, user, exchange),
          done: `Topic permissions of ${user} in ${vhost} taken away`,
        })
      }
      dialog={(present, onClose) => (
        <TopicPermissionDialog user={present?.user} vhost={vhost} present={present} onClose={onClose} />
      )}
    />
  )
}

function UserLink({ name }: { readonly name: string }) {
  return (
    <Link className="name-link" to={route('users', name)}>
      {name}
    </Link>
  )
}
