/** docs/reference/metrics.md against what Prometheus is told: each metric with its type and help, in both directions. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  alarmFamilies,
  brokerGroups,
  globalFamilies,
  identityFamilies,
  totalFamilies,
} from '../../src/metrics/prometheus-broker'
import { channelGroups, connectionGroups } from '../../src/metrics/prometheus-channels'
import type { Family } from '../../src/metrics/prometheus-family'
import { nodeFamilies } from '../../src/metrics/prometheus-node'
import { clusterGroups, exchangeGroups, queueGroups } from '../../src/metrics/prometheus-queues'

const page = readFileSync(join(__dirname, '../../docs/reference/metrics.md'), 'utf8')

const identity = { rabbitmqVersion: '', productName: '', productVersion: '', clusterId: '' }

describe('docs/reference/metrics.md', () => {
  it('has each metric of an object, by its family', () => {
    const rows = [
      ...queueGroups,
      ...channelGroups,
      ...connectionGroups,
      ...exchangeGroups,
      ...clusterGroups,
    ].flatMap(({ family, prefix = 'rabbitmq_', metrics }) =>
      metrics.map(metric => row(family, metric.each(prefix))),
    )
    expect(tableOf('By object')).toEqual(rows)
  })

  it('has each metric of the broker', () => {
    const grouped = brokerGroups.flatMap(({ family, families }) =>
      families('rabbitmq_').map(metric => row(family, metric)),
    )
    const others = [...totalFamilies, ...alarmFamilies, ...identityFamilies(identity, ''), ...globalFamilies]
    expect(tableOf('The broker')).toEqual([...grouped, ...others.map(metric => row('', metric))])
  })

  it('has each metric of the process', () => {
    expect(tableOf('The process')).toEqual(nodeFamilies.map(metric => row('', metric)))
  })
})

function row(family: string, { name, type, help }: Family): string {
  return `| ${[family === '' ? '' : `\`${family}\``, `\`${name}\``, type, help].join(' | ')} |`
}

function tableOf(title: string): readonly string[] {
  const start = page.indexOf(`## ${title}\n`)
  const section = page.slice(start, page.indexOf('\n## ', start + 1))
  const lines = section.split('\n').filter(line => line.startsWith('|'))
  expect(lines.slice(0, 2)).toEqual(['| family | metric | type | |', '|---|---|---|---|'])
  return lines.slice(2)
}
