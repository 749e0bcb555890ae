/** One message in full: properties, headers, and the payload in a form that people read. */
import { Button, CopyButton, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Message } from '../api/message-types'
import { bytes } from '../format/numbers'
import { payloadText } from '../format/payload'
import { ArgumentFacts, Facts } from './facts'

interface Props {
  readonly message: Message
  /** Asks for more of a payload that is cut. */
  readonly onMore?: () => void
}

export function MessageDetails({ message, onMore }: Props) {
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
      <Payload message={message} {...(onMore !== undefined && { onMore })} />
    </Stack>
  )
}

function Payload({ message, onMore }: Props) {
  const [form, setForm] = useState<'readable' | 'raw'>('readable')
  const { text, kind, isCut } = useMemo(() => payloadText(message, form === 'readable'), [message, form])
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Text fz="sm" fw={600} component="h3">
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
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className="payload" tabIndex={0}>
        {text}
      </pre>
      {isCut && onMore !== undefined && (
        <Button size="compact-xs" variant="default" w="fit-content" onClick={onMore}>
          Show more of it
        </Button>
      )}
    </Stack>
  )
}
