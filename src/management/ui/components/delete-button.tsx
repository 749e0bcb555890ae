/** Deletes the subject of a page, after asking. */
import { Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useAction } from '../api/hooks'
import { confirm } from './confirm'

interface Props {
  /** "queue orders". */
  readonly subject: string
  readonly consequence: string
  readonly path: string
  readonly onDone: () => void
  readonly isDisabled?: boolean
}

export function DeleteButton({ subject, consequence, path, onDone, isDisabled = false }: Props) {
  const action = useAction()
  const done = `${subject[0]?.toUpperCase()}${subject.slice(1)} deleted`
  return (
    <Button
      size="xs"
      color="red"
      variant="light"
      disabled={isDisabled}
      loading={action.isPending}
      leftSection={<IconTrash size={15} />}
      onClick={() =>
        confirm({
          title: `Delete ${subject}?`,
          what: consequence,
          verb: 'Delete',
          action: () => action.mutate({ method: 'DELETE', path, done }, { onSuccess: onDone }),
        })
      }
    >
      Delete
    </Button>
  )
}
