/** The columns of lists of policies, and what can be done with one. */
import { ActionIcon, Badge, Group } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { Link } from 'react-router'
import { query, route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Policy } from '../../api/types'
import { confirm } from '../../components/confirm'
import type { Column } from '../../components/data-table'

export type PolicyKind = 'policies' | 'operator-policies'

export function policyColumns(
  kind: PolicyKind,
  onEdit?: (policy: Policy) => void,
): readonly Column<Policy>[] {
  const columns: Column<Policy>[] = [
    { id: 'name', header: 'Name', sort: 'name', render: policy => <b>{policy.name}</b> },
    { id: 'vhost', isWide: true, header: 'Virtual host', sort: 'vhost', render: policy => policy.vhost },
    {
      id: 'pattern',
      header: 'Pattern',
      sort: 'pattern',
      render: policy => <span className="mono">{policy.pattern}</span>,
    },
    { id: 'apply', header: 'Applies to', sort: 'apply-to', render: policy => policy['apply-to'] },
    { id: 'definition', header: 'Sets', wraps: true, render: policy => <Definition policy={policy} /> },
    {
      id: 'priority',
      header: 'Priority',
      sort: 'priority',
      isNumber: true,
      render: policy => policy.priority,
    },
    { id: 'matches', header: 'Matches', render: policy => <Matches policy={policy} /> },
  ]
  if (onEdit !== undefined)
    columns.push({
      id: 'actions',
      header: 'Actions',
      render: policy => <Actions kind={kind} policy={policy} onEdit={onEdit} />,
    })
  return columns
}

function Definition({ policy }: { readonly policy: Policy }) {
  return (
    <Group gap={4}>
      {Object.entries(policy.definition).map(([name, value]) => (
        <Badge key={name} variant="default" size="sm" radius="sm" tt="none" fw={500}>
          {name}: {typeof value === 'string' ? value : JSON.stringify(value)}
        </Badge>
      ))}
    </Group>
  )
}

/** The lists filtered by the same pattern. */
function Matches({ policy }: { readonly policy: Policy }) {
  const parameters = { vhost: policy.vhost, name: policy.pattern, use_regex: true }
  const to = policy['apply-to']
  return (
    <Group gap={8} wrap="nowrap">
      {to !== 'exchanges' && (
        <Link className="name-link" to={query('/queues', parameters)}>
          queues
        </Link>
      )}
      {(to === 'exchanges' || to === 'all') && (
        <Link className="name-link" to={query('/exchanges', parameters)}>
          exchanges
        </Link>
      )}
    </Group>
  )
}

interface ActionsProps {
  readonly kind: PolicyKind
  readonly policy: Policy
  readonly onEdit: (policy: Policy) => void
}

function Actions({ kind, policy, onEdit }: ActionsProps) {
  const action = useAction()
  const { name, vhost } = policy
  const noun = kind === 'policies' ? 'policy' : 'operator policy'
  const remove = () =>
    action.mutate({ method: 'DELETE', path: route(kind, vhost, name), done: `${noun} ${name} deleted` })
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        size="sm"
        variant="subtle"
        aria-label={`Change ${noun} ${name}`}
        onClick={() => onEdit(policy)}
      >
        <IconPencil size={15} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="red"
        aria-label={`Delete ${noun} ${name}`}
        onClick={() =>
          confirm({
            title: `Delete ${noun} ${name}?`,
            what: `What it sets for names matching ${policy.pattern} in ${vhost} ends at once.`,
            verb: 'Delete',
            action: remove,
          })
        }
      >
        <IconTrash size={15} />
      </ActionIcon>
    </Group>
  )
}
