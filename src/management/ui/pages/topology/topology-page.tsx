/** Exchanges, bindings and queues of a virtual host as a picture that moves with the messages, or as a table. */
import { Center, Loader, SegmentedControl, Select, Text } from '@mantine/core'
import { useMemo } from 'react'
import { query, route } from '../../api/client'
import { useLive } from '../../api/hooks'
import type { Topology } from '../../api/message-types'
import { useVhost } from '../../api/vhost'
import { Empty } from '../../components/empty'
import { DEFAULT_EXCHANGE } from '../../components/name-field'
import { Page, Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { useVhostNames } from '../../components/vhost-field'
import { CentreFields } from './centre-fields'
import { Graph } from './graph'
import { type Centre, type Form, useShown } from './use-shown'
import { WayTable } from './way-table'
import { idOf, waysOf } from './ways'

const forms = [
  { value: 'graph', label: 'Graph' },
  { value: 'table', label: 'Table' },
]

export function TopologyPage() {
  const [chosenVhost, chooseVhost] = useVhost()
  const vhosts = useVhostNames()
  const vhost = chosenVhost === '' ? vhosts[0] : chosenVhost
  const [{ centre, form }, show] = useShown()
  return (
    <Page
      title="Topology"
      hint={vhost === undefined ? undefined : `Virtual host ${vhost}`}
      actions={
        <>
          <Select
            size="xs"
            w={130}
            aria-label="Virtual host shown"
            data={[...vhosts]}
            value={vhost ?? null}
            onChange={chosen => chosen !== null && chooseVhost(chosen)}
          />
          <CentreFields
            key={JSON.stringify(centre)}
            vhost={vhost}
            centre={centre}
            onChange={next => show({ centre: next })}
          />
          <SegmentedControl
            size="xs"
            aria-label="Form"
            data={forms}
            value={form}
            onChange={next => show({ form: next as Form })}
          />
        </>
      }
    >
      {vhost !== undefined && (
        // drawn anew, and to fit, for each question
        <Around key={JSON.stringify([vhost, centre])} vhost={vhost} centre={centre} form={form} />
      )}
    </Page>
  )
}

interface AroundProps {
  readonly vhost: string
  readonly centre: Centre | undefined
  readonly form: Form
}

function Around({ vhost, centre, form }: AroundProps) {
  const asked = centre === undefined ? {} : { [centre.kind]: centre.name }
  const { data, error, refetch } = useLive<Topology>(query(route('topology', vhost), asked))
  const ways = useMemo(() => (data === undefined ? [] : waysOf(data)), [data])
  if (error !== null) return <Problem error={error} onRetry={() => void refetch()} />
  if (data === undefined)
    return (
      <Center py={64}>
        <Loader size="sm" aria-label="Loading the topology" />
      </Center>
    )
  if (data.exchanges.length + data.queues.length === 0)
    return (
      <Panel>
        <Empty title="Nothing to draw">Queues and exchanges that applications declare appear here.</Empty>
      </Panel>
    )
  return (
    <>
      {data.truncated && (
        <Text fz="sm" className="quiet" role="status">
          There is more than a picture can hold: these are the busiest. Look around one by its name.
        </Text>
      )}
      {form === 'table' ? (
        <Panel isFlush>
          <WayTable ways={ways} vhost={vhost} />
        </Panel>
      ) : (
        <Graph topology={data} ways={ways} vhost={vhost} centre={centre && nodeOf(centre)} />
      )}
    </>
  )
}

function nodeOf({ kind, name }: Centre): string {
  return idOf(kind, kind === 'exchange' && name === DEFAULT_EXCHANGE ? '' : name)
}
