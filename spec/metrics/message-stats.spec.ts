/**
 * Every key of message_stats, after one session with amqplib. The numbers are RabbitMQ 3.10.8's for the same session. But
 * two: its management API tells 0 for get_empty and drop_unroutable whatever happens, while its Prometheus endpoint has
 * the counts that are expected here.
 */
import { type ChannelModel, connect } from 'amqplib'
import type { Queue } from '../../src/queues/queue'
import { eventually } from '../support/eventually'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'
import { fakeProbe } from './fake-probe'
import { metricsOf } from './metrics-of'
import { runSession } from './session'

const INTERVAL_MS = 1000

describe('after a session in which everything was counted', () => {
  let server: ListeningBroker
  let client: ChannelModel
  let metrics: ReturnType<typeof metricsOf>

  beforeAll(async () => {
    server = await listeningBroker({})
    metrics = metricsOf(server, fakeProbe(), INTERVAL_MS)
    metrics.sampler.start()
    client = await connect(server.url)
    await runSession(client)
    await eventually(() => expect(server.broker.counters.churn.channelsClosed).toBe(1))
    server.clock.advance(INTERVAL_MS)
  })

  afterAll(async () => {
    metrics.sampler.stop()
    await client.close()
    await server.close()
  })

  const queue = (name: string): Queue => server.vhost.queues.get(name)!
  const numbers = (stats: object | undefined) =>
    stats && Object.fromEntries(Object.entries(stats).filter(([key]) => !key.endsWith('_details')))
  const ofQueue = (name: string) => numbers(metrics.statistics.messageStats(queue(name)))
  const ofExchange = (name: string) =>
    numbers(metrics.statistics.messageStats(server.vhost.exchanges.get(name)!))
  const statuses = () => [...server.connections].flatMap(({ status }) => [...status.channels])
  const ofChannel = (number: number) =>
    numbers(metrics.statistics.messageStats(statuses().find(channel => channel.number === number)!.status))

  it.each([
    [
      'q1',
      {
        ...nothing(),
        publish: 11,
        ack: 5,
        deliver: 10,
        get: 3,
        get_no_ack: 1,
        deliver_get: 14,
        redeliver: 3,
      },
    ],
    ['q2', { ...nothing(), publish: 7, deliver_no_ack: 7, deliver_get: 7 }],
    ['q3', { ...nothing(), publish: 4, ack: 1, get: 2, get_no_ack: 1, deliver_get: 3, get_empty: 2 }],
    ['hdr', { ...nothing(), publish: 4, get_no_ack: 4, deliver_get: 4 }],
    ['full', { publish: 3 }],
    ['drop', { publish: 3 }],
    ['dlq', undefined],
  ])('the queue %s', (name, expected) => {
    expect(ofQueue(name)).toEqual(expected)
  })

  it.each([
    ['', { publish_in: 20, publish_out: 21 }],
    ['x', { publish_in: 4, publish_out: 8 }],
    ['e2e', { publish_in: 2, publish_out: 4 }],
    ['h', { publish_in: 2, publish_out: 2 }],
    ['lonely', { publish_in: 5 }],
    ['dlx', undefined],
  ])('the exchange %p', (name, expected) => {
    expect(ofExchange(name)).toEqual(expected)
  })

  it.each([
    [1, { publish: 27, confirm: 25, return_unroutable: 2, drop_unroutable: 3 }],
    [2, { ...nothing(), ack: 1, get: 3, get_no_ack: 2, deliver_get: 5, redeliver: 1, get_empty: 2 }],
    [3, { ...nothing(), ack: 4, deliver: 10, deliver_get: 10, redeliver: 2 }],
    [4, { ...nothing(), deliver_no_ack: 7, deliver_get: 7 }],
    [5, { ...nothing(), ...unpublished(), publish: 3, drop_unroutable: 1, ack: 1, get: 2, deliver_get: 2 }],
    [6, { ...nothing(), ...unpublished(), publish: 2, get_no_ack: 4, deliver_get: 4 }],
  ])('channel %i', (number, expected) => {
    expect(ofChannel(number)).toEqual(expected)
  })

  it('the virtual host and the broker, with the channel that is closed', () => {
    const all = { publish: 33, confirm: 25, return_unroutable: 2, drop_unroutable: 4, ...nothing() }
    const taken = { ack: 6, deliver: 10, deliver_no_ack: 7, get: 5, get_no_ack: 6, redeliver: 3 }
    const expected = { ...all, ...taken, deliver_get: 28, get_empty: 2 }
    expect(numbers(metrics.statistics.messageStats(server.vhost))).toEqual(expected)
    expect(numbers(metrics.statistics.messageStats())).toEqual(expected)
  })

  it('what came and went', () => {
    expect(numbers(metrics.statistics.churn())).toEqual({
      connection_created: 1,
      connection_closed: 0,
      channel_created: 7,
      channel_closed: 1,
      queue_declared: 9,
      queue_created: 8,
      queue_deleted: 1,
    })
  })

  it('what each channel is doing', () => {
    const doing = statuses().map(({ status }) => [
      status.number,
      status.consumerCount,
      status.unackedCount,
      status.prefetchCount,
      status.isConfirming,
      status.isTransactional,
    ])
    expect(doing).toEqual([
      [1, 0, 0, 0, true, false],
      [2, 0, 0, 0, false, false],
      [3, 1, 3, 100, false, false],
      [4, 1, 0, 0, false, false],
      [5, 0, 1, 0, false, true],
      [6, 0, 0, 0, false, false],
    ])
  })

  it('where the messages of a queue came from', () => {
    const incoming = metrics.statistics.incoming(queue('q1'))
    const byExchange = Object.fromEntries(incoming.map(({ exchange, publish }) => [exchange, publish]))
    expect(byExchange).toEqual({ '': 5, x: 4, e2e: 2 })
  })

  it('the bytes of the virtual host and the broker, also of a connection that is closed', async () => {
    const closed = await connect(server.url)
    await closed.close()
    await eventually(() => expect(server.broker.counters.churn.connectionsClosed).toBe(1))
    const [open, ...others] = [...server.connections].map(({ status }) => status)
    expect(others).toEqual([])
    server.clock.advance(INTERVAL_MS)
    const { bytesReceived, bytesSent } = server.broker.counters.endedTraffic
    expect(bytesReceived).toBeGreaterThan(0)
    for (const vhost of [server.vhost, undefined])
      expect(metrics.statistics.traffic(vhost)).toMatchObject({
        recv_oct: open!.bytesReceived + bytesReceived,
        send_oct: open!.bytesSent + bytesSent,
      })
  })
})

/** All keys about deliveries, at 0. */
function nothing() {
  const delivered = { deliver: 0, deliver_no_ack: 0, get: 0, get_no_ack: 0, get_empty: 0 }
  return { ...delivered, deliver_get: 0, redeliver: 0, ack: 0 }
}

function unpublished() {
  return { publish: 0, confirm: 0, return_unroutable: 0, drop_unroutable: 0 }
}
