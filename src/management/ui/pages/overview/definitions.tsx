/** Export and import of definitions: users, virtual hosts, exchanges, queues, bindings and policies as one file. */
import { Button, FileButton, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { request, route } from '../../api/client'
import { queries } from '../../api/hooks'
import { confirm } from '../../components/confirm'
import { Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { counted } from '../../format/words'

type Definitions = Readonly<Record<string, unknown>>

export function Definitions({ vhost }: { readonly vhost: string }) {
  const [problem, setProblem] = useState<Error>()
  const [isBusy, setBusy] = useState(false)
  const path = vhost === '' ? '/definitions' : route('definitions', vhost)
  const whose = vhost === '' ? 'the whole broker' : `virtual host ${vhost}`

  const run = async (task: () => Promise<void>) => {
    setBusy(true)
    setProblem(undefined)
    await task().catch(setProblem)
    setBusy(false)
  }
  const importFile = (file: File) =>
    run(async () => {
      const definitions = parsed(await file.text(), file.name)
      confirm({
        title: `Import ${file.name}?`,
        what: `${summaryOf(definitions)} will be added to ${whose}. What is there already and has another definition is overwritten or refused.`,
        verb: 'Import',
        action: () => void run(() => imported(path, definitions, file.name)),
      })
    })

  return (
    <Panel title="Definitions">
      <Stack gap="sm">
        <Text fz="sm" className="quiet">
          Users, permissions, virtual hosts, exchanges, queues, bindings and policies of {whose}, in
          RabbitMQ's format. Messages are not part of it.
        </Text>
        {problem !== undefined && <Problem error={problem} />}
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            loading={isBusy}
            leftSection={<IconDownload size={15} />}
            onClick={() => void run(() => exported(path, vhost))}
          >
            Export
          </Button>
          <FileButton
            accept="application/json,.json"
            onChange={file => file && void importFile(file)}
            inputProps={{ 'aria-label': 'Definitions file' }}
          >
            {props => (
              <Button size="xs" variant="default" leftSection={<IconUpload size={15} />} {...props}>
                Import…
              </Button>
            )}
          </FileButton>
        </Group>
      </Stack>
    </Panel>
  )
}

async function exported(path: string, vhost: string): Promise<void> {
  const definitions = await request<Definitions>('GET', path)
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(definitions, null, 2)], { type: 'application/json' }),
  )
  const link = document.createElement('a')
  link.href = url
  link.download = `definitions${vhost === '' ? '' : `-${vhost.replace(/[^\w.-]+/g, '_')}`}.json`
  link.click()
  URL.revokeObjectURL(url)
}

async function imported(path: string, definitions: Definitions, name: string): Promise<void> {
  await request('POST', path, definitions)
  notifications.show({ message: `Definitions of ${name} imported`, color: 'green' })
  await queries.invalidateQueries({ queryKey: ['api'] })
}

function parsed(text: string, name: string): Definitions {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${name} holds no definitions`)
  return value as Definitions
}

/** "2 users, 14 queues". */
function summaryOf(definitions: Definitions): string {
  const parts = Object.entries(definitions)
    .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > 0)
    .map(([kind, entries]) => `${entries.length} ${counted(entries.length, kind.replaceAll('_', ' '))}`)
  return parts.length === 0 ? 'Nothing' : parts.join(', ')
}
