/** Each row of the compat table, as a client sees it with each of the versions; and the page that tells of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeHeader, encodeMethod } from '../../conformance/support/codec'
import type { MethodFields } from '../../conformance/support/methods'
import { type Compat, type CompatVersion, compatOf, compatVersions } from '../../src/broker/compat'
import { requireExchangeType } from '../../src/broker/declarations/exchange-declarations'
import { optionTable } from '../../src/config/options'
import { exchangeTypeNames } from '../../src/exchanges/types'
import { inProcessBroker } from '../support/in-process'
import { type InProcessClient, protocolHeader } from '../support/in-process-clients'

function client(version: CompatVersion): InProcessClient {
  return inProcessBroker({}, version).connect().open().openChannel()
}

/** RabbitMQ: frames may be so many bytes longer. */
const TOLERATED = 8

const unless43 = compatVersions.filter(version => version !== '4.3')

describe('the compat table', () => {
  it('has a row for each value of the option', () => {
    expect(compatVersions).toEqual(optionTable.compat.values)
  })

  it('is the only place in src/ that tells versions apart', () => {
    const src = join(__dirname, '../../src')
    const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(path =>
      path.endsWith('.ts'),
    )
    const naming = sources.filter(path => /'(3\.13|4\.2|4\.3)'/.test(readFileSync(join(src, path), 'utf8')))
    expect(naming.sort()).toEqual([join('broker', 'compat.ts'), join('config', 'options.ts')])
  })

  it.each(compatVersions)('of %s is told on its page', version => {
    const column = 1 + compatVersions.indexOf(version)
    const told = tableRows().map(cells => [cells[0], cells[column]])
    const rows = Object.entries(compatOf(version)).map(([row, value]) => [`\`${row}\``, cellOf(value)])
    expect(told).toEqual(rows)
  })

  it.each([
    ['3.13', undefined, 'returned-and-failed', true],
    ['4.2', 20, 'returned-and-failed', false],
    ['4.3', 20, 'failed', false],
  ] as const)(
    'of %s limits deliveries to %s, counts %s, and takes deaths from clients: %s',
    (version, ...row) => {
      const { defaultDeliveryLimit, deliveryLimitCounts, interpretsClientDeaths } = compatOf(version)
      expect([defaultDeliveryLimit, deliveryLimitCounts, interpretsClientDeaths]).toEqual(row)
    },
  )
})

describe('connection.start and tune', () => {
  it.each([
    ['3.13', '3.13.7', 'PLAIN AMQPLAIN'],
    ['4.2', '4.2.0', 'PLAIN AMQPLAIN ANONYMOUS'],
    ['4.3', '4.3.5', 'PLAIN AMQPLAIN ANONYMOUS'],
  ] as const)('of %s announce %s and %s', (compat, announced, mechanisms) => {
    const heard = inProcessBroker({}, compat).connect()
    heard.say(protocolHeader)
    const start = heard.take('connection.start').fields
    expect(String(start.serverProperties['version'])).toBe(announced)
    expect(start.mechanisms.toString()).toBe(mechanisms)
  })

  it.each(unless43)('of %s take a frame_max of 4096', version => {
    expect(tuned(version, 4096).unread).toEqual(['connection.open-ok'])
    expect(tuned(version, 4095).take('connection.close').fields.replyText).toBe(
      'NOT_ALLOWED - negotiated frame_max = 4095 is lower than the minimum allowed value (4096)',
    )
  })

  it('of 4.3 take one of 8192 at least', () => {
    expect(tuned('4.3', 8192).unread).toEqual(['connection.open-ok'])
    expect(tuned('4.3', 8191).take('connection.close').fields).toMatchObject({
      replyCode: 530,
      replyText: 'NOT_ALLOWED - negotiated frame_max = 8191 is lower than the minimum allowed value (8192)',
    })
  })

  it('of 4.3 take less where less is offered', () => {
    expect(tuned('4.3', 4096, 4096).unread).toEqual(['connection.open-ok'])
  })

  it.each([
    ['3.13', 4096],
    ['4.2', 8192],
    ['4.3', 8192],
  ] as const)('of %s come in frames of up to %i bytes', (version, bytesMax) => {
    const fits = inProcessBroker({}, version).connect()
    fits.say(Buffer.concat([protocolHeader, startOk(bytesMax + TOLERATED)]))
    expect(fits.unread).toEqual(['connection.start', 'connection.tune'])
    const tooLong = inProcessBroker({}, version).connect()
    tooLong.say(Buffer.concat([protocolHeader, startOk(bytesMax + TOLERATED + 1)]))
    tooLong.take('connection.start')
    expect(tooLong.take('connection.close').fields.replyText).toContain('frame_too_large')
  })
})

