/** One message in full: properties, headers, and the payload in a form that people read. */
import { CopyButton, Drawer, Group, SegmentedControl, Stack, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Message } from '../api/message-types'
import { bytes } from '../format/numbers'
import { payloadText } from '../format/payload'
import { ArgumentFacts, Facts } from './facts'

interface Props {
  readonly message: (Message & { readonly position?: number }) | undefined
  readonly onClose: () => void
}

export function MessageDrawer({ message, onClose }: Props) {
  const title = message?.position === undefined ? 'Message' : `Message ${message.position}`
  return (
    <Drawer opened={message !== undefined} onClose={onClose} position="right" size="xl" title={title}>
      {message && <MessageDetails message={message} />}
    </Drawer>
  )
}

export function MessageDetails({ message }: { readonly message: Message }) {
  const { headers, ...properties } = message.properties
  return (
    <Stack gap="md">
      <Facts
        facts={[
          ['Exchange', message.exchange === '' ? '(default)' : message.exchange],
          [
            'Routing key',
            <span key="key" className="mono">
              {message.routing_key}
            </span>,
          ],
          ['Redelivered', message.redelivered ? 'yes' : 'no'],
          ['Properties', <ArgumentFacts key="properties" value={properties} />],
          ['Headers', <ArgumentFacts key="headers" value={(headers ?? {}) as Record<string, unknown>} />],
        ]}
      />
      <Payload message={message} />
    </Stack>
  )
}

function Payload({ message }: { readonly message: Message }) {
  const [form, setForm] = useState<'readable' | 'raw'>('readable')
  const { text, kind, isCut } = payloadText(message, form === 'readable')
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Text fz="sm" fw={600}>
          Payload{' '}
          <span className="quiet">{`${bytes(message.payload_bytes)}, ${kind}${isCut ? ', only its beginning' : ''}`}</span>
        </Text>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label="Form of the payload"
            data={[
              { value: 'readable', label: 'Readable' },
              { value: 'raw', label: 'As it is' },
            ]}
            value={form}
            onChange={value => setForm(value as 'readable' | 'raw')}
          />
          <CopyButton value={message.payload}>
            {({ copied, copy }) => (
              <UnstyledButton fz="xs" className="name-link" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </UnstyledButton>
            )}
          </CopyButton>
        </Group>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className="payload" tabIndex={0}>
        {text}
      </pre>
    </Stack>
  )
}
