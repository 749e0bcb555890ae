/** Sends dead letters back to the queues they died in. */
import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Moved } from '../../api/message-types'
import { FormModal } from '../../components/form-modal'
import { plural } from '../../format/numbers'
import { type ChosenMessages, Which, which } from './move-dialog'
import { whyLeft } from './stays'

export function RedriveDialog({ vhost, queue, messages, isOpen, onClose, onDone }: ChosenMessages) {
  const run = useAction<Moved>({ isQuiet: true })
  const [most, setMost] = useState<number | string>('')
  const submit = async () => {
    const result = await run.mutateAsync({
      method: 'POST',
      path: `${route('queues', vhost, queue)}/redrive`,
      body: which(messages, most),
    })
    const { moved, left, reasons } = result
    const message = `${plural(moved, 'message')} redriven${whyLeft(left, reasons, 'move')}`
    notifications.show({
      message,
      color: left > 0 ? 'orange' : 'green',
      autoClose: left > 0 ? 10_000 : 4_000,
    })
    onDone()
  }
  return (
    <FormModal
      title={`Redrive messages of ${queue}`}
      isOpen={isOpen}
      onClose={onClose}
      verb="Redrive"
      onSubmit={submit}
    >
      <Text fz="sm">
        Each message goes back to the queue in which it died first, and keeps its history in the header
        x-death; if that queue is gone, to the exchange it was published to. What has no way back stays here.
      </Text>
      <Which messages={messages} most={most} onMost={setMost} />
    </FormModal>
  )
}
