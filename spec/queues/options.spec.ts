import fc from 'fast-check'
import { type FieldTable, fieldTable, type PlainTable } from '../../src/amqp/table'
import { COMPARED_ARGUMENTS, checkQueueArguments } from '../../src/queues/arguments'
import { mergeOperatorPolicy, type QueueOptions, queueOptions } from '../../src/queues/options'

const LOWERED: readonly [key: string, option: keyof QueueOptions][] = [
  ['message-ttl', 'messageTtl'],
  ['expires', 'expires'],
  ['max-length', 'maxLength'],
  ['max-length-bytes', 'maxLengthBytes'],
  ['delivery-limit', 'deliveryLimit'],
  ['consumer-timeout', 'consumerTimeout'],
]

const limit = fc.option(fc.nat(), { nil: undefined })

function said(key: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [key]: value }
}

function lowest(...values: (number | undefined)[]): number | undefined {
  const given = values.filter(value => value !== undefined)
  return given.length === 0 ? undefined : Math.min(...given)
}

function optionsOf(args: PlainTable, ...policies: Record<string, unknown>[]): QueueOptions {
  return queueOptions(fieldTable(args), ...policies)
}

describe('a queue without arguments and policies', () => {
  it('has no limits', () => {
    expect(queueOptions(new Map())).toEqual({
      type: 'classic',
      messageTtl: undefined,
      ttlMode: 'head',
      expires: undefined,
      maxLength: undefined,
      maxLengthBytes: undefined,
      overflow: 'drop-head',
      deadLetterExchange: undefined,
      deadLetterRoutingKey: undefined,
      deadLetterStrategy: 'at-most-once',
      maxPriority: 0,
      singleActiveConsumer: false,
      deliveryLimit: undefined,
      countsReturned: true,
      delayedRetry: undefined,
      consumerTimeout: undefined,
      deduplication: undefined,
    })
  })

  it('has the default delivery limit only if it is a quorum queue', () => {
    const defaults = { deliveryLimit: 20, countsReturned: true }
    expect(queueOptions(new Map(), undefined, undefined, defaults).deliveryLimit).toBeUndefined()
    const quorum = fieldTable({ 'x-queue-type': 'quorum' })
    expect(queueOptions(quorum, undefined, undefined, defaults).deliveryLimit).toBe(20)
    expect(queueOptions(quorum, { 'delivery-limit': 50 }, undefined, defaults).deliveryLimit).toBe(50)
    expect(queueOptions(quorum, { 'delivery-limit': -1 }, undefined, defaults).deliveryLimit).toBeUndefined()
  })
})

describe('limits in arguments, policy and operator policy', () => {
  it.each(LOWERED)('%s: the lowest one counts', (key, option) => {
    fc.assert(
      fc.property(limit, limit, limit, (argument, policy, operator) => {
        const args = fieldTable(said(`x-${key}`, argument) as PlainTable)
        const options = queueOptions(args, said(key, policy), said(key, operator))
        expect(options[option]).toBe(lowest(argument, policy, operator))
      }),
    )
  })

  it.each([
    [-1, 5, 5],
    [5, -1, 5],
    [-1, -1, undefined],
    [-1, undefined, undefined],
    [0, 5, 0],
  ])('delivery-limit: argument %p and policy %p make %p, for -1 is no limit', (argument, policy, limit) => {
    expect(optionsOf({ 'x-delivery-limit': argument }, said('delivery-limit', policy)).deliveryLimit).toBe(
      limit,
    )
    const byOperator = optionsOf({}, { 'delivery-limit': argument }, said('delivery-limit', policy))
    expect(byOperator.deliveryLimit).toBe(limit)
  })

  it('integers beyond 2^53 are limits, too', () => {
    const args: FieldTable = new Map([['x-max-length', { type: 'l', value: 2n ** 62n }]])
    expect(queueOptions(args).maxLength).toBe(Number.MAX_SAFE_INTEGER)
    expect(queueOptions(args, { 'max-length': 7 }).maxLength).toBe(7)
    const below: FieldTable = new Map([['x-delivery-limit', { type: 'l', value: -(2n ** 62n) }]])
    expect(queueOptions(below).deliveryLimit).toBeUndefined()
  })
})

