/**
 * queue.declare, field arguments: what RabbitMQ refuses, in its words. What the arguments do is asked in files of their
 * own (message-ttl, queue-expires, max-length, reject-publish, dead-letter, priority, single-active-consumer).
 */
import { useBroker } from '../support/broker'
import type { Table } from '../support/methods'
import { byVersion, isLeveret, isVersion3 } from '../support/version'

const broker = useBroker()

const METHOD = 'queue.declare'
const typed = (type: string, value: unknown) => ({ '!': type, value })
const YEARS_10 = 315_360_000_000

describe('queue.declare with an argument that is refused', () => {
  const cases: [argument: string, value: unknown, reason: string][] = [
    ['x-message-ttl', 'soon', '"expected integer, got longstr"'],
    ['x-message-ttl', 1.5, '"expected integer, got double"'],
    ['x-message-ttl', true, '"expected integer, got bool"'],
    ['x-message-ttl', null, '"expected integer, got void"'],
    ['x-message-ttl', -1, '{value_negative,-1}'],
    ['x-message-ttl', typed('long', YEARS_10 + 1), `{value_too_large,${YEARS_10 + 1}}`],
    ['x-expires', 0, '{value_zero,0}'],
    ['x-expires', -1, '{value_negative,-1}'],
    ['x-expires', 'soon', '"expected integer, got longstr"'],
    ['x-expires', typed('long', YEARS_10 + 1), `{value_too_large,${YEARS_10 + 1}}`],
    ['x-max-length', -1, '{value_negative,-1}'],
    ['x-max-length', 'few', '"expected integer, got longstr"'],
    ['x-max-length-bytes', -1, '{value_negative,-1}'],
    ['x-max-length-bytes', 'few', '"expected integer, got longstr"'],
    ['x-overflow', 'nope', 'invalid_overflow'],
    ['x-overflow', 5, '{unacceptable_type,byte}'],
    ['x-dead-letter-routing-key', 'key', 'routing_key_but_no_dlx_defined'],
    ['x-max-priority', 256, '{max_value_exceeded,256}'],
    ['x-max-priority', -1, '{value_negative,-1}'],
    ['x-max-priority', 'high', '"expected integer, got longstr"'],
    ['x-single-active-consumer', 'yes', '{unacceptable_type,longstr}'],
    ['x-single-active-consumer', 1, '{unacceptable_type,byte}'],
    ['x-queue-type', 'nope', '"unsupported queue type \'nope\'"'],
    ['x-queue-type', 5, '{unacceptable_type,byte}'],
    ['x-queue-type', 'a"b', '"unsupported queue type \'a\\"b\'"'],
  ]
  // 4.x does not look at it
  if (isVersion3 || isLeveret) {
    cases.push(['x-queue-mode', 'nope', '"unsupported queue mode \'nope\'"'])
    cases.push(['x-queue-mode', 5, '{unacceptable_type,byte}'])
  }
  it.each(cases)('%s = %j closes the channel', async (argument, value, reason) => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send(METHOD, { queue, exclusive: true, arguments: { [argument]: value } })
    const text = `PRECONDITION_FAILED - invalid arg '${argument}' for ${broker.queueText(queue)}: ${reason}`
    await channel.expectClose(406, text, METHOD)
  })

  it('x-dead-letter-exchange of another type than string closes the channel', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send(METHOD, { queue, exclusive: true, arguments: { 'x-dead-letter-exchange': 5 } })
    const text = `PRECONDITION_FAILED - invalid type 'byte' for arg 'x-dead-letter-exchange' in ${broker.queueText(queue)}`
    await channel.expectClose(406, text, METHOD)
  })

  it('x-dead-letter-routing-key of another type than string closes the channel', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    const own = { 'x-dead-letter-exchange': 'amq.fanout', 'x-dead-letter-routing-key': 5 }
    channel.send(METHOD, { queue, exclusive: true, arguments: own })
    const text = `PRECONDITION_FAILED - invalid arg 'x-dead-letter-routing-key' for ${broker.queueText(queue)}: {unacceptable_type,byte}`
    await channel.expectClose(406, text, METHOD)
  })

  const unknown: [argument: string, value: unknown][] = [
    ['x-max-age', '1h'],
    ['x-max-in-memory-length', 5],
    // also when no queue could have it
    ['x-max-in-memory-length', -1],
    ['x-quorum-initial-group-size', 0],
  ]
  if (!isLeveret) unknown.push(['x-delivery-limit', 5])
  it.each(unknown)(
    '%s of %j, which classic queues do not know, closes the channel',
    async (argument, value) => {
      const channel = await broker.channel()
      const queue = broker.name('queue')
      channel.send(METHOD, { queue, exclusive: true, arguments: { [argument]: value } })
      const text = `PRECONDITION_FAILED - invalid arg '${argument}' for ${broker.queueText(queue)} of queue type rabbit_classic_queue`
      await channel.expectClose(406, text, METHOD)
    },
  )

  it('looks at the name before the arguments', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { queue: 'amq.mine', exclusive: true, arguments: { 'x-message-ttl': -1 } })
    await channel.expectClose(403, /reserved prefix/, METHOD)
  })
})

