/** Sends dead letters back to the queues they died in. */
import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Moved } from '../../api/message-types'
import { FormModal } from '../../components/form-modal'
import { count } from '../../format/numbers'
import { type ChosenMessages, Which, which } from './move-dialog'

export function RedriveDialog({ vhost, queue, messages, isOpen, onClose, onDone }: ChosenMessages) {
  const run = useAction<Moved>({ isQuiet: true })
  const [most, setMost] = useState<number | string>('')
  const submit = async () => {
    const result = await run.mutateAsync({
      method: 'POST',
      path: `${route('queues', vhost, queue)}/redrive`,
      body: which(messages, most),
    })
    notifications.show({ message: wordsFor(result), color: result.moved > 0 ? 'green' : 'orange' })
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
        x-death. Those that never died, or whose queue is gone, stay.
      </Text>
      <Which messages={messages} most={most} onMost={setMost} />
    </FormModal>
  )
}

function wordsFor({ moved, left = 0, reasons = {} }: Moved): string {
  const why = Object.entries(reasons)
    .filter(([, times]) => times > 0)
    .map(([reason, times]) => `${count(times)} ${reason.replaceAll('_', ' ')}`)
    .join(', ')
  if (left === 0) return `${count(moved)} messages redriven`
  return `${count(moved)} messages redriven, ${count(left)} stayed${why === '' ? '' : ` (${why})`}`
}
