/** Publishes one message, and says whether it was routed. */
import { Alert, Button, Checkbox, Group, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { route } from '../api/client'
import { useAction } from '../api/hooks'
import { type ArgumentRow, ArgumentsField, argumentsOf } from './arguments-field'
import { Panel } from './page'

interface Props {
  readonly vhost: string
  /** Empty: the default exchange. */
  readonly exchange: string
  readonly routingKey?: string
}

/** RabbitMQ's names of the properties that a form may give. */
const properties: Readonly<Record<string, 'String' | 'Number'>> = {
  content_type: 'String',
  content_encoding: 'String',
  priority: 'Number',
  correlation_id: 'String',
  reply_to: 'String',
  expiration: 'String',
  message_id: 'String',
  timestamp: 'Number',
  type: 'String',
  user_id: 'String',
  app_id: 'String',
}

export function PublishForm({ vhost, exchange, routingKey = '' }: Props) {
  const run = useAction<{ routed: boolean }>({ isQuiet: true })
  const [draft, setDraft] = useState<Draft>({ ...emptyDraft, key: routingKey })
  const [problem, setProblem] = useState<string>()
  const change = (changes: Partial<Draft>) => setDraft(before => ({ ...before, ...changes }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setProblem(undefined)
    try {
      const path = `${route('exchanges', vhost, exchange === '' ? 'amq.default' : exchange)}/publish`
      run.mutate({ method: 'POST', path, body: bodyOf(draft) })
    } catch (error) {
      setProblem((error as Error).message)
    }
  }
  return (
    <Panel title="Publish a message">
      <form onSubmit={submit} aria-label="Publish a message">
        <Stack gap="sm">
          <AddressFields draft={draft} change={change} />
          <Textarea
            size="xs"
            label="Payload"
            autosize
            minRows={4}
            maxRows={20}
            classNames={{ input: 'mono' }}
            value={draft.payload}
            onChange={event => change({ payload: event.currentTarget.value })}
          />
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <ArgumentsField
              size="xs"
              label="Headers"
              rows={draft.headers}
              onChange={headers => change({ headers })}
            />
            <ArgumentsField
              size="xs"
              label="Properties"
              rows={draft.others}
              onChange={others => change({ others })}
              known={properties}
            />
          </SimpleGrid>
          <Outcome
            problem={problem ?? run.error?.message}
            isRouted={run.isPending ? undefined : run.data?.routed}
            at={run.submittedAt}
          />
          <Group>
            <Button type="submit" size="xs" loading={run.isPending}>
              Publish
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}

/** The message as it is being written. */
interface Draft {
  readonly key: string
  readonly payload: string
  readonly encoding: 'string' | 'base64'
  readonly isPersistent: boolean
  readonly headers: readonly ArgumentRow[]
  readonly others: readonly ArgumentRow[]
}

const emptyDraft: Draft = {
  key: '',
  payload: '',
  encoding: 'string',
  isPersistent: true,
  headers: [],
  others: [],
}

/** Throws, in words, when a header or property is not what its type says. */
function bodyOf({ key, payload, encoding, isPersistent, headers, others }: Draft): object {
  return {
    routing_key: key,
    payload,
    payload_encoding: encoding,
    properties: {
      ...argumentsOf(others),
      delivery_mode: isPersistent ? 2 : 1,
      headers: argumentsOf(headers),
    },
  }
}

interface AddressProps {
  readonly draft: Draft
  readonly change: (changes: Partial<Draft>) => void
}

function AddressFields({ draft, change }: AddressProps) {
  return (
    <Group gap="md" align="flex-end">
      <TextInput
        size="xs"
        style={{ flex: '1 1 220px' }}
        label="Routing key"
        value={draft.key}
        onChange={event => change({ key: event.currentTarget.value })}
      />
      <Select
        size="xs"
        w={150}
        label="Payload is"
        data={[
          { value: 'string', label: 'Text' },
          { value: 'base64', label: 'Base64' },
        ]}
        value={draft.encoding}
        allowDeselect={false}
        onChange={value => change({ encoding: value as 'string' | 'base64' })}
      />
      <Checkbox
        size="xs"
        mb={6}
        label="Persistent"
        checked={draft.isPersistent}
        onChange={event => change({ isPersistent: event.currentTarget.checked })}
      />
    </Group>
  )
}

interface OutcomeProps {
  readonly problem: string | undefined
  readonly isRouted: boolean | undefined
  /** Tells one message from the next. */
  readonly at: number
}

function Outcome({ problem, isRouted, at }: OutcomeProps) {
  const when = new Date(at).toLocaleTimeString()
  return (
    <div role="status">
      {problem !== undefined && (
        <Alert color="red" title="Not published">
          {problem}
        </Alert>
      )}
      {problem === undefined && isRouted === true && (
        <Alert color="green">{`Published at ${when}, and routed to at least one queue.`}</Alert>
      )}
      {problem === undefined && isRouted === false && (
        <Alert color="orange">{`Published at ${when}, but no queue took it: nothing is bound that matches.`}</Alert>
      )}
    </div>
  )
}