describe('names and modes in arguments and policy', () => {
  it.each([
    ['dead-letter-exchange', 'deadLetterExchange'],
    ['dead-letter-routing-key', 'deadLetterRoutingKey'],
  ] as const)('%s: the argument goes before the policy, also when it is empty', (key, option) => {
    const text = fc.option(fc.string(), { nil: undefined })
    fc.assert(
      fc.property(text, text, (argument, policy) => {
        const options = optionsOf(said(`x-${key}`, argument) as PlainTable, said(key, policy))
        expect(options[option]).toBe(argument ?? policy)
      }),
    )
  })

  it('overflow: the argument, then the operator, then the policy', () => {
    const policies = [{ overflow: 'reject-publish' }, { overflow: 'reject-publish-dlx' }] as const
    expect(optionsOf({}, ...policies).overflow).toBe('reject-publish-dlx')
    expect(optionsOf({ 'x-overflow': 'drop-head' }, ...policies).overflow).toBe('drop-head')
  })

  it('dead-letter-strategy at-least-once needs overflow reject-publish', () => {
    const strategy = { 'x-dead-letter-strategy': 'at-least-once' }
    expect(optionsOf(strategy).deadLetterStrategy).toBe('at-most-once')
    const rejecting = optionsOf(strategy, { overflow: 'reject-publish' })
    expect(rejecting.deadLetterStrategy).toBe('at-least-once')
  })

  it('ttl-mode, deduplication, priorities, single active consumer', () => {
    const args = { 'x-max-priority': 255, 'x-single-active-consumer': true, 'x-ttl-mode': 'exact' }
    expect(optionsOf(args)).toMatchObject({ maxPriority: 255, singleActiveConsumer: true, ttlMode: 'exact' })
    expect(optionsOf({}, { 'ttl-mode': 'exact' }).ttlMode).toBe('exact')
    expect(optionsOf({ 'x-cache-size': 5 }).deduplication).toBeUndefined()
    const cache = { 'x-message-deduplication': true, 'x-cache-size': 5 }
    expect(optionsOf(cache, { 'cache-ttl': 9 }).deduplication).toEqual({ size: 5, ttl: 9 })
  })
})

describe('delayed retry', () => {
  const failed = { 'x-delayed-retry-type': 'failed' }

  it('needs a type and a least delay, and grows to the largest', () => {
    expect(optionsOf(failed).delayedRetry).toBeUndefined()
    expect(optionsOf({ 'x-delayed-retry-min': 5 }).delayedRetry).toBeUndefined()
    const options = optionsOf({ ...failed, 'x-delayed-retry-min': 5, 'x-delayed-retry-max': 50 })
    expect(options.delayedRetry).toEqual({ type: 'failed', min: 5, max: 50 })
  })

  it('does not grow without a largest delay', () => {
    expect(optionsOf({ ...failed, 'x-delayed-retry-min': 5 }).delayedRetry).toMatchObject({ max: 5 })
  })

  it('of its type the policy goes before the argument', () => {
    const args = { ...failed, 'x-delayed-retry-min': 5 }
    expect(optionsOf(args, { 'delayed-retry-type': 'disabled' }).delayedRetry).toBeUndefined()
    expect(optionsOf(args, { 'delayed-retry-type': 'all' }).delayedRetry).toMatchObject({ type: 'all' })
  })
})

describe('merging an operator policy', () => {
  it('keeps the keys that only one of them has', () => {
    const policy = { 'dead-letter-exchange': 'dead', 'max-length': 9 }
    expect(mergeOperatorPolicy(policy, { 'message-ttl': 5 })).toEqual({ ...policy, 'message-ttl': 5 })
    expect(mergeOperatorPolicy(undefined, undefined)).toBeUndefined()
    expect(mergeOperatorPolicy(policy, undefined)).toBe(policy)
  })

  it('takes the larger of the smallest delays and group sizes', () => {
    for (const key of ['delayed-retry-min', 'target-group-size'])
      expect(mergeOperatorPolicy({ [key]: 3 }, { [key]: 7 })).toEqual({ [key]: 7 })
  })

  it('never throws, whatever the definitions hold, and gives a frozen record', () => {
    const definition = fc.dictionary(
      fc.oneof(fc.constantFrom(...LOWERED.map(([key]) => key)), fc.string()),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(definition, definition, (policy, operator) => {
        expect(Object.isFrozen(queueOptions(new Map(), policy, operator))).toBe(true)
      }),
    )
  })
})

