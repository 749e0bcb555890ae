/** Rates and the recent past, at a clock that is moved by hand. */
import { declareQueue } from '../../src/broker/declarations/queue-declarations'
import { historyQuery } from '../../src/metrics/history-query'
import type { Queue } from '../../src/queues/queue'
import { type ComposedBroker, composeBroker } from '../support/composed-broker'
import { FakeConsumer } from '../support/fake-consumer'
import { ManualTurn } from '../support/manual-turn'
import { messageWith } from '../support/messages'
import { fakeProbe } from './fake-probe'
import { metricsOf } from './metrics-of'

describe('the statistics', () => {
  let turn: ManualTurn
  let composed: ComposedBroker
  let metrics: ReturnType<typeof metricsOf>

  beforeEach(() => {
    turn = new ManualTurn()
    composed = composeBroker(turn)
    metrics = metricsOf(composed, fakeProbe(), 1000)
    metrics.sampler.start()
  })

  const declared = (name: string): Queue =>
    declareQueue(
      composed.vhost,
      { name, durable: false, autoDelete: false, owner: undefined, arguments: new Map() },
      {},
    )
  /** As if so many were published to it by the default exchange, each second. */
  const publishEachSecond = (queue: Queue, count: number, seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < count; i++) queue.enqueue(messageWith('m'))
      queue.tally.cameFrom('', count)
      composed.clock.advance(1000)
    }
  }

  it('tell the rate of the last five seconds', () => {
    const queue = declared('q')
    publishEachSecond(queue, 10, 20)
    expect(metrics.statistics.messageStats(queue)).toEqual({ publish: 200, publish_details: { rate: 10 } })
    composed.clock.advance(3000)
    expect(metrics.statistics.messageStats(queue)?.publish_details?.rate).toBe(4)
    composed.clock.advance(60_000)
    expect(metrics.statistics.messageStats(queue)).toEqual({ publish: 200, publish_details: { rate: 0 } })
  })

  it('tell the past as RabbitMQ does, the newest first and at multiples of the step', () => {
    const queue = declared('q')
    composed.clock.advance(60_000)
    publishEachSecond(queue, 10, 20)
    const query = historyQuery({ msg_rates_age: '20', msg_rates_incr: '5' })
    const details = metrics.statistics.messageStats(queue, query)?.publish_details
    const now = composed.clock.now()
    expect(now % 5000).toBe(0)
    expect(details).toEqual({
      rate: 10,
      avg_rate: 10,
      avg: 100,
      samples: [200, 150, 100, 50, 0].map((sample, index) => ({ sample, timestamp: now - index * 5000 })),
    })
  })

  it('tell lengths and where messages came from, with their rates', () => {
    const queue = declared('q')
    publishEachSecond(queue, 3, 10)
    const lengths = metrics.statistics.queueLengths(queue)
    expect(lengths).toMatchObject({ messages: 30, messages_ready: 30, messages_unacknowledged: 0 })
    expect(lengths['messages_details']).toEqual({ rate: 3 })
    expect(metrics.statistics.queueTotals(composed.vhost)).toEqual(lengths)
    expect(metrics.statistics.queueTotals()).toEqual(lengths)
    expect(metrics.statistics.edgeRate(composed.vhost.exchanges.get('')!, queue)).toBe(3)
  })

  it('forget the past of what is idle for long, and not what it counted', () => {
    const queue = declared('q')
    publishEachSecond(queue, 3, 10)
    composed.clock.advance(2_000_000)
    expect(metrics.statistics.messageStats(queue)).toEqual({ publish: 30, publish_details: { rate: 0 } })
    publishEachSecond(queue, 5, 1)
    expect(metrics.statistics.messageStats(queue)).toEqual({ publish: 35, publish_details: { rate: 1 } })
  })

  it('keep nothing of what never moved', () => {
    const queue = declared('q')
    composed.clock.advance(10_000)
    expect(metrics.sampler.historyOf(queue)).toBeUndefined()
    expect(metrics.statistics.messageStats(queue)).toBeUndefined()
    expect(metrics.statistics.idleSince(queue)).toBeUndefined()
    expect(metrics.statistics.queueLengths(queue)).toMatchObject({
      messages: 0,
      messages_details: { rate: 0 },
    })
  })

  it('tell since when something is idle', () => {
    const queue = declared('q')
    composed.clock.advance(5000)
    publishEachSecond(queue, 1, 1)
    const moved = composed.clock.now()
    composed.clock.advance(30_000)
    expect(metrics.statistics.idleSince(queue)).toBe(moved)
  })

  describe('of the consumer capacity of a queue', () => {
    const capacity = (queue: Queue) => metrics.statistics.consumerCapacity(queue)
    const held = (credit: number): [Queue, FakeConsumer] => {
      const queue = declared('held')
      const consumer = new FakeConsumer({ credit })
      queue.addConsumer(consumer)
      for (const body of ['a', 'b']) queue.enqueue(messageWith(body))
      turn.run()
      return [queue, consumer]
    }

    it('tell 1 where nothing waits for consumers, and 0 where there are none', () => {
      const [queue, consumer] = held(2)
      expect(capacity(queue)).toBe(1)
      composed.clock.advance(5000)
      expect(capacity(queue)).toBe(1)
      queue.removeConsumer(consumer)
      queue.enqueue(messageWith('c'))
      expect(capacity(queue)).toBe(0)
    })

    it('tell 0 where something always waits for them', () => {
      const [queue] = held(1)
      expect(capacity(queue)).toBe(0)
      composed.clock.advance(5000)
      expect(capacity(queue)).toBe(0)
    })

    it('tell an average of which the last ten seconds weigh half', () => {
      const [queue, consumer] = held(1)
      composed.clock.advance(60_000)
      consumer.credit = 1
      queue.creditReturned()
      turn.run()
      composed.clock.advance(10_000)
      expect(capacity(queue)).toBeCloseTo(0.5, 2)
      composed.clock.advance(10_000)
      expect(capacity(queue)).toBeCloseTo(0.75, 2)
    })

    it('tell nothing of consumers that are long gone', () => {
      const [queue, consumer] = held(1)
      composed.clock.advance(60_000)
      queue.removeConsumer(consumer)
      composed.clock.advance(600_000)
      queue.addConsumer(new FakeConsumer())
      turn.run()
      composed.clock.advance(1000)
      expect(capacity(queue)).toBeCloseTo(1, 6)
    })
  })

  it('count what a consumer was given once, before and after it leaves', () => {
    const queue = declared('q')
    const consumer = new FakeConsumer({ noAck: true })
    queue.addConsumer(consumer)
    publishEachSecond(queue, 4, 1)
    expect(metrics.statistics.messageStats(queue)?.deliver_no_ack).toBe(4)
    queue.removeConsumer(consumer)
    publishEachSecond(queue, 1, 1)
    expect(metrics.statistics.messageStats(queue)?.deliver_no_ack).toBe(4)
  })

  it('go on when the clock is set back', () => {
    const queue = declared('q')
    publishEachSecond(queue, 4, 3)
    const { clock } = composed
    const after = clock.now.bind(clock)
    clock.now = () => after() - 3_600_000
    publishEachSecond(queue, 4, 3)
    clock.now = after
    publishEachSecond(queue, 4, 3)
    expect(metrics.statistics.messageStats(queue)?.publish).toBe(36)
  })

  it('go on after a sampling that failed, and the log says so', () => {
    const queue = declared('q')
    const broken = { kind: 'queue', counters: undefined } as unknown as Queue
    const queues = composed.vhost.queues as Map<string, Queue>
    queues.set('broken', broken)
    composed.clock.advance(1000)
    expect(composed.log.lines.some(({ message }) => message.includes('a sampling failed'))).toBe(true)
    queues.delete('broken')
    publishEachSecond(queue, 2, 1)
    expect(metrics.statistics.messageStats(queue)?.publish).toBe(2)
  })

  it('look at thousands of queues over several turns, and at no more before they have seen them all', () => {
    const queues = Array.from({ length: 2500 }, (_, i) => declared(`q${i}`))
    for (const queue of queues) queue.enqueue(messageWith('m'))
    const seen = (): number => queues.filter(queue => metrics.sampler.historyOf(queue) !== undefined).length
    composed.clock.advance(1000)
    expect(seen()).toBe(999)
    composed.clock.advance(1000)
    expect(seen()).toBe(999)
    turn.runAll()
    expect(seen()).toBe(2500)
    composed.clock.advance(1000)
    turn.runAll()
    expect(metrics.statistics.queueTotals(composed.vhost)).toMatchObject({ messages: 2500 })
  })

  it('stop when they are told to, and leave no timer', () => {
    metrics.sampler.stop()
    expect(composed.clock.pending).toBe(0)
  })
})

