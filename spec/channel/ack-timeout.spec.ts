/** The delivery acknowledgement timeout: as clients see it, and that it finds what is late in a model of a year. */
import { encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { AckTimeout } from '../../src/channel/ack-timeout'
import { Unacked } from '../../src/channel/unacked'
import { Ticker } from '../../src/structures/ticker'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import { type InProcessClient, protocolHeader } from '../support/in-process-clients'
import { ManualClock } from '../support/manual-clock'
import { arrangedQueue } from '../support/queues'

const MINUTE = 60_000
const HALF_AN_HOUR = 30 * MINUTE

const quorum = { 'x-queue-type': 'quorum' }

function later(broker: InProcessBroker, byMs: number): void {
  broker.clock.advance(byMs)
  broker.settle()
}

/** A client on channel 1, with a durable queue `q` of these arguments. */
function clientOf(broker: InProcessBroker, args: Record<string, unknown> = {}): InProcessClient {
  const client = broker.connect().open().openChannel()
  client.send('queue.declare', { queue: 'q', durable: true, arguments: args }, 1)
  client.take('queue.declare-ok', 1)
  return client
}

function consume(client: InProcessClient, consumerTag: string, args: Record<string, unknown> = {}): void {
  client.send('basic.consume', { queue: 'q', consumerTag, arguments: args }, 1)
  client.take('basic.consume-ok', 1)
}

function publish(client: InProcessClient): void {
  client.say(
    Buffer.concat([
      encodeMethod(1, 'basic.publish', { exchange: '', routingKey: 'q' }),
      encodeHeader(1, 0, {}),
    ]),
  )
}

function deliveredTo(client: InProcessClient): {
  consumerTag: string
  deliveryTag: number
  redelivered: boolean
} {
  const { consumerTag, deliveryTag, redelivered } = client.take('basic.deliver', 1).fields
  return { consumerTag, deliveryTag, redelivered }
}

function settleTag(client: InProcessClient, deliveryTag: number, multiple = false): void {
  client.send('basic.ack', { deliveryTag, multiple }, 1)
}

function timedOut(ms: number) {
  return {
    replyCode: 406,
    replyText:
      `PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: ${ms} ms. ` +
      'This timeout value can be configured, see consumers doc guide to learn more',
    classId: 0,
    methodId: 0,
  }
}

describe.each(['3.13', '4.2'] as const)('with compat %s, a delivery that is not acknowledged', version => {
  it('closes its channel after half an hour, and goes back to its queue', () => {
    const broker = inProcessBroker({}, version)
    const client = clientOf(broker)
    consume(client, 'c')
    publish(client)
    deliveredTo(client)
    later(broker, HALF_AN_HOUR - 1)
    expect(client.unread).toEqual([])
    later(broker, MINUTE + 1)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(HALF_AN_HOUR))
    client.send('channel.close-ok', {}, 1)
    expect(broker.vhost.queues.get('q')).toMatchObject({ messageCount: 1, unacknowledgedCount: 0 })
    expect(broker.clock.pending).toBe(0)
  })

  it('closes it also when it was got, or its consumer is gone', () => {
    const broker = inProcessBroker({}, version)
    const client = clientOf(broker)
    publish(client)
    client.send('basic.get', { queue: 'q' }, 1)
    client.take('basic.get-ok', 1)
    later(broker, HALF_AN_HOUR + MINUTE)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(HALF_AN_HOUR))
    client.send('channel.close-ok', {}, 1)
    client.openChannel()
    consume(client, 'c')
    deliveredTo(client)
    client.send('basic.cancel', { consumerTag: 'c' }, 1)
    client.take('basic.cancel-ok', 1)
    later(broker, HALF_AN_HOUR + MINUTE)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(HALF_AN_HOUR))
  })
})

