/** What a broker has again when it is opened on what another one left. */
import type { Account, TopicPatterns } from '../model/access-model'
import type { Snapshot } from '../model/snapshot'
import type { World } from './world'

/** What was on the disk is there again, and nothing else. */
export function checkRecovered(
  { broker, access, vhost, model, disk, findings }: World,
  kept: Snapshot,
): void {
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
  same('accounts', accountsOf(broker), Object.entries(access.accounts).flatMap(toldOf))
  findings.saw(
    'messages survived',
    [...model.queues.values()].reduce((sum, queue) => sum + queue.restored, 0),
  )
}

/** Everybody, and everything that anybody may do. */
function accountsOf({ users, permissions, topicPermissions }: World['broker']): string[] {
  const told = (user: string, what: string, { write, read }: TopicPatterns): string =>
    `${user}:${what}/${write}/${read}`
  return [
    ...[...users].map(({ name }) => name),
    ...[...permissions].map(entry => told(entry.user, entry.configure, entry)),
    ...[...topicPermissions].map(entry => told(entry.user, `at ${entry.exchange}`, entry)),
  ]
}

function toldOf([user, { permissions, topics }]: [string, Account]): string[] {
  const patterns = permissions === undefined ? [] : [permissions]
  return [
    user,
    ...patterns.map(({ configure, write, read }) => `${user}:${configure}/${write}/${read}`),
    ...Object.entries(topics).map(([exchange, { write, read }]) => `${user}:at ${exchange}/${write}/${read}`),
  ]
}