describe('an exchange type that came later', () => {
  it('is unknown to 3.13', () => {
    const heard = client('3.13')
    heard.send('exchange.declare', { exchange: 'x', type: 'x-local-random' }, 1)
    expect(heard.take('channel.close', 1).fields).toMatchObject({
      replyCode: 406,
      replyText: "PRECONDITION_FAILED - unknown exchange type 'x-local-random'",
    })
  })

  it.each(['4.2', '4.3'] as const)('is known to %s if we have it', version => {
    const heard = client(version)
    heard.send('exchange.declare', { exchange: 'x', type: 'x-local-random' }, 1)
    const isHere = exchangeTypeNames.includes('x-local-random')
    expect(heard.unread).toEqual([isHere ? 'exchange.declare-ok' : 'channel.close'])
  })

  it('is unknown also where we have it, and only there', () => {
    const compat: Compat = { ...compatOf('4.3'), unknownExchangeTypes: ['topic'] }
    const { vhost } = inProcessBroker()
    const older = { ...vhost, around: { ...vhost.around, compat } } as typeof vhost
    expect(exchangeTypeNames).toContain('topic')
    expect(() => requireExchangeType(older, 'topic')).toThrow("unknown exchange type 'topic'")
    expect(() => requireExchangeType(vhost, 'topic')).not.toThrow()
  })

  it.each(compatVersions)('closes the channel of %s with 406, as one that never came does', version => {
    const heard = client(version)
    heard.send('exchange.declare', { exchange: 'x', type: 'nope' }, 1)
    expect(heard.take('channel.close', 1).fields.replyCode).toBe(406)
  })
})

describe('a queue that is neither durable nor exclusive', () => {
  it.each(unless43)('can be declared with %s', version => {
    const heard = client(version)
    heard.send('queue.declare', { queue: 'q' }, 1)
    expect(heard.take('queue.declare-ok', 1).fields.queue).toBe('q')
  })

  it('closes the connection of 4.3, in words cut at 255', () => {
    const heard = client('4.3')
    heard.send('queue.declare', { queue: 'q' }, 1)
    const { replyCode, replyText, classId, methodId } = heard.take('connection.close').fields
    expect([replyCode, classId, methodId]).toEqual([541, 50, 10])
    expect(replyText).toHaveLength(255)
    expect(replyText).toBe(
      'INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\n' +
        'By default, this feature is not permitted anymore.\n' +
        'The feature will be removed from a future major RabbitMQ version, ' +
        'regardless of the configuration; actual version to be determined.\nTo...',
    )
  })

  it.each([
    ['durable', { queue: 'q', durable: true }],
    ['exclusive', { queue: '', exclusive: true }],
  ])('is fine with 4.3 when it is %s', (_, fields) => {
    const heard = client('4.3')
    heard.send('queue.declare', fields, 1)
    heard.take('queue.declare-ok', 1)
  })

  it('does not keep 4.3 from direct reply-to', () => {
    const { requester, address } = requesterOf('4.3')
    publish(requester, { routingKey: address, mandatory: true })
    expect(requester.unread).toEqual(['basic.deliver'])
  })
})