/** RabbitMQ refuses them for classic queues, or does not look at them. */
const ownArguments: [title: string, own: Table][] = [
  ['x-delivery-limit', { 'x-delivery-limit': 5 }],
  ['x-delivery-limit of -1', { 'x-delivery-limit': -1 }],
  ['x-delayed-retry', { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 1, 'x-delayed-retry-max': 9 }],
  ['x-ttl-mode', { 'x-ttl-mode': 'exact' }],
  ['x-message-deduplication', { 'x-message-deduplication': true, 'x-cache-size': 9, 'x-cache-ttl': 9 }],
]

describe('queue.declare with an argument that is welcome', () => {
  const cases: [title: string, own: Table][] = [
    ['x-message-ttl of 0', { 'x-message-ttl': 0 }],
    ['x-message-ttl of ten years', { 'x-message-ttl': typed('long', YEARS_10) }],
    ['x-expires of an hour', { 'x-expires': 3_600_000 }],
    ['x-max-length of 0', { 'x-max-length': 0 }],
    ['x-max-length beyond 32 bits', { 'x-max-length': typed('long', 2 ** 40) }],
    ['x-max-length-bytes', { 'x-max-length-bytes': 1_000_000 }],
    ['x-overflow drop-head', { 'x-overflow': 'drop-head' }],
    ['x-overflow reject-publish', { 'x-overflow': 'reject-publish' }],
    ['x-overflow reject-publish-dlx', { 'x-overflow': 'reject-publish-dlx' }],
    ['x-dead-letter-exchange, the default one', { 'x-dead-letter-exchange': '' }],
    ['x-dead-letter-exchange that does not exist', { 'x-dead-letter-exchange': 'nowhere' }],
    ['x-max-priority of 0', { 'x-max-priority': 0 }],
    ['x-max-priority of 255', { 'x-max-priority': typed('unsignedbyte', 255) }],
    ['x-single-active-consumer', { 'x-single-active-consumer': true }],
    ['x-queue-mode default', { 'x-queue-mode': 'default' }],
    ['x-queue-mode lazy', { 'x-queue-mode': 'lazy' }],
    ['x-queue-type classic', { 'x-queue-type': 'classic' }],
    ['x-queue-version of 2', { 'x-queue-version': 2 }],
    ['x-queue-master-locator', { 'x-queue-master-locator': 'client-local' }],
    ...(isLeveret ? ownArguments : []),
    ['arguments without a meaning', { 'x-ha-policy': 'all', anything: [1, { a: null }] }],
  ]
  it.each(cases)('%s: declares, and again', async (_, own) => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: own })
    await channel.call(METHOD, { queue, exclusive: true, arguments: own })
  })

  it('x-queue-type classic is the type a queue has without it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call(METHOD, { queue, exclusive: true, arguments: { 'x-queue-type': 'classic' } })
  })
})

