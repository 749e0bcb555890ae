/** A list as every page shows it: filter, column chooser, table, pages; and in their place what is wrong or missing. */
import { Center, Group, Loader } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import type { List } from '../api/list'
import { ColumnChooser, useColumns } from './column-chooser'
import { type Column, DataTable } from './data-table'
import { Empty } from './empty'
import { NameFilter } from './name-filter'
import { Pager } from './pager'
import { Problem } from './problem'

interface Props<T> {
  /** Plural, lower case: "queues". Also what the chosen columns are kept under. */
  readonly what: string
  readonly list: List<T>
  readonly columns: readonly Column<T>[]
  readonly keyOf: (row: T) => string
  readonly nameOf?: (row: T) => string
  /** What to do when there is nothing at all. */
  readonly empty: ReactNode
  /** Rows can be selected when this is given; it offers what to do with them. */
  readonly selection?: (rows: readonly T[], clear: () => void) => ReactNode
}

export function ListView<T>(props: Props<T>) {
  const { what, list, columns, keyOf, selection } = props
  const [shown, chooser] = useColumns(what, columns)
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const rows = list.data?.items ?? []
  const chosen = rows.filter(row => selected.has(keyOf(row)))
  usePageInRange(list)
  return (
    <div className="surface">
      <Group px="md" py="sm" gap="sm" justify="space-between">
        {chosen.length > 0 && selection !== undefined ? (
          selection(chosen, () => select(new Set()))
        ) : (
          <NameFilter what={what} state={list.state} onChange={list.set} />
        )}
        <ColumnChooser {...chooser} />
      </Group>
      {list.error !== null ? (
        <div className="panel-body">
          <Problem error={list.error} onRetry={list.retry} />
        </div>
      ) : list.data === undefined ? (
        <Center py={64}>
          <Loader size="sm" aria-label={`Loading ${what}`} />
        </Center>
      ) : rows.length === 0 ? (
        <Nothing what={what} isFiltered={list.state.name !== ''}>
          {props.empty}
        </Nothing>
      ) : (
        <DataTable
          label={what}
          columns={shown}
          rows={rows}
          keyOf={keyOf}
          sorting={list.state}
          onSort={list.set}
          {...(props.nameOf && { nameOf: props.nameOf })}
          {...(selection && { selected, onSelect: select })}
        />
      )}
      {list.data !== undefined && list.error === null && (
        <Pager what={what} page={list.data} state={list.state} onChange={list.set} />
      )}
    </div>
  )
}

function Nothing({ what, isFiltered, children }: { what: string; isFiltered: boolean; children: ReactNode }) {
  if (isFiltered) return <Empty title={`No ${what} have such a name`}>Change the filter, or clear it.</Empty>
  return <Empty title={`No ${what}`}>{children}</Empty>
}

/** What was on the last page may have gone meanwhile: the server says so with an error, or an empty page. */
function usePageInRange<T>({ state, set, data, error }: List<T>): void {
  const isBeyond =
    error !== null
      ? /page out of range/i.test(error.message)
      : data !== undefined && state.page > Math.max(1, data.page_count)
  useEffect(() => {
    if (isBeyond && state.page > 1) set({ page: 1 })
  }, [isBeyond, state.page, set])
}
