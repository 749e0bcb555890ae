/** Plans of a few steps, written down and not drawn. */
import type { DeclaredExchange, DeclaredQueue } from './declarations'
import type { Op, Plan } from './plan'
import type { Told } from './told'

export type Short = readonly [op: Op, told: Partial<Told>, pick?: number]

/** One client, the first user unless told, with one channel. */
export function planOf(
  queue: Partial<DeclaredQueue>,
  steps: readonly Short[],
  others: Partial<Pick<Plan, 'logins' | 'exchanges'>> = {},
): Plan {
  const declared = {
    queue: 'q0',
    durable: true,
    exclusive: false,
    autoDelete: false,
    arguments: {},
    ...queue,
  }
  return {
    seed: 'by hand',
    compat: '4.2',
    splits: ['whole'],
    logins: [],
    queues: [declared],
    exchanges: [],
    ...others,
    steps: steps.map(([op, told, pick = 0]) => ({ op, client: 0, channel: 1, pick, ticks: 0, with: told })),
  }
}

export const message = {
  exchange: '',
  routingKey: 'q0',
  mandatory: false,
  bytes: 24,
  properties: { deliveryMode: 2 },
}

/** A fanout that lets no duplicate pass. */
export const deduplicating: DeclaredExchange = {
  exchange: 'e0',
  type: 'fanout',
  durable: true,
  autoDelete: false,
  internal: false,
  arguments: { 'x-message-deduplication': true },
}

export const keyed = {
  ...message,
  exchange: 'e0',
  properties: { deliveryMode: 2, headers: { 'x-deduplication-header': 'k0' } },
}

export const bound: Short = ['bind', { queue: 'q0', exchange: 'e0', routingKey: '', arguments: {} }]
