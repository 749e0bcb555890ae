/** Every limit of a virtual host or a user: how much each may have at most, shown, set and lifted. */
import { ActionIcon, Button, NumberInput, Select, SimpleGrid, Table } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction, useLive } from '../../api/hooks'
import type { User, UserLimits, VhostLimits } from '../../api/types'
import { Empty } from '../../components/empty'
import { FormModal } from '../../components/form-modal'
import { type LimitKind, limitNames } from '../../components/limits-panel'
import { Page, Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { useVhostNames } from '../../components/vhost-field'
import { count } from '../../format/numbers'

const words = {
  vhost: { title: 'Limits of virtual hosts', one: 'Virtual host' },
  user: { title: 'Limits of users', one: 'User' },
} as const

export function LimitsPage() {
  return (
    <Page
      title="Limits"
      hint="What is asked for beyond a limit is refused; what is there already stays. A negative limit is none."
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Limits kind="vhost" />
        <Limits kind="user" />
      </SimpleGrid>
    </Page>
  )
}

interface Row {
  readonly subject: string
  readonly limit: string
  readonly value: number
}

function Limits({ kind }: { readonly kind: LimitKind }) {
  const { data, error, refetch } = useLive<readonly (UserLimits | VhostLimits)[]>(`/${kind}-limits`)
  const [isOpen, setOpen] = useState(false)
  const rows = (data ?? []).flatMap(rowsOf)
  return (
    <Panel
      title={words[kind].title}
      isFlush
      actions={
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} />}
          onClick={() => setOpen(true)}
        >
          Set a limit of a {words[kind].one.toLowerCase()}
        </Button>
      }
    >
      {error !== null ? (
        <Problem error={error} onRetry={() => void refetch()} />
      ) : rows.length === 0 ? (
        <Empty title="No limits">Set one where a runaway application must not take everything.</Empty>
      ) : (
        <LimitTable kind={kind} rows={rows} />
      )}
      {isOpen && <LimitDialog kind={kind} onClose={() => setOpen(false)} />}
    </Panel>
  )
}

function rowsOf(limits: UserLimits | VhostLimits): Row[] {
  const subject = 'user' in limits ? limits.user : limits.vhost
  return Object.entries(limits.value).map(([limit, value]) => ({ subject, limit, value }))
}

function LimitTable({ kind, rows }: { readonly kind: LimitKind; readonly rows: readonly Row[] }) {
  const action = useAction()
  return (
    <Table className="grid-table" verticalSpacing={6} horizontalSpacing="md" aria-label={words[kind].title}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{words[kind].one}</Table.Th>
          <Table.Th scope="col">Limit</Table.Th>
          <Table.Th scope="col" className="number">
            At most
          </Table.Th>
          <Table.Th scope="col">Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ subject, limit, value }) => (
          <Table.Tr key={`${subject} ${limit}`}>
            <Table.Td>{subject}</Table.Td>
            <Table.Td>{limit}</Table.Td>
            <Table.Td className="number">{value < 0 ? 'no limit' : count(value)}</Table.Td>
            <Table.Td>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="red"
                aria-label={`Lift ${limit} of ${subject}`}
                onClick={() =>
                  action.mutate({
                    method: 'DELETE',
                    path: route(`${kind}-limits`, subject, limit),
                    done: `Limit ${limit} of ${subject} lifted`,
                  })
                }
              >
                <IconTrash size={15} />
              </ActionIcon>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function LimitDialog({ kind, onClose }: { readonly kind: LimitKind; readonly onClose: () => void }) {
  const users = useLive<readonly User[]>(kind === 'user' ? '/users' : undefined)
  const vhosts = useVhostNames()
  const subjects = kind === 'user' ? (users.data ?? []).map(({ name }) => name) : vhosts
  const [subject, setSubject] = useState<string | null>(null)
  const [limit, setLimit] = useState<string | null>('max-connections')
  const [value, setValue] = useState<string | number>('')
  const action = useAction({ isQuiet: true })
  const submit = () =>
    action.mutateAsync({
      method: 'PUT',
      path: route(`${kind}-limits`, subject ?? '', limit ?? ''),
      body: { value },
      done: `Limit ${limit} of ${subject} set to ${value}`,
    })
  return (
    <FormModal
      title={`Set a limit of a ${words[kind].one.toLowerCase()}`}
      isOpen
      onClose={onClose}
      verb="Set limit"
      onSubmit={submit}
    >
      <Select
        label={words[kind].one}
        required
        searchable
        data={subjects}
        value={subject}
        onChange={setSubject}
      />
      <Select label="Limit" data={Object.keys(limitNames[kind])} value={limit} onChange={setLimit} />
      <NumberInput label="At most" required allowDecimal={false} value={value} onChange={setValue} />
    </FormModal>
  )
}
