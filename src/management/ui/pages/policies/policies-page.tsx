/** Policies and operator policies: which there are, what they set, and for which queues and exchanges. */
import { Button, Group, Tabs } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useList } from '../../api/list'
import { useUser } from '../../api/session'
import type { Policy } from '../../api/types'
import { inVhost, useVhost } from '../../api/vhost'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { type PolicyKind, policyColumns } from './policy-columns'
import { PolicyDialog } from './policy-dialog'

export function PoliciesPage() {
  const [search, setSearch] = useSearchParams()
  const kind: PolicyKind = search.get('kind') === 'operator' ? 'operator-policies' : 'policies'
  const { mayPolicy, isAdministrator } = useUser()
  const [edited, edit] = useState<Policy | 'new'>()
  const mayChange = kind === 'policies' ? mayPolicy : isAdministrator
  const noun = kind === 'policies' ? 'policy' : 'operator policy'
  return (
    <Page
      title="Policies"
      hint="A policy sets arguments of all queues and exchanges whose names match, at any time; an operator policy sets limits that nobody can raise."
      actions={
        mayChange && (
          <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => edit('new')}>
            Create {noun}
          </Button>
        )
      }
    >
      <Tabs
        value={kind}
        onChange={value =>
          setSearch(value === 'operator-policies' ? { kind: 'operator' } : {}, { replace: true })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="policies">Policies</Tabs.Tab>
          <Tabs.Tab value="operator-policies">Operator policies</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={kind}>
          <Policies key={kind} kind={kind} mayChange={mayChange} onEdit={edit} />
        </Tabs.Panel>
      </Tabs>
      {edited !== undefined && (
        <PolicyDialog
          kind={kind}
          present={edited === 'new' ? undefined : edited}
          onClose={() => edit(undefined)}
        />
      )}
    </Page>
  )
}

interface Props {
  readonly kind: PolicyKind
  readonly mayChange: boolean
  readonly onEdit: (policy: Policy) => void
}

function Policies({ kind, mayChange, onEdit }: Props) {
  const [vhost] = useVhost()
  const list = useList<Policy>(inVhost(kind, vhost), { sort: 'name' })
  return (
    <ListView
      what={kind === 'policies' ? 'policies' : 'operator policies'}
      list={list}
      columns={policyColumns(kind, mayChange ? onEdit : undefined)}
      keyOf={policy => JSON.stringify([policy.vhost, policy.name])}
      empty={
        <Group gap={4} justify="center">
          Create one to set limits, expiry or dead lettering without touching the applications.
        </Group>
      }
    />
  )
}
