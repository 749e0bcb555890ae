/** A dense table of a list's page: headings that sort at the server, columns to choose from, rows to select. */
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { memo, type ReactNode, useCallback, useRef } from 'react'

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

/** Plain elements: a library's cells, five hundred rows of them, are slow to draw anew with every push. */
export function DataTable<T>(props: Props<T>) {
  const { label, columns, rows, keyOf, nameOf = keyOf, selected, onSelect } = props
  const isSelectable = selected !== undefined && onSelect !== undefined
  const latest = useRef(selected)
  latest.current = selected
  const toggle = useCallback(
    (key: string) => onSelect?.(toggled(latest.current ?? new Set(), key)),
    [onSelect],
  )
  return (
    // Reached by keyboard, so that it can be scrolled sideways without a mouse.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus
    <section className="table-scroll" tabIndex={0} aria-label={`${label}, table`}>
      <table className="grid-table data-table" aria-label={label}>
        <thead>
          <tr>
            {isSelectable && <SelectAll rows={rows} keyOf={keyOf} selected={selected} onSelect={onSelect} />}
            {columns.map(column => (
              <Heading key={column.id} column={column} sorting={props.sorting} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <MemoRow
              key={keyOf(row)}
              row={row}
              rowKey={keyOf(row)}
              name={nameOf(row)}
              columns={columns as readonly Column<unknown>[]}
              isSelected={isSelectable ? selected.has(keyOf(row)) : undefined}
              onToggle={toggle}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface RowProps {
  readonly row: unknown
  readonly rowKey: string
  readonly name: string
  readonly columns: readonly Column<unknown>[]
  /** Undefined: cannot be selected. */
  readonly isSelected: boolean | undefined
  readonly onToggle: (key: string) => void
}

/** A row that a push has not changed is the same object as before, and not drawn again. */
const MemoRow = memo(function Row({ row, rowKey, name, columns, isSelected, onToggle }: RowProps) {
  return (
    <tr>
      {isSelected !== undefined && (
        <td className="select">
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            checked={isSelected}
            onChange={() => onToggle(rowKey)}
          />
        </td>
      )}
      {columns.map(column => (
        <td key={column.id} className={classOf(column)}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  )
})

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
    <th scope="col" aria-sort={order} className={classOf(column)} title={column.title}>
      {sort === undefined || onSort === undefined ? (
        column.header
      ) : (
        <button type="button" className="sort-button" onClick={() => onSort({ sort, isReversed: next })}>
          {column.header}
          {order === 'ascending' && <IconChevronUp size={13} aria-hidden="true" />}
          {order === 'descending' && <IconChevronDown size={13} aria-hidden="true" />}
        </button>
      )}
    </th>
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
    <th scope="col" className="select">
      <input
        type="checkbox"
        aria-label="Select all on this page"
        checked={isAll}
        ref={element => {
          if (element !== null) element.indeterminate = chosen > 0 && !isAll
        }}
        onChange={() => onSelect(new Set(isAll ? [] : rows.map(keyOf)))}
      />
    </th>
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
