/** What a test left behind: connections, their channels and consumers, what was never acknowledged, and queues. */
import type { Broker } from '../../broker/broker'
import { isReplyQueueName } from '../../broker/names'
import type { ChannelStatus } from '../../channel/channel-status'
import { DelayQueue } from '../../queues/delay-queue'
import type { Connections } from '../../server/connections'

export interface LeftConnection {
  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  readonly name: string
  /** What the client calls itself, its property `connection_name`. */
  readonly clientName: string | undefined
  readonly user: string | undefined
  readonly vhost: string | undefined
  readonly channels: readonly LeftChannel[]
}

export interface LeftChannel {
  readonly number: number
  readonly consumers: readonly { readonly tag: string; readonly queue: string }[]
  /** Deliveries that were not acknowledged, by queue. */
  readonly unacked: ReadonlyMap<string, number>
}

export interface LeftQueue {
  readonly vhost: string
  readonly name: string
  readonly ready: number
  readonly unacked: number
}

/** Its text is for people, one line for each thing that is left. */
export class LeakReport {
  constructor(
    readonly connections: readonly LeftConnection[],
    readonly queues: readonly LeftQueue[],
  ) {}

  /** Nothing was left. */
  get isClean(): boolean {
    return this.connections.length === 0 && this.queues.length === 0
  }

  toString(): string {
    if (this.isClean) return 'nothing was left behind'
    return [...this.connections.flatMap(connectionLines), ...this.queues.map(queueLine)].join('\n')
  }
}

/** A test left something behind, and was not to. */
export class LeaksFound extends Error {
  override readonly name = 'LeaksFound'

  constructor(readonly leaks: LeakReport) {
    super(`the test left something behind:\n${leaks}`)
  }
}

/** `wasThere`: queues that belong to the broker. */
export function leaksOf(
  broker: Broker,
  connections: Connections,
  wasThere: (vhost: string, queue: string) => boolean,
): LeakReport {
  const queues = [...broker.vhosts.values()].flatMap(vhost =>
    [...vhost.queues.values()]
      .filter(queue => !isReplyQueueName(queue.name) && !(queue instanceof DelayQueue))
      .filter(queue => !wasThere(vhost.name, queue.name))
      .map(({ name, messageCount: ready, unacknowledgedCount: unacked }) => {
        return { vhost: vhost.name, name, ready, unacked }
      }),
  )
  return new LeakReport(leftConnections(connections), queues)
}

function leftConnections(connections: Connections): LeftConnection[] {
  const live = [...connections].filter(({ state }) => state === 'open' || state === 'handshake')
  return live.map(({ status }) => ({
    name: status.name,
    clientName: status.identity.userProvidedName,
    user: status.user,
    vhost: status.vhost?.name,
    channels: [...status.channels].map(channel => leftChannel(channel.status)),
  }))
}

function leftChannel(status: ChannelStatus): LeftChannel {
  const unacked = new Map<string, number>()
  for (const { queue } of status.unacked()) unacked.set(queue.name, (unacked.get(queue.name) ?? 0) + 1)
  const consumers = status.consumers.map(({ tag, queue }) => ({ tag, queue: queue.name }))
  return { number: status.number, consumers, unacked }
}

function connectionLines({ name, clientName, user, vhost, channels }: LeftConnection): string[] {
  const called = clientName === undefined ? '' : ` "${clientName}"`
  const whose = user === undefined ? 'not logged in' : `${user} in ${vhost}`
  return [`connection${called} ${name} (${whose})`, ...channels.flatMap(channelLines)]
}

function channelLines({ number, consumers, unacked }: LeftChannel): string[] {
  return [
    `  channel ${number}`,
    ...consumers.map(({ tag, queue }) => `    consumer ${tag} of queue "${queue}"`),
    ...[...unacked].map(([queue, count]) => `    ${count} unacknowledged from queue "${queue}"`),
  ]
}

function queueLine({ vhost, name, ready, unacked }: LeftQueue): string {
  return `queue "${name}" in ${vhost}: ${ready} ready, ${unacked} unacknowledged`
}
