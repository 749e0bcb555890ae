/** Which rows of how many, how many on a page, and the other pages. */
import { Group, Pagination, Select, Text } from '@mantine/core'
import { type ListState, pageSizes } from '../api/list'
import type { Page } from '../api/types'
import { count } from '../format/numbers'
import { counted } from '../format/words'

interface Props {
  readonly what: string
  readonly page: Page<unknown>
  readonly state: ListState
  readonly onChange: (changes: Partial<ListState>) => void
}

export function Pager({ what, page, state, onChange }: Props) {
  const first = (page.page - 1) * page.page_size + 1
  const last = first + page.items.length - 1
  const filtered = page.filtered_count === page.total_count ? '' : ` (of ${count(page.total_count)} in all)`
  return (
    <Group px="md" py="xs" gap="sm" justify="space-between" className="pager">
      <Text fz="xs" className="quiet" role="status">
        {page.items.length === 0
          ? `No ${what}${filtered}`
          : `${count(first)}–${count(last)} of ${count(page.filtered_count)} ${counted(page.filtered_count, what)}${filtered}`}
      </Text>
      <Group gap="sm">
        <Select
          size="xs"
          w={84}
          aria-label="Rows on a page"
          data={pageSizes.map(String)}
          value={String(state.pageSize)}
          onChange={value => onChange({ pageSize: Number(value) })}
        />
        {page.page_count > 1 && (
          <Pagination
            size="sm"
            total={page.page_count}
            value={page.page}
            onChange={next => onChange({ page: next })}
            getControlProps={control => ({ 'aria-label': `${control} page` })}
            getItemProps={item => ({ 'aria-label': `Page ${item}` })}
          />
        )}
      </Group>
    </Group>
  )
}
