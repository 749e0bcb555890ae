/** A dense table of a list's page: headings that sort at the server, columns to choose from, rows to select. */
import { Checkbox, Table } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface Column<T> {
  readonly id: string
  readonly header: string
  /** Said in full where the heading is short. */
  readonly title?: string
  readonly render: (row: T) => ReactNode
  /** The server's name for sorting by it. */
  readonly sort?: string
  readonly isNumber?: boolean
  /** Not shown until chosen. */
  readonly isOptional?: boolean
  readonly wraps?: boolean
  /** Left out where the screen is narrow. */
  readonly isWide?: boolean
}

export interface Sorting {
  readonly sort: string
  readonly isReversed: boolean
}

interface Props<T> {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  readonly sorting?: Sorting
  readonly onSort?: (sorting: Sorting) => void
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (selected: ReadonlySet<string>) => void
  /** What a row is called, for those who hear the page. */
  readonly nameOf?: (row: T) => string
}

export function DataTable<T>(props: Props<T>) {
  const { label, columns, rows, keyOf, selected, onSelect } = props
  const isSelectable = selected !== undefined && onSelect !== undefined
  return (
    // Reached by keyboard, so that it can be scrolled sideways without a mouse.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus
    <section className="table-scroll" tabIndex={0} aria-label={`${label}, table`}>
      <Table className="grid-table" verticalSpacing={6} horizontalSpacing="md" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {isSelectable && <SelectAll rows={rows} keyOf={keyOf} selected={selected} onSelect={onSelect} />}
            {columns.map(column => (
              <Heading key={column.id} column={column} sorting={props.sorting} onSort={props.onSort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(row => (
            <Table.Tr key={keyOf(row)}>
              {isSelectable && (
                <Table.Td>
                  <Checkbox
                    size="xs"
                    aria-label={`Select ${(props.nameOf ?? keyOf)(row)}`}
                    checked={selected.has(keyOf(row))}
                    onChange={() => onSelect(toggled(selected, keyOf(row)))}
                  />
                </Table.Td>
              )}
              {columns.map(column => (
                <Table.Td key={column.id} className={classOf(column)}>
                  {column.render(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

interface HeadingProps<T> {
  readonly column: Column<T>
  readonly sorting: Sorting | undefined
  readonly onSort: ((sorting: Sorting) => void) | undefined
}

function Heading<T>({ column, sorting, onSort }: HeadingProps<T>) {
  const { sort } = column
  const isSorted = sort !== undefined && sorting?.sort === sort
  const order = isSorted ? (sorting?.isReversed ? 'descending' : 'ascending') : undefined
  // Figures are looked at from the largest down, names from A on.
  const next = isSorted ? !sorting?.isReversed : column.isNumber === true
  return (
    <Table.Th scope="col" aria-sort={order} className={classOf(column)} title={column.title}>
      {sort === undefined || onSort === undefined ? (
        column.header
      ) : (
        <button type="button" className="sort-button" onClick={() => onSort({ sort, isReversed: next })}>
          {column.header}
          {order === 'ascending' && <IconChevronUp size={13} aria-hidden="true" />}
          {order === 'descending' && <IconChevronDown size={13} aria-hidden="true" />}
        </button>
      )}
    </Table.Th>
  )
}

interface SelectAllProps<T> {
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
}

function SelectAll<T>({ rows, keyOf, selected, onSelect }: SelectAllProps<T>) {
  const chosen = rows.filter(row => selected.has(keyOf(row))).length
  const isAll = rows.length > 0 && chosen === rows.length
  return (
    <Table.Th scope="col" w={36}>
      <Checkbox
        size="xs"
        aria-label="Select all on this page"
        checked={isAll}
        indeterminate={chosen > 0 && !isAll}
        onChange={() => onSelect(new Set(isAll ? [] : rows.map(keyOf)))}
      />
    </Table.Th>
  )
}

function classOf<T>(column: Column<T>): string {
  return [column.isNumber && 'number', column.wraps && 'wrap', column.isWide && 'wide']
    .filter(Boolean)
    .join(' ')
}

function toggled(selected: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(selected)
  if (!next.delete(key)) next.add(key)
  return next
}
