/** Permissions, of a user in virtual hosts or of the users of one: shown, changed and taken away. */
import { ActionIcon, Button, Group, Table } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Empty } from './empty'
import { Panel } from './page'

export interface PermissionRow {
  /** What the row is of: a virtual host, a user, an exchange. */
  readonly subject: ReactNode
  readonly key: string
  readonly patterns: readonly string[]
}

interface Props<T extends PermissionRow> {
  readonly title: string
  readonly headings: readonly string[]
  readonly rows: readonly T[]
  readonly empty: string
  readonly onRemove: (row: T) => void
  /** The dialog that sets one: of the row given, or a new one. */
  readonly dialog: (row: T | undefined, onClose: () => void) => ReactNode
}

export function PermissionTable<T extends PermissionRow>(props: Props<T>) {
  const { title, headings, rows, empty, onRemove, dialog } = props
  const [edited, edit] = useState<T | 'new'>()
  const close = () => edit(undefined)
  return (
    <Panel
      title={title}
      isFlush
      actions={
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} />}
          onClick={() => edit('new')}
        >
          Set
          <span className="visually-hidden">&nbsp;{title.toLowerCase()}</span>
        </Button>
      }
    >
      {rows.length === 0 ? (
        <Empty title={`No ${title.toLowerCase()}`}>{empty}</Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus
        <section className="table-scroll" tabIndex={0} aria-label={`${title}, table`}>
          <Table className="grid-table" verticalSpacing={6} horizontalSpacing="md" aria-label={title}>
            <Table.Thead>
              <Table.Tr>
                {[...headings, 'Actions'].map(heading => (
                  <Table.Th key={heading} scope="col">
                    {heading}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(row => (
                <Row key={row.key} row={row} onEdit={() => edit(row)} onRemove={() => onRemove(row)} />
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      {edited !== undefined && dialog(edited === 'new' ? undefined : edited, close)}
    </Panel>
  )
}

interface RowProps {
  readonly row: PermissionRow
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function Row({ row, onEdit, onRemove }: RowProps) {
  return (
    <Table.Tr>
      <Table.Td>{row.subject}</Table.Td>
      {row.patterns.map((pattern, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
        <Table.Td key={index} className="mono">
          {pattern === '' ? <span className="quiet">none</span> : pattern}
        </Table.Td>
      ))}
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <ActionIcon size="sm" variant="subtle" aria-label={`Change ${row.key}`} onClick={onEdit}>
            <IconPencil size={15} />
          </ActionIcon>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="red"
            aria-label={`Remove ${row.key}`}
            onClick={onRemove}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
