/** What simulations have found, by the few steps that were left of each. */
import type { DeclaredQueue } from './declarations'
import type { Op, Plan, Told } from './plan'
import { simulate } from './run'

type Short = readonly [op: Op, told: Partial<Told>]

function planOf(queue: Partial<DeclaredQueue>, steps: readonly Short[]): Plan {
  const declared = {
    queue: 'q0',
    durable: true,
    exclusive: false,
    autoDelete: false,
    arguments: {},
    ...queue,
  }
  return {
    seed: 'mended',
    compat: '4.2',
    splits: ['whole'],
    queues: [declared],
    exchanges: [],
    steps: steps.map(([op, told]) => ({ op, client: 0, channel: 1, pick: 0, ticks: 0, with: told })),
  }
}

const message = {
  exchange: '',
  routingKey: 'q0',
  mandatory: false,
  bytes: 24,
  properties: { deliveryMode: 2 },
}

describe('mended', () => {
  it('a channel that both sides close at once cost the connection', () => {
    const steps: readonly Short[] = [
      ['publish', { ...message, exchange: 'missing' }],
      ['closeChannel', {}],
      ['settle', {}],
      ['get', { queue: 'q0', noAck: true }],
    ]
    const { violations, happened } = simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('channel error 404')).toBe(1)
  })

  const briefly = {
    name: 'p',
    pattern: 'q',
    priority: 0,
    definition: { 'message-ttl': 500, 'max-length': 2 },
  }

  it("a policy's time to live was for what had survived a crash, too", () => {
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ['publishMany', { ...message, count: 3 }],
      ['settle', {}],
      ['advance', { ms: 40_000 }],
      ['crash', {}],
      ['setPolicy', briefly],
      ['settle', {}],
    ]
    const { violations, happened } = simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('died: maxlen')).toBe(1)
  })

  it("a policy's time to live was for what the disk had of a long queue, too", () => {
    const some: readonly Short[] = [
      ['publishBulk', { ...message, bytes: 4000, count: 100 }],
      ['settle', {}],
    ]
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ...Array.from({ length: 8 }, () => some).flat(),
      ['advance', { ms: 40_000 }],
      ['setPolicy', briefly],
      ['settle', {}],
    ]
    const { violations, happened } = simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('disk: load')).toBeGreaterThan(2)
  })
})
