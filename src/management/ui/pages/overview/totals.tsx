/** The figures on top of the overview: each leads to the list of what it counts. */
import { SimpleGrid, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Overview, Stats } from '../../api/types'
import { compact, count, rate } from '../../format/numbers'
import { figureOf, rateOf } from '../../format/stats'

interface Props {
  readonly totals: Overview['object_totals'] | undefined
  readonly lengths: Stats
  readonly stats: Stats | undefined
}

export function Totals({ totals, lengths, stats }: Props) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 4, lg: 8 }} spacing="sm">
      <Tile
        name="Ready"
        value={compact(figureOf(lengths, 'messages_ready'))}
        exact={figureOf(lengths, 'messages_ready')}
      />
      <Tile
        name="Unacked"
        value={compact(figureOf(lengths, 'messages_unacknowledged'))}
        exact={figureOf(lengths, 'messages_unacknowledged')}
      />
      <Tile name="Published" value={rate(rateOf(stats, 'publish') ?? 0)} />
      <Tile name="Delivered" value={rate(rateOf(stats, 'deliver_get') ?? 0)} />
      <Tile
        name="Connections"
        value={compact(totals?.connections)}
        exact={totals?.connections}
        to="/connections"
      />
      <Tile name="Channels" value={compact(totals?.channels)} exact={totals?.channels} to="/channels" />
      <Tile name="Consumers" value={compact(totals?.consumers)} exact={totals?.consumers} to="/consumers" />
      <Tile name="Queues" value={compact(totals?.queues)} exact={totals?.queues} to="/queues" />
    </SimpleGrid>
  )
}

interface TileProps {
  readonly name: string
  readonly value: string
  readonly exact?: number | undefined
  readonly to?: string
}

function Tile({ name, value, exact, to }: TileProps) {
  const content = (
    <>
      <Text fz="xs" className="quiet">
        {name}
      </Text>
      <Text fz={20} fw={600} lh={1.25} title={exact === undefined ? undefined : count(exact)}>
        {value}
      </Text>
    </>
  )
  if (to === undefined) return <div className="surface tile">{content}</div>
  return (
    <Link to={to} className="surface tile tile-link">
      {content}
    </Link>
  )
}