describe('x-queue-master-locator', () => {
  const fields = { queue: 'q', durable: true, arguments: { 'x-queue-master-locator': 'min-masters' } }

  it.each(unless43)('is taken by %s', version => {
    const heard = client(version)
    heard.send('queue.declare', fields, 1)
    heard.take('queue.declare-ok', 1)
  })

  it('closes the connection of 4.3', () => {
    const heard = client('4.3')
    heard.send('queue.declare', fields, 1)
    expect(heard.take('connection.close').fields).toMatchObject({
      replyCode: 541,
      replyText: expect.stringContaining('Feature `queue_master_locator` is deprecated.'),
    })
  })
})

describe('a passive declaration', () => {
  const methods = [
    ['queue.declare', { queue: 'amq.direct', passive: true }],
    ['exchange.declare', { exchange: 'amq.direct', passive: true }],
  ] as const

  describe.each(methods)('%s', (method, fields) => {
    const kind = method === 'queue.declare' ? 'queue' : 'exchange'

    function answer(version: CompatVersion, permissions: { configure: string; write: string; read: string }) {
      const { broker, connect } = inProcessBroker({}, version)
      broker.permissions.set('guest', '/', permissions)
      const heard = connect().open().openChannel()
      heard.send(method, fields, 1)
      return heard.unread[0] === 'channel.close' ? heard.take('channel.close', 1).fields.replyText : 'allowed'
    }

    it.each(unless43)('needs no permission with %s', version => {
      const text = answer(version, { configure: '', write: '', read: '' })
      expect(text).toBe(kind === 'exchange' ? 'allowed' : "NOT_FOUND - no queue 'amq.direct' in vhost '/'")
    })

    it.each(['configure', 'write', 'read'] as const)('needs %s, or another, with 4.3', right => {
      const text = answer('4.3', { configure: '', write: '', read: '', [right]: 'amq.*' })
      expect(text).not.toContain('ACCESS_REFUSED')
    })

    it('is refused with 4.3 without any, in the words of a declaration', () => {
      expect(answer('4.3', { configure: '', write: '', read: '' })).toBe(
        `ACCESS_REFUSED - configure access to ${kind} 'amq.direct' in vhost '/' refused for user 'guest'`,
      )
    })
  })
})

describe('the name of a direct reply-to queue', () => {
  it.each([
    ['3.13', 404],
    ['4.2', 404],
    ['4.3', 403],
  ] as const)('cannot be bound with %s: %i', (version, code) => {
    const { requester, address } = requesterOf(version)
    requester.send('queue.bind', { queue: address, exchange: 'amq.fanout', routingKey: '' }, 1)
    const refused = 'ACCESS_REFUSED - cannot bind or unbind to a volatile (direct reply-to) queue'
    expect(requester.take('channel.close', 1).fields).toMatchObject({
      replyCode: code,
      replyText: code === 403 ? refused : `NOT_FOUND - no queue '${address}' in vhost '/'`,
    })
  })

  it.each([
    ['3.13', 'queue.unbind-ok'],
    ['4.2', 'queue.unbind-ok'],
    ['4.3', 'channel.close'],
  ] as const)('is unbound with %s: %s', (version, answer) => {
    const { requester, address } = requesterOf(version)
    requester.send('queue.unbind', { queue: address, exchange: 'amq.fanout', routingKey: '' }, 1)
    expect(requester.unread).toEqual([answer])
  })
})

describe('a mandatory answer to a direct reply-to queue', () => {
  it.each([
    ['3.13', ['basic.return', 'basic.deliver']],
    ['4.2', ['basic.deliver']],
    ['4.3', ['basic.deliver']],
  ] as const)('makes %s send %j', (version, methods) => {
    const { requester, address } = requesterOf(version)
    publish(requester, { routingKey: address, mandatory: true })
    expect([...requester.unread].sort().reverse()).toEqual(methods)
  })
})