describe('a delivery', () => {
  it('may be acknowledged just in time, again and again', () => {
    const broker = inProcessBroker()
    const client = clientOf(broker)
    consume(client, 'c')
    for (let round = 0; round < 50; round++) {
      publish(client)
      publish(client)
      const first = deliveredTo(client)
      later(broker, HALF_AN_HOUR - 2 * MINUTE)
      settleTag(client, first.deliveryTag)
      later(broker, 2 * MINUTE - 1)
      settleTag(client, deliveredTo(client).deliveryTag)
    }
    expect(client.unread).toEqual([])
  })

  it('without acknowledgement waits for none', () => {
    const broker = inProcessBroker()
    const client = clientOf(broker)
    client.send('basic.consume', { queue: 'q', noAck: true }, 1)
    client.take('basic.consume-ok', 1)
    publish(client)
    expect(broker.clock.pending).toBe(0)
    later(broker, 24 * HALF_AN_HOUR)
    expect(client.unread).toEqual(['basic.deliver'])
  })

  it('has all the time with consumerTimeout 0, unless its queue or consumer says otherwise', () => {
    const broker = inProcessBroker({ consumerTimeout: 0 })
    const client = clientOf(broker)
    consume(client, 'c')
    publish(client)
    deliveredTo(client)
    expect(broker.clock.pending).toBe(0)
    consume(client, 'impatient', { 'x-consumer-timeout': 10_000, 'x-priority': 1 })
    later(broker, 24 * HALF_AN_HOUR)
    expect(client.unread).toEqual([])
    publish(client)
    expect(deliveredTo(client).consumerTag).toBe('impatient')
    later(broker, 12_500)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(10_000))
  })

  it.each([
    ['shorter', 10_000],
    ['longer', 2 * HALF_AN_HOUR],
  ])('has the time of its queue, %s than the usual', (_, timeout) => {
    const broker = inProcessBroker()
    const client = clientOf(broker, { 'x-consumer-timeout': timeout })
    consume(client, 'c')
    publish(client)
    deliveredTo(client)
    later(broker, timeout - 1)
    expect(client.unread).toEqual([])
    later(broker, Math.min(MINUTE, timeout / 4) + 1)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(timeout))
  })

  it('has the time of its consumer before that of its queue; 0 is no limit', () => {
    const broker = inProcessBroker()
    const client = clientOf(broker, { 'x-consumer-timeout': 10_000 })
    consume(client, 'patient', { 'x-consumer-timeout': 0 })
    publish(client)
    deliveredTo(client)
    later(broker, 24 * HALF_AN_HOUR)
    expect(client.unread).toEqual([])
  })

  it.each([
    ['a', '"expected integer, got longstr"'],
    [-1, '{value_negative,-1}'],
  ])('cannot have %j', (value, problem) => {
    const client = clientOf(inProcessBroker())
    client.send('basic.consume', { queue: 'q', arguments: { 'x-consumer-timeout': value } }, 1)
    expect(client.take('channel.close', 1).fields.replyText).toBe(
      `PRECONDITION_FAILED - invalid arg 'x-consumer-timeout' for queue 'q' in vhost '/': ${problem}`,
    )
  })
})

