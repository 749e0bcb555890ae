/** The limits of one user or virtual host, each set or lifted. */
import { Button, Group, NumberInput, Stack } from '@mantine/core'
import { useState } from 'react'
import { route } from '../api/client'
import { useAction, useLive } from '../api/hooks'
import type { UserLimits, VhostLimits } from '../api/types'
import { Panel } from './page'

/** What can be limited, and what it is called. */
export const limitNames = {
  user: { 'max-connections': 'Connections', 'max-channels': 'Channels' },
  vhost: { 'max-connections': 'Connections', 'max-queues': 'Queues' },
} as const

export type LimitKind = keyof typeof limitNames

interface Props {
  readonly kind: LimitKind
  readonly name: string
}

export function LimitsPanel({ kind, name }: Props) {
  const { data } = useLive<readonly (UserLimits | VhostLimits)[]>(route(`${kind}-limits`, name))
  const present = data?.[0]?.value ?? {}
  return (
    <Panel title="Limits">
      <Stack gap="xs">
        {Object.entries(limitNames[kind]).map(([limit, label]) => (
          <LimitField
            key={limit}
            kind={kind}
            name={name}
            limit={limit}
            label={label}
            present={present[limit]}
          />
        ))}
      </Stack>
    </Panel>
  )
}

interface FieldProps extends Props {
  readonly limit: string
  readonly label: string
  readonly present: number | undefined
}

function LimitField({ kind, name, limit, label, present }: FieldProps) {
  const [entered, enter] = useState<string | number>()
  const action = useAction()
  const path = route(`${kind}-limits`, name, limit)
  const value = entered ?? present ?? ''
  const forget = { onSuccess: () => enter(undefined) }
  const set = () =>
    action.mutate(
      { method: 'PUT', path, body: { value }, done: `Limit ${limit} of ${name} set to ${value}` },
      forget,
    )
  const lift = () =>
    action.mutate({ method: 'DELETE', path, done: `Limit ${limit} of ${name} lifted` }, forget)
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <NumberInput
        size="xs"
        style={{ flex: 1 }}
        label={label}
        placeholder="no limit"
        allowDecimal={false}
        value={value}
        onChange={enter}
      />
      <Button
        size="xs"
        variant="default"
        disabled={entered === undefined || entered === ''}
        onClick={set}
        aria-label={`Set the limit of ${label.toLowerCase()}`}
      >
        Set
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={present === undefined}
        onClick={lift}
        aria-label={`Lift the limit of ${label.toLowerCase()}`}
      >
        Lift
      </Button>
    </Group>
  )
}
