/** All queues, a page at a time: made, and those selected purged or deleted. */
import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconEraser, IconPlus, IconTrash } from '@tabler/icons-react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import { useList } from '../../api/list'
import type { Queue } from '../../api/types'
import { inVhost, useVhost } from '../../api/vhost'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { BulkButton, SelectionBar } from '../../components/selection'
import { count } from '../../format/numbers'
import { CreateQueue } from './create-queue'
import { queueColumns } from './queue-columns'

export function QueuesPage() {
  const [vhost] = useVhost()
  const [isOpen, { open, close }] = useDisclosure(false)
  const list = useList<Queue>(inVhost('queues', vhost), { sort: 'name' })
  return (
    <Page
      title="Queues"
      actions={
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={open}>
          Create queue
        </Button>
      }
    >
      <ListView
        what="queues"
        list={list}
        columns={queueColumns}
        keyOf={queue => JSON.stringify([queue.vhost, queue.name])}
        nameOf={queue => queue.name}
        empty={
          <>
            A queue keeps messages until somebody takes them. Applications declare their own; or create one
            here.
          </>
        }
        selection={(rows, clear) => <Selected queues={rows} onDone={clear} />}
      />
      {isOpen && <CreateQueue onClose={close} />}
    </Page>
  )
}

function Selected({ queues, onDone }: { queues: readonly Queue[]; onDone: () => void }) {
  const action = useAction()
  const names = queues.map(({ name }) => name)
  const messages = queues.reduce((sum, queue) => sum + (queue.messages ?? 0), 0)
  const ready = queues.reduce((sum, queue) => sum + (queue.messages_ready ?? 0), 0)
  const noun = ['queue', 'queues'] as const
  const all = (suffix: string, done: string) => () =>
    action.mutate(
      queues.map(({ vhost, name }) => ({
        method: 'DELETE',
        path: `${route('queues', vhost, name)}${suffix}`,
        done: `Queue ${name} ${done}`,
      })),
      { onSettled: onDone },
    )
  return (
    <SelectionBar selected={queues.length}>
      <BulkButton
        verb="Purge"
        noun={noun}
        names={names}
        consequence={`${count(ready)} ready messages are thrown away. Those delivered and not acknowledged stay.`}
        icon={<IconEraser size={15} />}
        action={all('/contents', 'purged')}
      />
      <BulkButton
        verb="Delete"
        noun={noun}
        names={names}
        consequence={`${count(messages)} messages are lost, and consumers are cancelled.`}
        icon={<IconTrash size={15} />}
        action={all('', 'deleted')}
      />
    </SelectionBar>
  )
}