describe('what is asked for of the past', () => {
  it('is a pair of seconds for each kind', () => {
    const query = historyQuery({
      lengths_age: '60',
      lengths_incr: '5',
      msg_rates_age: '600',
      msg_rates_incr: '10',
      data_rates_age: '1',
      data_rates_incr: '1',
      node_stats_age: '3600',
      node_stats_incr: '60',
    })
    expect(query).toEqual({
      lengths: { age: 60, incr: 5 },
      msgRates: { age: 600, incr: 10 },
      dataRates: { age: 1, incr: 1 },
      nodeStats: { age: 3600, incr: 60 },
    })
  })

  it.each([
    [{ lengths_age: '60' }],
    [{ lengths_incr: '5' }],
    [{ lengths_age: '60', lengths_incr: '0' }],
    [{ lengths_age: '-1', lengths_incr: '5' }],
    [{ lengths_age: 'x', lengths_incr: '5' }],
    [{ lengths_age: ['60', '61'], lengths_incr: '5' }],
  ])('is nothing for %j', query => {
    expect(historyQuery(query)).toEqual({})
  })

  it('is bounded, whatever is asked for', () => {
    const composed = composeBroker(new ManualTurn())
    const { sampler, statistics } = metricsOf(composed, fakeProbe(), 100)
    sampler.start()
    composed.clock.advance(400_000)
    const { connection_created_details: details } = statistics.churn(
      historyQuery({ data_rates_age: '99999999999', data_rates_incr: '1' }),
    )
    expect((details as { samples: readonly unknown[] }).samples.length).toBeLessThanOrEqual(2000)
    sampler.stop()
  })
})
