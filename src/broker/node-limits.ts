/**
 * How much of everything there may be in the whole broker. Asked when something is declared, made or opened; what is
 * there stays. RabbitMQ's texts: its limits of nodes and clusters.
 */
import { NotAllowed, PreconditionFailed } from '../amqp/errors'
import { describeResource, NODE_NAME } from './names'
import { SettingRefused } from './setting-refused'

/** 0: no limit. */
export interface NodeMaxima {
  readonly connectionsMax: number
  readonly channelsMax: number
  readonly vhostsMax: number
  readonly queuesMax: number
  readonly exchangesMax: number
}

export const UNLIMITED: NodeMaxima = {
  connectionsMax: 0,
  channelsMax: 0,
  vhostsMax: 0,
  queuesMax: 0,
  exchangesMax: 0,
}

/** What of a virtual host counts. */
export interface CountedVhost {
  readonly queues: { readonly size: number }
  readonly undeclaredQueueCount: number
  readonly exchanges: { readonly size: number }
}

export class NodeLimits {
  private connections = 0
  private channels = 0

  constructor(
    private readonly maxima: NodeMaxima,
    private readonly vhosts: () => ReadonlyMap<string, CountedVhost>,
  ) {}

  /** @throws NotAllowed */
  requireRoomForConnection(): void {
    const { connectionsMax } = this.maxima
    if (!isReached(connectionsMax, this.connections)) return
    throw new NotAllowed(`connection refused: node connection limit (${connectionsMax}) is reached`)
  }

  /** @throws NotAllowed */
  requireRoomForChannel(): void {
    const { channelsMax } = this.maxima
    if (!isReached(channelsMax, this.channels)) return
    throw new NotAllowed(
      `number of channels opened on node '${NODE_NAME}' has reached the maximum allowed limit of ${channelsMax}`,
    )
  }

  /** @throws SettingRefused */
  requireRoomForVhost(name: string): void {
    const { vhostsMax } = this.maxima
    if (!isReached(vhostsMax, this.vhosts().size)) return
    throw new SettingRefused(
      'vhost_limit_exceeded',
      `cannot create vhost '${name}': vhost limit of ${vhostsMax} is reached`,
    )
  }

  /** @throws PreconditionFailed */
  requireRoomForQueue(name: string): void {
    const { queuesMax } = this.maxima
    const count = (vhost: CountedVhost): number => vhost.queues.size - vhost.undeclaredQueueCount
    if (queuesMax === 0 || !isReached(queuesMax, this.sum(count))) return
    throw new PreconditionFailed(
      `cannot declare queue '${name}': queue limit in cluster (${queuesMax}) is reached`,
    )
  }

  /** @throws PreconditionFailed */
  requireRoomForExchange(name: string, vhost: string): void {
    const { exchangesMax } = this.maxima
    if (
      exchangesMax === 0 ||
      !isReached(
        exchangesMax,
        this.sum(({ exchanges }) => exchanges.size),
      )
    )
      return
    const resource = describeResource('exchange', name, vhost)
    throw new PreconditionFailed(`cannot declare ${resource}: exchange limit of ${exchangesMax} is reached`)
  }

  countConnections(by: number): void {
    this.connections += by
  }

  countChannels(by: number): void {
    this.channels += by
  }

  private sum(countOf: (vhost: CountedVhost) => number): number {
    let sum = 0
    for (const vhost of this.vhosts().values()) sum += countOf(vhost)
    return sum
  }
}

function isReached(max: number, count: number): boolean {
  return max !== 0 && count >= max
}