describe('with compat 4.3, a delivery that is not acknowledged', () => {
  const version = '4.3'

  it('of a classic queue waits forever, whatever the consumer asks for', () => {
    const broker = inProcessBroker({}, version)
    const client = clientOf(broker)
    consume(client, 'c', { 'x-consumer-timeout': 10_000 })
    publish(client)
    deliveredTo(client)
    later(broker, 24 * HALF_AN_HOUR)
    expect([client.unread, broker.clock.pending]).toEqual([[], 0])
  })

  it('of a quorum queue cancels its consumer, and what is late goes to another', () => {
    const broker = inProcessBroker({}, version)
    const client = clientOf(broker, quorum)
    consume(client, 'slow')
    publish(client)
    publish(client)
    expect([deliveredTo(client), deliveredTo(client)].map(({ deliveryTag }) => deliveryTag)).toEqual([1, 2])
    later(broker, 10 * MINUTE)
    publish(client)
    expect(deliveredTo(client).deliveryTag).toBe(3)
    later(broker, 20 * MINUTE)
    later(broker, MINUTE)
    expect(client.take('basic.cancel', 1).fields).toEqual({ consumerTag: 'slow', nowait: true })
    const queue = broker.vhost.queues.get('q')
    expect(queue).toMatchObject({ messageCount: 2, unacknowledgedCount: 1 })
    consume(client, 'next')
    expect(deliveredTo(client)).toEqual({ consumerTag: 'next', deliveryTag: 4, redelivered: true })
    expect(deliveredTo(client)).toEqual({ consumerTag: 'next', deliveryTag: 5, redelivered: true })
    later(broker, 10 * MINUTE)
    expect(queue).toMatchObject({ messageCount: 0, unacknowledgedCount: 3, consumers: { count: 1 } })
    expect(deliveredTo(client)).toEqual({ consumerTag: 'next', deliveryTag: 6, redelivered: true })
    expect(client.unread).toEqual([])
  })

  it('may be acknowledged after that, as RabbitMQ has it; what was never delivered may not', () => {
    const broker = inProcessBroker({}, version)
    const client = clientOf(broker, quorum)
    consume(client, 'slow')
    publish(client)
    later(broker, 10 * MINUTE)
    publish(client)
    publish(client)
    later(broker, 21 * MINUTE)
    for (let i = 0; i < 3; i++) deliveredTo(client)
    client.take('basic.cancel', 1)
    const queue = broker.vhost.queues.get('q')
    expect(queue).toMatchObject({ messageCount: 1, unacknowledgedCount: 2 })
    settleTag(client, 1)
    settleTag(client, 1, true)
    expect([client.unread, queue?.unacknowledgedCount]).toEqual([[], 2])
    later(broker, 10 * MINUTE)
    expect(queue).toMatchObject({ messageCount: 3, unacknowledgedCount: 0 })
    consume(client, 'next')
    for (const tag of [4, 5, 6]) expect(deliveredTo(client).deliveryTag).toBe(tag)
    settleTag(client, 3, true)
    expect(queue?.unacknowledgedCount).toBe(3)
    settleTag(client, 5, true)
    expect(queue?.unacknowledgedCount).toBe(1)
    settleTag(client, 7)
    expect(client.take('channel.close', 1).fields.replyText).toBe(
      'PRECONDITION_FAILED - unknown delivery tag 7',
    )
  })

  it('closes the channel of a client that does not understand that its consumer is cancelled', () => {
    const broker = inProcessBroker({}, version)
    const client = broker.connect()
    client.say(
      Buffer.concat([
        protocolHeader,
        encodeMethod(0, 'connection.start-ok', {
          mechanism: 'PLAIN',
          response: Buffer.from('\0guest\0guest'),
          locale: 'en_US',
        }),
        encodeMethod(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 0 }),
        encodeMethod(0, 'connection.open', { virtualHost: '/' }),
        encodeMethod(1, 'channel.open', {}),
        encodeMethod(1, 'queue.declare', { queue: 'q', durable: true, arguments: quorum }),
        encodeMethod(1, 'basic.consume', { queue: 'q' }),
      ]),
    )
    publish(client)
    later(broker, HALF_AN_HOUR + MINUTE)
    expect(client.unread.slice(-2)).toEqual(['basic.deliver', 'channel.close'])
  })

  it('closes the channel when the client cancelled its consumer before', () => {
    const broker = inProcessBroker({}, version)
    const client = clientOf(broker, quorum)
    consume(client, 'c')
    publish(client)
    deliveredTo(client)
    client.send('basic.cancel', { consumerTag: 'c' }, 1)
    client.take('basic.cancel-ok', 1)
    later(broker, HALF_AN_HOUR + MINUTE)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(HALF_AN_HOUR))
  })

  it('closes the channel when it was got, for then there is no consumer', () => {
    const broker = inProcessBroker({}, version)
    const client = clientOf(broker, quorum)
    publish(client)
    client.send('basic.get', { queue: 'q' }, 1)
    client.take('basic.get-ok', 1)
    later(broker, HALF_AN_HOUR + MINUTE)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(HALF_AN_HOUR))
  })
})

describe('channels', () => {
  it('that are idle have no timer, those that consume have one together', () => {
    const broker = inProcessBroker()
    const client = clientOf(broker)
    const numbers = Array.from({ length: 1000 }, (_, index) => index + 2)
    client.say(Buffer.concat(numbers.map(number => encodeMethod(number, 'channel.open', {}))))
    expect(broker.clock.pending).toBe(0)
    client.say(Buffer.concat(numbers.map(number => encodeMethod(number, 'basic.consume', { queue: 'q' }))))
    expect([broker.broker.ticker.size, broker.clock.pending]).toEqual([1000, 1])
    client.send('connection.close')
    expect([broker.broker.ticker.size]).toEqual([0])
  })

  it('that have no consumer any more and nothing out leave at the next tick', () => {
    const broker = inProcessBroker()
    const client = clientOf(broker)
    consume(client, 'c')
    client.send('basic.cancel', { consumerTag: 'c' }, 1)
    later(broker, MINUTE)
    expect([broker.broker.ticker.size, broker.clock.pending]).toEqual([0, 0])
  })
})

