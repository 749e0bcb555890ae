/** Which columns of a list are shown; kept in this browser. */
import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconColumns3 } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { Column } from './data-table'

export interface ColumnChoice {
  readonly all: readonly Pick<Column<never>, 'id' | 'header' | 'title'>[]
  readonly shown: readonly string[]
  readonly choose: (ids: string[]) => void
}

/** The columns to show, and what the chooser needs. The first column is always there. */
export function useColumns<T>(
  what: string,
  columns: readonly Column<T>[],
): [readonly Column<T>[], ColumnChoice] {
  const usual = columns.filter(column => !column.isOptional).map(column => column.id)
  const [kept, choose] = useLocalStorage<string[] | null>({
    key: `leveret-columns-${what}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const shown = kept ?? usual
  const ids = shown.join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `ids` is `shown`, compared by what is in it
  const visible = useMemo(
    () => columns.filter((column, index) => index === 0 || shown.includes(column.id)),
    [columns, ids],
  )
  return [visible, { all: columns.slice(1), shown, choose }]
}

export function ColumnChooser({ all, shown, choose }: ColumnChoice) {
  return (
    <Popover position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" px={10} aria-label="Columns">
          <IconColumns3 size={15} aria-hidden="true" />
          <span className="wide-only">&nbsp; Columns</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Checkbox.Group value={[...shown]} onChange={choose} label="Columns shown">
          <Stack gap={8} mt="xs">
            {all.map(column => (
              <Checkbox key={column.id} size="xs" value={column.id} label={column.title ?? column.header} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  )
}
