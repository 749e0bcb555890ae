/** Deletes a virtual host with all that is in it. Its name must be typed first: nothing else loses as much at once. */
import { Button, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Vhost } from '../../api/types'
import { FormModal } from '../../components/form-modal'
import { count } from '../../format/numbers'

export function DeleteVhost({ vhost }: { readonly vhost: Vhost }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const [typed, setTyped] = useState('')
  const action = useAction({ isQuiet: true })
  const navigate = useNavigate()
  const { name } = vhost
  const submit = async () => {
    if (typed !== name) throw new Error(`Type ${name} to delete it`)
    await action.mutateAsync({
      method: 'DELETE',
      path: route('vhosts', name),
      done: `Virtual host ${name} deleted`,
    })
    void navigate('/vhosts')
  }
  return (
    <>
      <Button
        size="xs"
        color="red"
        variant="light"
        disabled={vhost.protected_from_deletion === true}
        leftSection={<IconTrash size={15} />}
        onClick={open}
      >
        Delete
      </Button>
      <FormModal
        title={`Delete virtual host ${name}?`}
        isOpen={isOpen}
        onClose={close}
        verb="Delete"
        isDangerous
        onSubmit={submit}
      >
        <Text fz="sm">
          All its exchanges, queues, policies and permissions are deleted, {count(vhost.messages ?? 0)}{' '}
          messages are lost, and its connections are closed.
        </Text>
        <TextInput
          label={`Type its name, ${name}`}
          required
          autoComplete="off"
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
          data-autofocus
        />
      </FormModal>
    </>
  )
}