describe('basic.qos with global', () => {
  /** Consumers `a` and `b` on one channel behind a global prefetch, and so many messages in their durable queue. */
  function consumersOf(version: CompatVersion, prefetchCount: number, messages: number): InProcessClient {
    const heard = client(version)
    declareDurable(heard)
    qos(heard, prefetchCount)
    for (const tag of ['a', 'b']) consume(heard, tag)
    for (let i = 0; i < messages; i++) publish(heard, { routingKey: 'q' })
    return heard
  }

  it.each(unless43)('is one limit for the channel with %s', version => {
    const heard = consumersOf(version, 2, 5)
    expect(deliveries(heard).map(({ tag }) => tag)).toEqual([1, 2])
    heard.send('basic.ack', { deliveryTag: 1 }, 1)
    expect(deliveries(heard).map(({ tag }) => tag)).toEqual([3])
  })

  it('is a limit for each consumer with 4.3', () => {
    const heard = consumersOf('4.3', 2, 5)
    expect(deliveries(heard)).toEqual([
      { consumer: 'a', tag: 1 },
      { consumer: 'b', tag: 2 },
      { consumer: 'a', tag: 3 },
      { consumer: 'b', tag: 4 },
    ])
    heard.send('basic.ack', { deliveryTag: 4 }, 1)
    expect(deliveries(heard)).toEqual([{ consumer: 'b', tag: 5 }])
  })

  it('gives each consumer back what is settled up to a tag, with 4.3', () => {
    const heard = consumersOf('4.3', 2, 8)
    deliveries(heard)
    heard.send('basic.ack', { deliveryTag: 3, multiple: true }, 1)
    expect(
      deliveries(heard)
        .map(({ consumer }) => consumer)
        .sort(),
    ).toEqual(['a', 'a', 'b'])
    heard.send('basic.recover', { requeue: true }, 1)
    heard.take('basic.recover-ok', 1)
    const again = deliveries(heard)
    expect(again.map(({ consumer }) => consumer).sort()).toEqual(['a', 'a', 'b', 'b'])
    expect(again.map(({ tag }) => tag)).toEqual([8, 9, 10, 11])
    heard.send('basic.ack', { deliveryTag: 7 }, 1)
    expect(heard.take('channel.close', 1).fields.replyText).toBe(
      'PRECONDITION_FAILED - unknown delivery tag 7',
    )
  })

  it('of 4.3 holds for consumers that come after it, and 0 is no limit for those', () => {
    const heard = client('4.3')
    declareDurable(heard)
    consume(heard, 'before')
    qos(heard, 1)
    consume(heard, 'limited')
    qos(heard, 0)
    consume(heard, 'after')
    for (let i = 0; i < 9; i++) publish(heard, { routingKey: 'q' })
    const count = (name: string) => all.filter(({ consumer }) => consumer === name).length
    const all = deliveries(heard)
    expect([count('before'), count('limited'), count('after')]).toEqual([4, 1, 4])
  })

  it('of 4.3 does not count what is got', () => {
    const heard = consumersOf('4.3', 1, 3)
    deliveries(heard)
    heard.send('basic.get', { queue: 'q' }, 1)
    expect(heard.take('basic.get-ok', 1).fields.deliveryTag).toBe(3)
    heard.send('basic.ack', { deliveryTag: 3 }, 1)
    publish(heard, { routingKey: 'q' })
    expect(deliveries(heard)).toEqual([])
    heard.send('basic.ack', { deliveryTag: 0, multiple: true }, 1)
    expect(deliveries(heard).map(({ tag }) => tag)).toEqual([4])
  })

  it('of 4.3 takes the place of the limit without it, and the other way round', () => {
    const heard = client('4.3')
    declareDurable(heard)
    heard.send('basic.qos', { prefetchCount: 3 }, 1)
    heard.take('basic.qos-ok', 1)
    qos(heard, 1)
    consume(heard, 'a')
    for (let i = 0; i < 3; i++) publish(heard, { routingKey: 'q' })
    expect(deliveries(heard)).toHaveLength(1)
  })

  it.each(compatVersions)('of %s knows no limit in bytes', version => {
    const heard = client(version)
    heard.send('basic.qos', { prefetchSize: 1, global: true }, 1)
    expect(heard.take('connection.close').fields).toMatchObject({
      replyCode: 540,
      replyText: 'NOT_IMPLEMENTED - prefetch_size!=0 (1)',
    })
  })

  it.each(unless43)('keeps quorum queues from being consumed with %s', version => {
    const heard = client(version)
    declareDurable(heard, { 'x-queue-type': 'quorum' })
    qos(heard, 1)
    heard.send('basic.consume', { queue: 'q' }, 1)
    expect(heard.take('connection.close').fields).toMatchObject({
      replyCode: 540,
      replyText: "NOT_IMPLEMENTED - queue 'q' in vhost '/' does not support global qos",
    })
  })

  it('does not keep quorum queues from being consumed with 4.3', () => {
    const heard = client('4.3')
    declareDurable(heard, { 'x-queue-type': 'quorum' })
    qos(heard, 1)
    consume(heard, 'a')
    for (let i = 0; i < 2; i++) publish(heard, { routingKey: 'q' })
    expect(deliveries(heard)).toEqual([{ consumer: 'a', tag: 1 }])
  })
})

