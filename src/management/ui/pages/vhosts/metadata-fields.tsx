/** What is told about a virtual host, and the queue type its clients get when they ask for none. */
import { Select, TagsInput, TextInput } from '@mantine/core'

export interface Metadata {
  readonly description: string
  readonly tags: readonly string[]
  readonly type: string
}

export const noMetadata: Metadata = { description: '', tags: [], type: 'classic' }

/** The body of PUT, as RabbitMQ has it. */
export function metadataBody({ description, tags, type }: Metadata): Record<string, string> {
  return { description, tags: tags.join(','), default_queue_type: type }
}

interface Props {
  readonly value: Metadata
  readonly onChange: (value: Metadata) => void
}

export function MetadataFields({ value, onChange }: Props) {
  return (
    <>
      <TextInput
        label="Description"
        value={value.description}
        onChange={event => onChange({ ...value, description: event.currentTarget.value })}
      />
      <TagsInput label="Tags" value={[...value.tags]} onChange={tags => onChange({ ...value, tags })} />
      <Select
        label="Default queue type"
        data={['classic', 'quorum', 'stream']}
        value={value.type}
        onChange={type => onChange({ ...value, type: type ?? 'classic' })}
      />
    </>
  )
}
