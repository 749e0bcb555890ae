/** The virtual host that something is to be made in: the one chosen in the header, else the first. */
import { Select } from '@mantine/core'
import { useState } from 'react'
import { useLive } from '../api/hooks'
import type { Vhost } from '../api/types'
import { useVhost } from '../api/vhost'

/** The names of the virtual hosts this user may see. */
export function useVhostNames(): readonly string[] {
  const { data } = useLive<readonly Pick<Vhost, 'name'>[]>('/vhosts?columns=name')
  return (data ?? []).map(({ name }) => name)
}

/** The choice of a form: `['/', setVhost]`. */
export function useVhostChoice(): [string, (vhost: string) => void] {
  const [shown] = useVhost()
  const names = useVhostNames()
  const [chosen, choose] = useState<string>()
  return [chosen ?? (shown === '' ? (names[0] ?? '/') : shown), choose]
}

interface Props {
  readonly value: string
  readonly onChange: (vhost: string) => void
}

export function VhostField({ value, onChange }: Props) {
  const names = useVhostNames()
  return (
    <Select
      label="Virtual host"
      required
      searchable={names.length > 10}
      data={names.includes(value) ? names : [value, ...names]}
      value={value}
      onChange={chosen => chosen !== null && onChange(chosen)}
    />
  )
}
