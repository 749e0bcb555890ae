/** All consumers; one can be cancelled. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import { useList } from '../../api/list'
import type { Consumer } from '../../api/types'
import { inVhost, useVhost } from '../../api/vhost'
import { confirm } from '../../components/confirm'
import type { Column } from '../../components/data-table'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { consumerColumns, consumerKey } from './consumer-columns'

const wordsOf = (consumer: Consumer) => consumer.consumer_tag

export function ConsumersPage() {
  const [vhost] = useVhost()
  const list = useList<Consumer>(inVhost('consumers', vhost), { wordsOf })
  const columns = useMemo<readonly Column<Consumer>[]>(
    () => [
      ...consumerColumns,
      { id: 'cancel', header: 'Actions', render: consumer => <Cancel consumer={consumer} /> },
    ],
    [],
  )
  return (
    <Page title="Consumers">
      <ListView
        what="consumers"
        list={list}
        columns={columns}
        keyOf={consumerKey}
        empty={
          <>
            Nobody is waiting for messages. A client that consumes from{' '}
            <Link to="/queues" className="name-link">
              a queue
            </Link>{' '}
            appears here.
          </>
        }
      />
    </Page>
  )
}

function Cancel({ consumer }: { readonly consumer: Consumer }) {
  const action = useAction()
  const { consumer_tag: tag, queue, channel_details: channel } = consumer
  const path = route('consumers', queue.vhost, channel.connection_name, channel.number, tag)
  return (
    <Tooltip label="Cancel this consumer">
      <ActionIcon
        size="sm"
        variant="subtle"
        color="red"
        aria-label={`Cancel consumer ${tag}`}
        onClick={() =>
          confirm({
            title: `Cancel consumer ${tag}?`,
            what: `It stops getting messages of queue ${queue.name}. Its client is told, and stays connected.`,
            verb: 'Cancel consumer',
            action: () => action.mutate({ method: 'DELETE', path, done: `Consumer ${tag} cancelled` }),
          })
        }
      >
        <IconX size={15} />
      </ActionIcon>
    </Tooltip>
  )
}
