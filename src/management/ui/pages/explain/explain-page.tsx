/** Choose an exchange, describe a message, and see where it would go. */
import { Select, SimpleGrid, Stack } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useVhost } from '../../api/vhost'
import { Empty } from '../../components/empty'
import { ExplainPanel } from '../../components/explain-panel'
import { DEFAULT_EXCHANGE, NameField } from '../../components/name-field'
import { Page, Panel } from '../../components/page'
import { useVhostNames } from '../../components/vhost-field'

const restMs = 250

export function ExplainPage() {
  const [chosenVhost, chooseVhost] = useVhost()
  const vhosts = useVhostNames()
  const vhost = chosenVhost === '' ? vhosts[0] : chosenVhost
  const [search, setSearch] = useSearchParams()
  const exchange = search.get('exchange') ?? ''
  const [name, setName] = useState(exchange)
  const choose = useDebouncedCallback((chosen: string) => {
    setSearch(
      before => {
        const next = new URLSearchParams(before)
        next.set('exchange', chosen)
        return next
      },
      { replace: true },
    )
  }, restMs)
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
              label="In virtual host"
              data={[...vhosts]}
              value={vhost ?? null}
              onChange={chosen => chosen !== null && chooseVhost(chosen)}
            />
            <NameField
              size="xs"
              label="Exchange"
              placeholder={`${DEFAULT_EXCHANGE} for the default one`}
              vhost={vhost}
              kind="exchange"
              value={name}
              onChange={typed => {
                setName(typed)
                choose(typed)
              }}
            />
          </SimpleGrid>
        </Panel>
        {exchange === '' || vhost === undefined ? (
          <Panel>
            <Empty title="No exchange yet">Choose the one that the message is published to.</Empty>
          </Panel>
        ) : (
          <ExplainPanel vhost={vhost} exchange={exchange} />
        )}
      </Stack>
    </Page>
  )
}
