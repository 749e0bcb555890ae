/** Chooses what to look around. Typing offers names; Enter, or one of those offered, goes there; emptied, all is shown. */
import { CloseButton, Select } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { NameField } from '../../components/name-field'
import type { Centre } from './use-shown'
import type { NodeKind } from './ways'

interface Props {
  readonly vhost: string | undefined
  readonly centre: Centre | undefined
  readonly onChange: (centre: Centre | undefined) => void
}

export function CentreFields({ vhost, centre, onChange }: Props) {
  const [kind, setKind] = useState<NodeKind>(centre?.kind ?? 'exchange')
  const [name, setName] = useState(centre?.name ?? '')
  const go = (chosen: string) => onChange(chosen === '' ? undefined : { kind, name: chosen })
  return (
    <>
      <Select
        size="xs"
        w={110}
        aria-label="Around a"
        data={[
          { value: 'exchange', label: 'Exchange' },
          { value: 'queue', label: 'Queue' },
        ]}
        value={kind}
        onChange={value => setKind(value as NodeKind)}
      />
      <NameField
        size="xs"
        w={200}
        aria-label={`Only around this ${kind}`}
        placeholder="All, or around …"
        vhost={vhost}
        kind={kind}
        value={name}
        onChange={setName}
        onOptionSubmit={go}
        onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => event.key === 'Enter' && go(name)}
        rightSection={
          centre !== undefined && (
            <CloseButton size="xs" aria-label="Show all of it" onClick={() => onChange(undefined)} />
          )
        }
      />
    </>
  )
}
