/** The name of a queue or exchange, with those that the server knows offered while it is typed. Any name may be given. */
import { Autocomplete, type AutocompleteProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { query, route } from '../api/client'
import { useOnce } from '../api/hooks'
import type { Page } from '../api/types'

/** What the API calls the exchange without a name. */
export const DEFAULT_EXCHANGE = 'amq.default'

const offeredMax = 20
const restMs = 250

interface Props extends Omit<AutocompleteProps, 'data'> {
  readonly vhost: string | undefined
  readonly kind: 'queue' | 'exchange'
  readonly value: string
}

export function NameField({ vhost, kind, value, ...others }: Props) {
  const [name] = useDebouncedValue(value, restMs)
  const asked = { page: 1, page_size: offeredMax, name, columns: 'name' }
  const { data } = useOnce<Page<{ readonly name: string }>>(
    vhost === undefined ? undefined : query(route(`${kind}s`, vhost), asked),
  )
  const found = (data?.items ?? []).map(each => (each.name === '' ? DEFAULT_EXCHANGE : each.name))
  // Offering what was typed already would only cover what stands below.
  const names = found.length === 1 && found[0] === value ? [] : found
  return (
    <Autocomplete
      {...others}
      data={[...new Set(names)]}
      filter={({ options }) => options} // the server has filtered
      value={value}
      maxDropdownHeight={260}
    />
  )
}
