/** The filter by name above a list, as text or as a regular expression. It is asked of the server once typing rests. */
import { ActionIcon, Group, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconRegex, IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { ListState } from '../api/list'

interface Props {
  readonly what: string
  readonly state: ListState
  readonly onChange: (changes: Partial<ListState>) => void
}

const restMs = 250

export function NameFilter({ what, state, onChange }: Props) {
  const [text, setText] = useState(state.name)
  const ask = useDebouncedCallback((name: string) => onChange({ name }), restMs)
  useEffect(() => setText(state.name), [state.name])
  return (
    <Group gap={6} wrap="nowrap">
      <TextInput
        data-search=""
        type="search"
        aria-label={`Filter ${what} by name`}
        placeholder={`Filter ${what}…`}
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        w={{ base: 176, sm: 280 }}
        size="xs"
        value={text}
        onChange={event => {
          setText(event.currentTarget.value)
          ask(event.currentTarget.value)
        }}
      />
      <Tooltip label="Regular expression">
        <ActionIcon
          variant={state.isRegex ? 'filled' : 'default'}
          size={30}
          aria-label="Regular expression"
          aria-pressed={state.isRegex}
          onClick={() => onChange({ isRegex: !state.isRegex })}
        >
          <IconRegex size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}
