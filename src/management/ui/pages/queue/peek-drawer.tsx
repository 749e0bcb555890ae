/** A message that was looked at, in full. The list has the beginning of long ones; the rest is asked for when wanted. */
import { Alert, Drawer, Group } from '@mantine/core'
import { useState } from 'react'
import { useOnce } from '../../api/hooks'
import type { PeekedMessage, PeekedPage } from '../../api/message-types'
import { MessageDetails } from '../../components/message-details'
import { Problem } from '../../components/problem'

/** As much of a payload as a browser shows without trouble. */
export const wholeBytesMax = 1024 * 1024

export interface OpenedMessage {
  readonly message: PeekedMessage
  /** Where to ask for more of it: a page of messages, of which it is one unless it has left the queue. */
  readonly wholePath: string
}

interface Props {
  readonly opened: OpenedMessage | undefined
  readonly onClose: () => void
}

export function PeekDrawer({ opened, onClose }: Props) {
  const title = opened === undefined ? 'Message' : `Message ${opened.message.position}`
  return (
    <Drawer.Root opened={opened !== undefined} onClose={onClose} position="right" size="xl">
      <Drawer.Overlay />
      <Drawer.Content>
        {/* a header of its own: the component's would be a second banner of the page */}
        <Group justify="space-between" px="md" py="sm">
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label="Close" />
        </Group>
        <Drawer.Body>{opened && <Peeked key={opened.wholePath} {...opened} />}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}

function Peeked({ message, wholePath }: OpenedMessage) {
  const [isWhole, setWhole] = useState(false)
  const { data, error } = useOnce<PeekedPage>(isWhole ? wholePath : undefined)
  const found = data?.items.find(({ position }) => position === message.position)
  return (
    <>
      {error !== null && <Problem error={error} />}
      {data !== undefined && found === undefined && (
        <Alert color="gray">It has left the queue meanwhile.</Alert>
      )}
      <MessageDetails
        message={found ?? message}
        {...(found === undefined && { onMore: () => setWhole(true) })}
      />
    </>
  )
}