function tableRows(): string[][] {
  const page = readFileSync(join(__dirname, '../../docs/reference/compat.md'), 'utf8')
  const lines = page.split('\n').filter(line => line.startsWith('| `'))
  return lines.map(line => line.slice(2, -2).split(' | '))
}

function cellOf(value: Compat[keyof Compat]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (value === undefined) return 'none'
  const text = typeof value === 'object' ? value.join(' ') : String(value)
  return text === '' ? 'none' : `\`${text}\``
}

/** What is there after a tune-ok with this frame_max. */
function tuned(version: CompatVersion, frameMax: number, offered = 131_072): InProcessClient {
  const heard = inProcessBroker({ frameMax: offered }, version).connect()
  const tune = encodeMethod(0, 'connection.tune-ok', { channelMax: 0x7ff, frameMax, heartbeat: 0 })
  const open = encodeMethod(0, 'connection.open', { virtualHost: '/' })
  heard.say(Buffer.concat([protocolHeader, startOk(), tune, open]))
  heard.take('connection.start')
  heard.take('connection.tune')
  return heard
}

/** connection.start-ok, made as long as a frame of this size. */
function startOk(frameBytes = 0): Buffer {
  const fields: MethodFields['connection.start-ok'] = {
    clientProperties: { filling: '' },
    mechanism: 'PLAIN',
    response: Buffer.from('\0guest\0guest'),
    locale: 'en_US',
  }
  const { length } = encodeMethod(0, 'connection.start-ok', fields)
  const filling = 'x'.repeat(Math.max(0, frameBytes - length))
  return encodeMethod(0, 'connection.start-ok', { ...fields, clientProperties: { filling } })
}

/** A client that waits for replies on channel 1, and where it is reached. */
function requesterOf(version: CompatVersion): { requester: InProcessClient; address: string } {
  const { connect, vhost } = inProcessBroker({}, version)
  const requester = connect().open().openChannel()
  requester.send('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true }, 1)
  requester.take('basic.consume-ok', 1)
  const [address = ''] = [...vhost.queues.keys()]
  return { requester, address }
}

function publish(from: InProcessClient, fields: Partial<MethodFields['basic.publish']>): void {
  from.say(
    Buffer.concat([encodeMethod(1, 'basic.publish', { exchange: '', ...fields }), encodeHeader(1, 0, {})]),
  )
}

function declareDurable(heard: InProcessClient, args: Record<string, unknown> = {}): void {
  heard.send('queue.declare', { queue: 'q', durable: true, arguments: args }, 1)
  heard.take('queue.declare-ok', 1)
}

function qos(heard: InProcessClient, prefetchCount: number): void {
  heard.send('basic.qos', { prefetchCount, global: true }, 1)
  heard.take('basic.qos-ok', 1)
}

function consume(heard: InProcessClient, consumerTag: string): void {
  heard.send('basic.consume', { queue: 'q', consumerTag }, 1)
  heard.take('basic.consume-ok', 1)
}

/** What was delivered since the last call. */
function deliveries(heard: InProcessClient): { consumer: string; tag: number }[] {
  const found: { consumer: string; tag: number }[] = []
  while (heard.unread[0] === 'basic.deliver') {
    const { consumerTag, deliveryTag } = heard.take('basic.deliver', 1).fields
    found.push({ consumer: consumerTag, tag: deliveryTag })
  }
  return found
}
