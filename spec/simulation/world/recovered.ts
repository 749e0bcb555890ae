/** What a broker has again when it is opened on what another one left. */
import type { Snapshot } from '../model/snapshot'
import type { World } from './world'

/** What was on the disk is there again, and nothing else. */
export function checkRecovered({ vhost, model, disk, findings }: World, kept: Snapshot): void {
  const same = (what: string, is: readonly string[], due: readonly string[]): void => {
    const [a, b] = [[...is].sort().join(' '), [...due].sort().join(' ')]
    if (a !== b) findings.wrong(`after a crash there are ${what} ${a} instead of ${b}`)
  }
  same('queues', [...vhost.queues.keys()], [...kept.queues.keys()])
  same('exchanges', [...vhost.exchanges.keys()], [...model.topology.exchanges.keys()])
  const bindings = [...vhost.exchanges.values()].flatMap(exchange => [...exchange.bindings()])
  same(
    'bindings',
    bindings.map(({ source, destination, routingKey }) => `${source}>${destination.name}/${routingKey}`),
    kept.bindings.map(({ source, destination, routingKey }) => `${source}>${destination}/${routingKey}`),
  )
  for (const [name, { entries }] of kept.queues) {
    const onDisk = disk.kept(vhost.queues.get(name)?.definition.id ?? 0)
    const due = entries.map(({ id, position }) => `${position}:${id}`)
    same(`messages in ${name}`, onDisk, due)
  }
  findings.saw(
    'messages survived',
    [...model.queues.values()].reduce((sum, queue) => sum + queue.restored, 0),
  )
}
