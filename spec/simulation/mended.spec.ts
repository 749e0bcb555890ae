/** What simulations have found, by the few steps that were left of each. */
import { message, planOf, type Short } from './plan/by-hand'
import { KeepsRows } from './planted'
import { uncommitted } from './planted-exchanges'
import { simulate } from './run'

// Two at a time would be in each other's way: a busy machine must not begin the next one early.
jest.setTimeout(600_000)

describe('mended', () => {
  it('a channel that both sides close at once cost the connection', async () => {
    const steps: readonly Short[] = [
      ['publish', { ...message, exchange: 'missing' }],
      ['closeChannel', {}],
      ['settle', {}],
      ['get', { queue: 'q0', noAck: true }],
    ]
    const { violations, happened } = await simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('channel error 404')).toBe(1)
  })

  const briefly = {
    name: 'p',
    pattern: 'q',
    priority: 0,
    definition: { 'message-ttl': 500, 'max-length': 2 },
  }

  it("a policy's time to live was for what had survived a crash, too", async () => {
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ['publishMany', { ...message, count: 3 }],
      ['settle', {}],
      ['advance', { ms: 40_000 }],
      ['crash', {}],
      ['setPolicy', briefly],
      ['settle', {}],
    ]
    const { violations, happened } = await simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('died: maxlen')).toBe(1)
  })

  it("a policy's time to live was for what the disk had of a long queue, too", async () => {
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
    const { violations, happened } = await simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('disk: load')).toBeGreaterThan(2)
  })

  // Kept, kept, transient, kept, kept: all are out, and settled is all but the third.
  const heldBack: readonly Short[] = [
    ['declareQueue', { queue: 'q0', nowait: false }],
    ...[2, 2, 1, 2, 2].map(
      (deliveryMode): Short => ['publish', { ...message, properties: { deliveryMode } }, 1],
    ),
    ['consume', { queue: 'q0', noAck: false, exclusive: false, prefetch: 0, nowait: false }],
    ['settle', {}],
    ...[0, 0, 1, 1].flatMap((pick): Short[] => [
      ['ack', { multiple: false }, pick],
      ['settle', {}],
    ]),
  ]

  it.each([
    ['acknowledged', ['ack', { multiple: false }]],
    ['lost in a crash', ['crash', {}]],
  ] as const)('a transient message, %s last, left the rows of others on the disk', async (_, last: Short) => {
    const { violations, happened } = await simulate(planOf({}, [...heldBack, last, ['settle', {}]]))
    expect(violations).toEqual([])
    expect(happened.get('queue drained')).toBeGreaterThan(0)
  })

  it('and such rows are found when they are left', async () => {
    const plan = planOf({}, [...heldBack, ['ack', { multiple: false }], ['settle', {}]])
    expect((await simulate(plan, { queue: KeepsRows })).violations).toEqual([
      expect.stringContaining('queue q0 is empty, and 3 rows'),
    ])
  })

  it('a purge behind a transient message that is out left the rows of others on the disk', async () => {
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ...[2, 1, 2, 2].map(
        (deliveryMode): Short => ['publish', { ...message, properties: { deliveryMode } }, 1],
      ),
      ['consume', { queue: 'q0', noAck: false, exclusive: false, prefetch: 2, nowait: false }],
      ['settle', {}],
      ['cancel', { nowait: false }],
      ['ack', { multiple: false }],
      ['settle', {}],
      ['purge', { queue: 'q0' }],
      ['settle', {}],
      ['ack', { multiple: false }],
      ['settle', {}],
    ]
    const { violations, happened } = await simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('queue drained')).toBeGreaterThan(0)
  })

  const keyed = { ...message, properties: { deliveryMode: 2, headers: { 'x-deduplication-header': 'k' } } }
  const takenOut: readonly Short[] = [
    ['consume', { queue: 'q0', noAck: false, exclusive: false, prefetch: 0, nowait: false }],
    ['settle', {}],
  ]

  it('a dead letter that came back to its own queue was taken for a duplicate of itself', async () => {
    const args = {
      'x-message-deduplication': true,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'q0',
    }
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ['publish', keyed, 1],
      ...takenOut,
      ['reject', { requeue: false }],
      ['settle', {}],
    ]
    const { violations, happened } = await simulate(planOf({ arguments: args }, steps))
    expect(violations).toEqual([])
    expect(happened.get('heard basic.deliver')).toBe(2)
  })

  it('keys of messages that went while a policy let duplicates pass came back with a restart', async () => {
    const dropping = { name: 'p', pattern: 'q', priority: 0, definition: { 'message-deduplication': true } }
    const steps: readonly Short[] = [
      ['setPolicy', dropping],
      ['declareQueue', { queue: 'q0', nowait: false }],
      ['publish', keyed, 1],
      ['settle', {}],
      ['clearPolicy', { name: 'p' }],
      ...takenOut,
      ['ack', { multiple: false }],
      ['setPolicy', dropping],
      ['settle', {}],
      ['crash', {}],
      ['publish', keyed, 1],
      ...takenOut,
    ]
    const { violations, happened } = await simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('heard basic.deliver')).toBe(2)
  })

  it('a message that was moved to its own queue was taken for a duplicate of itself', async () => {
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ['publish', keyed, 1],
      ['settle', {}],
      ['move', { queue: 'q0', target: 'queue', destination: 'q0', count: 1 }],
      ['settle', {}],
      ['settle', {}],
      ...takenOut,
    ]
    const args = { 'x-message-deduplication': true }
    const { violations, happened } = await simulate(planOf({ arguments: args }, steps))
    expect(violations).toEqual([])
    expect(happened.get('moved')).toBe(1)
    expect(happened.get('heard basic.deliver')).toBe(1)
  })

  it('a connection that waited while memory was short did not hear what its client said to being closed', async () => {
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ['settle', {}],
      ['memoryShort', {}],
      ['publish', message, 1],
      ['settle', {}],
      ['replaceVhost', { ticks: 0 }],
      ['memoryEnough', {}],
      ['settle', {}],
    ]
    const { violations, happened } = await simulate(planOf({}, steps))
    expect(violations).toEqual([])
    expect(happened.get('connection error 320')).toBe(1)
  })

  it('a message that was rejected, and whose dead letter had nowhere to go yet, was new after a restart', async () => {
    const args = {
      'x-overflow': 'reject-publish',
      'x-dead-letter-exchange': 'nowhere',
      'x-dead-letter-strategy': 'at-least-once',
      'x-max-priority': 10,
    }
    const steps: readonly Short[] = [
      ['declareQueue', { queue: 'q0', nowait: false }],
      ['publish', message, 1],
      ['settle', {}],
      ['get', { queue: 'q0', noAck: false }],
      ['settle', {}],
      ['reject', { requeue: false }],
      ['setPolicy', { name: 'p', pattern: 'another', priority: 0, definition: { 'max-length': 1 } }],
      ['settle', {}],
      ['restart', {}],
      ...takenOut,
    ]
    const { violations, happened } = await simulate(planOf({ arguments: args }, steps))
    expect(violations).toEqual([])
    expect(happened.get('heard basic.deliver')).toBe(1)
  })

  it('an exchange knew after a crash what was published in a transaction that was never committed', async () => {
    const { violations, happened } = await simulate(uncommitted)
    expect(violations).toEqual([])
    expect(happened.get('batch written')).toBeGreaterThan(0)
  })
})