describe('a channel beside one that is less patient', () => {
  it('looks at its deliveries at its own pace', () => {
    const broker = inProcessBroker()
    const client = clientOf(broker)
    consume(client, 'c')
    publish(client)
    deliveredTo(client)
    let looks = 0
    const [watched] = (broker.broker.ticker as unknown as { members: Set<AckTimeout> }).members
    const judged = watched as unknown as { judge(now: number): void }
    const { judge } = judged
    judged.judge = now => {
      looks++
      judge.call(judged, now)
    }
    client.openChannel(2)
    client.send('queue.declare', { queue: 'other', durable: true }, 2)
    client.send('basic.consume', { queue: 'other', arguments: { 'x-consumer-timeout': 4000 } }, 2)
    later(broker, HALF_AN_HOUR - MINUTE)
    expect(looks).toBeGreaterThanOrEqual(29)
    expect(looks).toBeLessThanOrEqual(33)
    later(broker, 2 * MINUTE)
    expect(client.take('channel.close', 1).fields).toEqual(timedOut(HALF_AN_HOUR))
  })
})

describe('what is late', () => {
  /** Deliveries every so often, a few of which are never settled; each must be found in time, and none before. */
  it.each([
    [10_000, 10_000],
    [HALF_AN_HOUR, HALF_AN_HOUR],
    [10_000, 10 * HALF_AN_HOUR],
  ])('is found after %i ms, beside others that have %i ms', (timeoutMs, otherMs) => {
    const clock = new ManualClock()
    const unacked = new Unacked()
    const { queue } = arrangedQueue()
    const [hasty, patient] = [{ returnCredit: () => {} }, { returnCredit: () => {} }]
    const deliveredAt = new Map<object, number[]>([
      [hasty, []],
      [patient, []],
    ])
    const waits: { timeoutMs: number; waited: number }[] = []
    const timeouts = new Map<unknown, number>([
      [hasty, timeoutMs],
      [patient, otherMs],
    ])
    const rules = {
      consumerCount: 2,
      timeoutOf: (_: unknown, consumer: unknown) => timeouts.get(consumer) ?? 0,
      cancelLate: (consumer: object | undefined) => {
        const delivered = deliveredAt.get(consumer ?? {})?.shift() ?? 0
        waits.push({ timeoutMs: timeouts.get(consumer) ?? 0, waited: clock.now() - delivered })
        return true
      },
      failLate: () => {},
    }
    const ticker = new Ticker(clock)
    const timeout = new AckTimeout(ticker, unacked, rules, HALF_AN_HOUR)
    timeout.expect(timeoutMs)
    timeout.expect(otherMs)
    let marksMost = 0
    unacked.add(queue, -1, undefined) // never late, and always the oldest
    for (let n = 1; n <= 3000; n++) {
      const consumer = n % 2 === 0 ? hasty : patient
      const tag = unacked.add(queue, n, consumer)
      if (n % 10 < 8) unacked.remove(unacked.find(tag))
      else deliveredAt.get(consumer)?.push(clock.now())
      clock.advance((otherMs * 3) / 1000 + (n % 7) * 13)
      marksMost = Math.max(marksMost, (timeout as unknown as { marks: unknown[] }).marks.length)
    }
    clock.advance(otherMs * 2)
    expect(waits).toHaveLength(600)
    const slack = Math.max(timeoutMs / 4, otherMs / 64)
    for (const { timeoutMs: allowed, waited } of waits) {
      expect(waited).toBeGreaterThanOrEqual(allowed)
      expect(waited).toBeLessThanOrEqual(allowed + 2 * Math.min(slack, MINUTE + otherMs / 64))
    }
    expect(unacked.count).toBe(1)
    expect(marksMost).toBeLessThanOrEqual(150)
  })
})