describe('queue.declare of a queue that exists, with other arguments', () => {
  it.each<[string, Table, Table, string]>([
    [
      'x-overflow',
      { 'x-overflow': 'drop-head' },
      { 'x-overflow': 'reject-publish' },
      "'reject-publish' but current is 'drop-head'",
    ],
    ['x-max-length', { 'x-max-length': 10 }, { 'x-max-length': 20 }, "'20' but current is '10'"],
    ['x-expires', { 'x-expires': 70_000 }, {}, "none but current is the value '70000' of type 'signedint'"],
    ['x-max-priority', {}, { 'x-max-priority': 5 }, "the value '5' of type 'byte' but current is none"],
    [
      'x-dead-letter-exchange',
      {},
      { 'x-dead-letter-exchange': 'amq.fanout' },
      "the value 'amq.fanout' of type 'longstr' but current is none",
    ],
  ])('%s closes the channel', async (argument, first, second, difference) => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: first })
    channel.send(METHOD, { queue, exclusive: true, arguments: second })
    const text = `PRECONDITION_FAILED - inequivalent arg '${argument}' for ${broker.queueText(queue)}: received ${difference}`
    await channel.expectClose(406, text, METHOD)
  })
})

describe('a quorum queue', () => {
  const quorum = { 'x-queue-type': 'quorum' }

  it.each([
    ['non-durable', { durable: false }],
    ['exclusive-owner', { durable: true, exclusive: true }],
    ['auto-delete', { durable: true, autoDelete: true }],
  ])('cannot be %s', async (property, fields) => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send(METHOD, { queue, ...fields, arguments: quorum })
    const text = `PRECONDITION_FAILED - invalid property '${property}' for ${broker.queueText(queue)}`
    await channel.expectClose(406, text, METHOD)
  })

  it('cannot be named by the server', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { durable: true, arguments: quorum })
    const text = 'PRECONDITION_FAILED - Cannot declare a server-named queue for type rabbit_quorum_queue'
    await channel.expectClose(406, text, METHOD)
  })

  it('does not know x-max-priority', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send(METHOD, { queue, durable: true, arguments: { ...quorum, 'x-max-priority': 5 } })
    const text = `PRECONDITION_FAILED - invalid arg 'x-max-priority' for ${broker.queueText(queue)} of queue type rabbit_quorum_queue`
    await channel.expectClose(406, text, METHOD)
  })

  it('is not the same as a classic one', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, durable: true })
    channel.send(METHOD, { queue, durable: true, arguments: quorum })
    const text = byVersion<string | RegExp>({
      '3.10': `PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for ${broker.queueText(queue)}: received the value 'quorum' of type 'longstr' but current is none`,
      default: /^PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for /,
    })
    await channel.expectClose(406, text, METHOD)
  })

  it('does not support a global prefetch', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, durable: true, arguments: quorum })
    await channel.call('basic.qos', { prefetchCount: 5, global: true })
    channel.send('basic.consume', { queue })
    const text = `NOT_IMPLEMENTED - ${broker.queueText(queue)} does not support global qos`
    await channel.wire.expectClose(540, text, 'basic.consume')
  })

  it.each([
    ['if-unused', { ifUnused: true }],
    ['if-empty', { ifEmpty: true }],
  ])('cannot be deleted with %s', async (flag, fields) => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, durable: true, arguments: quorum })
    channel.send('queue.delete', { queue, ...fields })
    const text = `NOT_IMPLEMENTED - cannot delete ${broker.queueText(queue)}. queue.delete operations with ${flag} flag set are not supported by quorum queues`
    await channel.wire.expectClose(540, text, 'queue.delete')
  })

  it('takes messages and gives them back', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, durable: true, arguments: quorum })
    await channel.call('confirm.select')
    channel.publish({ routingKey: queue }, 'hello')
    await channel.expect('basic.ack')
    expect((await channel.get(queue))?.body.toString()).toBe('hello')
  })
})