describe('arguments of Leveret and of RabbitMQ since 4.2', () => {
  const refused: [name: string, value: PlainTable[string], problem: string][] = [
    ['x-delivery-limit', 'few', '"expected integer, got longstr"'],
    ['x-delayed-retry-type', 'never', 'invalid_delayed_retry_type'],
    ['x-delayed-retry-min', 0, '{value_zero,0}'],
    ['x-delayed-retry-max', -1, '{value_negative,-1}'],
    ['x-consumer-timeout', -1, '{value_negative,-1}'],
    ['x-ttl-mode', 'sometimes', 'invalid_ttl_mode'],
    ['x-ttl-mode', 1, '{unacceptable_type,signedint}'],
    ['x-message-deduplication', 'yes', '{unacceptable_type,longstr}'],
    ['x-cache-size', 0, '{value_zero,0}'],
    ['x-cache-ttl', 0, '{value_zero,0}'],
    ['x-queue-leader-locator', 'nowhere', 'invalid_queue_locator_arg'],
    ['x-queue-version', 3, '"unsupported queue version \'3\'"'],
    ['x-queue-version', -1, '{value_negative,-1}'],
  ]
  it.each(refused)('%s = %p is refused', (name, value, problem) => {
    const check = (): void => checkQueueArguments("queue 'q' in vhost '/'", fieldTable({ [name]: value }))
    expect(check).toThrow(`invalid arg '${name}' for queue 'q' in vhost '/': ${problem}`)
  })

  it.each([
    ['x-quorum-initial-group-size', 0, '{value_zero,0}'],
    ['x-max-in-memory-length', -1, '{value_negative,-1}'],
  ])('%s = %p is refused for quorum queues; others may not have it', (name, value, problem) => {
    const check = (args: PlainTable) => () =>
      checkQueueArguments("queue 'q' in vhost '/'", fieldTable({ [name]: value, ...args }))
    expect(check({ 'x-queue-type': 'quorum' })).toThrow(
      `invalid arg '${name}' for queue 'q' in vhost '/': ${problem}`,
    )
    expect(check({})).toThrow(
      `invalid arg '${name}' for queue 'q' in vhost '/' of queue type rabbit_classic_queue`,
    )
  })

  it.each([
    { 'x-delivery-limit': -1 },
    { 'x-delivery-limit': 0 },
    { 'x-delayed-retry-type': 'disabled', 'x-delayed-retry-min': 1, 'x-delayed-retry-max': 1 },
    { 'x-consumer-timeout': 0 },
    { 'x-ttl-mode': 'exact' },
    { 'x-message-deduplication': false, 'x-cache-size': 1, 'x-cache-ttl': 1 },
    { 'x-queue-leader-locator': 'least-leaders', 'x-name-prefix': 'my-' },
  ])('%p is accepted', args => {
    for (const type of ['classic', 'quorum'])
      checkQueueArguments('queue', fieldTable({ 'x-queue-type': type, ...args }))
  })

  it.each([
    ['classic', { 'x-queue-version': 2, 'x-queue-mode': 'lazy', 'x-queue-master-locator': 'min-masters' }],
    ['quorum', { 'x-max-in-memory-bytes': 0, 'x-max-in-memory-length': 1, 'x-quorum-initial-group-size': 3 }],
  ])('a %s queue knows %p, and no other does', (type, args) => {
    checkQueueArguments('queue', fieldTable({ 'x-queue-type': type, ...args }))
    const other = type === 'classic' ? 'quorum' : 'classic'
    for (const [name, value] of Object.entries(args)) {
      const check = (): void =>
        checkQueueArguments('queue', fieldTable({ 'x-queue-type': other, [name]: value }))
      expect(check).toThrow(`invalid arg '${name}' for queue of queue type rabbit_${other}_queue`)
    }
  })

  it('looks at the type first', () => {
    const args = fieldTable({ 'x-message-ttl': -1, 'x-queue-type': 'nope' })
    expect(() => checkQueueArguments('queue', args)).toThrow(/'x-queue-type'.*unsupported queue type 'nope'/)
  })

  it('must be repeated by whoever declares the queue again', () => {
    expect(COMPARED_ARGUMENTS).toEqual(expect.arrayContaining(['x-delivery-limit', 'x-ttl-mode']))
  })
})
