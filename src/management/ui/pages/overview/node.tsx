/** The machine the broker runs on: what it uses of what it may, its alarms, and where it listens. */
import { Alert, Badge, Group, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useLive } from '../../api/hooks'
import type { Listener, Node } from '../../api/types'
import { Panel } from '../../components/page'
import { Problem } from '../../components/problem'
import { bytes, count, duration, percent } from '../../format/numbers'

export function NodePanel() {
  const { data, error } = useLive<readonly Node[]>('/nodes')
  if (error) return <Problem error={error} />
  return (data ?? []).map(node => (
    <Panel key={node.name} title={`Node ${node.name}`} actions={<Alarms node={node} />}>
      <Stack gap="sm">
        {node.mem_alarm && (
          <Alarm title="Memory alarm">
            {bytes(node.mem_used)} are in use, {bytes(node.mem_limit)} are allowed. Publishers wait until
            consumers have caught up.
          </Alarm>
        )}
        {node.disk_free_alarm && (
          <Alarm title="Disk alarm">
            {bytes(node.disk_free)} are free, at least {bytes(node.disk_free_limit)} must be. Publishers wait
            until there is room.
          </Alarm>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="lg">
          <Gauge
            name="Memory"
            used={node.mem_used}
            limit={node.mem_limit}
            format={bytes}
            isBad={node.mem_alarm}
          />
          <Free
            name="Disk free"
            free={node.disk_free}
            limit={node.disk_free_limit}
            isBad={node.disk_free_alarm}
          />
          <Gauge name="File descriptors" used={node.fd_used} limit={node.fd_total} format={count} />
          <Stack gap={2}>
            <Text fz="xs" className="quiet">
              Uptime
            </Text>
            <Text fz="sm" fw={600}>
              {duration(node.uptime)}
            </Text>
            <Text fz="xs" className="quiet">
              {node.processors} processors{node.os_pid !== undefined && `, process ${node.os_pid}`}
            </Text>
          </Stack>
        </SimpleGrid>
      </Stack>
    </Panel>
  ))
}

function Alarms({ node }: { readonly node: Node }) {
  if (!node.running) return <Badge color="red">not running</Badge>
  const isAlarmed = node.mem_alarm || node.disk_free_alarm
  return (
    <Badge
      variant="default"
      fw={500}
      tt="none"
      leftSection={<span className={isAlarmed ? 'dot dot-bad' : 'dot dot-good'} />}
    >
      {isAlarmed ? 'alarm' : 'no alarms'}
    </Badge>
  )
}

function Alarm({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <Alert
      color="red"
      variant="default"
      className="alert"
      title={title}
      icon={<IconAlertTriangle size={18} />}
      role="alert"
    >
      {children}
    </Alert>
  )
}

interface GaugeProps {
  readonly name: string
  readonly used: number
  readonly limit: number
  readonly format: (value: number) => string
  readonly isBad?: boolean
}

function Gauge({ name, used, limit, format, isBad = false }: GaugeProps) {
  const share = limit > 0 ? Math.min(1, used / limit) : 0
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text fz="xs" className="quiet">
          {name}
        </Text>
        <Text fz="xs" className="quiet">
          {percent(share)}
        </Text>
      </Group>
      <Progress
        size="sm"
        value={share * 100}
        color={isBad || share > 0.9 ? 'red' : share > 0.75 ? 'orange' : 'dusk'}
        aria-label={`${name}: ${percent(share)}`}
      />
      <Text fz="sm">
        <b>{format(used)}</b> <span className="quiet">of {format(limit)}</span>
      </Text>
    </Stack>
  )
}

interface FreeProps {
  readonly name: string
  readonly free: number
  readonly limit: number
  readonly isBad: boolean
}

/** The other way round: it is bad when little is left. */
function Free({ name, free, limit, isBad }: FreeProps) {
  return (
    <Stack gap={4}>
      <Text fz="xs" className="quiet">
        {name}
      </Text>
      <Text fz="sm" fw={600} c={isBad ? 'red' : undefined}>
        {bytes(free)}
      </Text>
      <Text fz="xs" className="quiet">
        {limit > 0 ? `alarm below ${bytes(limit)}` : 'no alarm is set'}
      </Text>
    </Stack>
  )
}

export function Listeners({ listeners }: { readonly listeners: readonly Listener[] }) {
  return (
    <Panel title="Listeners" isFlush>
      <Table className="grid-table" verticalSpacing={5} horizontalSpacing="md" aria-label="Listeners">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Protocol</Table.Th>
            <Table.Th scope="col">Address</Table.Th>
            <Table.Th scope="col" className="number">
              Port
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listeners.map(({ protocol, ip_address, port }) => (
            <Table.Tr key={`${protocol} ${ip_address} ${port}`}>
              <Table.Td>{protocol}</Table.Td>
              <Table.Td>{ip_address}</Table.Td>
              <Table.Td className="number">{port}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}
