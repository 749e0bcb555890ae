/** Choose an exchange, describe a message, and see where it would go. */
import { Autocomplete, Select, SimpleGrid, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { query, route } from '../../api/client'
import { useOnce } from '../../api/hooks'
import type { Exchange, Page as ListPage, Vhost } from '../../api/types'
import { useVhost } from '../../api/vhost'
import { Empty } from '../../components/empty'
import { ExplainPanel } from '../../components/explain-panel'
import { Page, Panel } from '../../components/page'
import { DEFAULT_EXCHANGE } from '../exchange/exchange-page'

export function ExplainPage() {
  const [chosenVhost] = useVhost()
  const [search, setSearch] = useSearchParams()
  const { data: vhosts } = useOnce<Vhost[]>('/vhosts?columns=name')
  const vhost = search.get('in') ?? (chosenVhost || vhosts?.[0]?.name || '/')
  const [name, setName] = useState(search.get('exchange') ?? '')
  const [settled] = useDebouncedValue(name, 250)
  const { data: exchanges } = useOnce<ListPage<Exchange>>(
    query(route('exchanges', vhost), { page: 1, page_size: 50, name: settled, columns: 'name' }),
  )
  const names = [...new Set((exchanges?.items ?? []).map(exchange => exchange.name || DEFAULT_EXCHANGE))]
  const put = (key: string, value: string) =>
    setSearch(
      before => {
        const next = new URLSearchParams(before)
        next.set(key, value)
        return next
      },
      { replace: true },
    )
  return (
    <Page
      title="Explain a route"
      hint="Where a message would go, and why not elsewhere. Nothing is published."
    >
      <Stack gap="md">
        <Panel title="Published to">
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <Select
              size="xs"
              label="Virtual host"
              data={(vhosts ?? []).map(({ name: each }) => each)}
              value={vhost}
              allowDeselect={false}
              onChange={value => put('in', value ?? '/')}
            />
            <Autocomplete
              size="xs"
              label="Exchange"
              placeholder="Name"
              data={names}
              value={name}
              onChange={value => {
                setName(value)
                put('exchange', value)
              }}
            />
          </SimpleGrid>
        </Panel>
        {settled === '' ? (
          <Panel>
            <Empty title="No exchange yet">Choose the one that the message is published to.</Empty>
          </Panel>
        ) : (
          <ExplainPanel key={`${vhost} ${settled}`} vhost={vhost} exchange={settled} />
        )}
      </Stack>
    </Page>
  )
}
