/** All queues, a page at a time. */
import { Link } from 'react-router'
import { useList } from '../../api/list'
import type { Queue } from '../../api/types'
import { inVhost, useVhost } from '../../api/vhost'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { queueColumns } from './queue-columns'

export function QueuesPage() {
  const [vhost] = useVhost()
  const list = useList<Queue>(inVhost('queues', vhost), { sort: 'name' })
  return (
    <Page title="Queues">
      <ListView
        what="queues"
        list={list}
        columns={queueColumns}
        keyOf={queue => JSON.stringify([queue.vhost, queue.name])}
        nameOf={queue => queue.name}
        empty={
          <>
            A queue keeps messages until somebody takes them. Applications declare their own; to see where
            messages would go,{' '}
            <Link to="/explain" className="name-link">
              explain a route
            </Link>
            .
          </>
        }
      />
    </Page>
  )
}
