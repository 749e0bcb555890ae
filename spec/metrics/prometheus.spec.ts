/** What Prometheus is told: RabbitMQ's families, and those that its Overview dashboard needs. */
import { type ChannelModel, connect } from 'amqplib'
import { declareQueue } from '../../src/broker/declarations/queue-declarations'
import { SystemClock } from '../../src/clock'
import { Prometheus } from '../../src/metrics/prometheus'
import type { Queue } from '../../src/queues/queue'
import { eventually } from '../support/eventually'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'
import { fakeProbe } from './fake-probe'
import { metricsOf, textOf } from './metrics-of'
import { type ParsedFamily, parseMetrics } from './parse-metrics'
import { rabbitmqFamilies } from './rabbitmq-families'
import { runSession } from './session'

/** Of RabbitMQ's, those that there is nothing to tell of here: docs/reference/metrics.md says why. */
const ONLY_RABBITMQ =
  /^rabbitmq_(erlang_(?!uptime)|io_|schema_db_|msg_store_|queue_index_|process_max_tcp_sockets|connection_pending_packets|.*process_reductions|queue_(process_memory|head_message_timestamp|disk_|messages_(ram|ready_ram|unacked_ram|persistent|bytes|unacked_bytes|paged_out|published_total))|global_messages_dead_lettered_confirmed)/

/** RabbitMQ's Overview dashboard for Grafana asks for these, and joins all of them with `rabbitmq_identity_info`. */
const DASHBOARD = `
  build_info identity_info channels channels_closed_total channels_opened_total connections connections_closed_total
  connections_opened_total disk_space_available_bytes disk_space_available_limit_bytes erlang_uptime_seconds
  global_consumers global_publishers global_messages_acknowledged_total global_messages_confirmed_total
  global_messages_delivered_consume_auto_ack_total global_messages_delivered_consume_manual_ack_total
  global_messages_delivered_get_auto_ack_total global_messages_delivered_get_manual_ack_total
  global_messages_delivered_total global_messages_get_empty_total global_messages_received_confirm_total
  global_messages_received_total global_messages_redelivered_total global_messages_routed_total
  global_messages_unroutable_dropped_total global_messages_unroutable_returned_total message_size_bytes
  process_max_fds process_open_fds process_resident_memory_bytes resident_memory_limit_bytes queue_messages_ready
  queue_messages_unacked queues queues_created_total queues_declared_total queues_deleted_total`
  .trim()
  .split(/\s+/)
  .map(name => `rabbitmq_${name}`)

describe('the metrics for Prometheus', () => {
  let server: ListeningBroker
  let client: ChannelModel
  let prometheus: Prometheus
  let families: ReadonlyMap<string, ParsedFamily>

  beforeAll(async () => {
    server = await listeningBroker({})
    const { broker, connections } = server
    const probe = fakeProbe()
    const { sampler } = metricsOf(server, probe, 1000)
    const identity = {
      rabbitmqVersion: '4.2.0',
      productName: 'RabbitMQ',
      productVersion: '0.0.0',
      clusterId: 'rabbitmq-cluster-id-x',
    }
    const clock = new SystemClock()
    prometheus = new Prometheus({
      broker,
      connections,
      probe,
      clock,
      identity,
      consumerCapacity: sampler.consumerCapacity,
      gather: () => sampler.gather(),
    })
    client = await connect(server.url)
    await runSession(client)
    await eventually(() => expect(broker.counters.churn.channelsClosed).toBe(1))
    families = parseMetrics(await textOf(prometheus, 'aggregated'))
  })

  afterAll(async () => {
    await client.close()
    await server.close()
  })

  const value = (name: string, labels = '') => families.get(name)?.samples.get(labels)
  const queue = (name: string): Queue =>
    declareQueue(
      server.vhost,
      { name, durable: false, autoDelete: false, owner: undefined, arguments: new Map() },
      {},
    )

  it.each(rabbitmqFamilies.filter(([name]) => !ONLY_RABBITMQ.test(name)))(
    'have %s as RabbitMQ has it',
    (name, type, help, labels) => {
      const family = families.get(name)
      expect([family?.type, family?.help]).toEqual([type, help])
      expect(family?.labels).toEqual(expect.arrayContaining([...labels].filter(label => label !== 'http')))
    },
  )

  it('leave out of RabbitMQ’s what they have not', () => {
    const missing = rabbitmqFamilies.map(([name]) => name).filter(name => !families.has(name))
    expect(missing.filter(name => !ONLY_RABBITMQ.test(name))).toEqual([])
    expect([...families.keys()].filter(name => ONLY_RABBITMQ.test(name))).toEqual([])
  })

  it('have all that the Overview dashboard asks for', () => {
    expect(DASHBOARD.filter(name => !families.has(name))).toEqual([])
  })

  it('say who they are of', () => {
    expect(families.get('rabbitmq_identity_info')?.samples).toEqual(
      new Map([
        [
          'rabbitmq_cluster="leveret@localhost",rabbitmq_cluster_permanent_id="rabbitmq-cluster-id-x",' +
            'rabbitmq_endpoint="aggregated",rabbitmq_node="leveret@localhost"',
          1,
        ],
      ]),
    )
  })

  it.each([
    ['received', 33],
    ['received_confirm', 27],
    ['confirmed', 25],
    ['routed', 35],
    ['unroutable_dropped', 4],
    ['unroutable_returned', 2],
  ])('count messages %s, whichever channel and queue is gone', (name, expected) => {
    expect(value(`rabbitmq_global_messages_${name}_total`, 'protocol="amqp091"')).toBe(expected)
  })

  it.each([
    ['acknowledged', 6],
    ['delivered_consume_auto_ack', 7],
    ['delivered_consume_manual_ack', 10],
    ['delivered_get_auto_ack', 6],
    ['delivered_get_manual_ack', 5],
    ['delivered', 28],
    ['get_empty', 2],
    ['redelivered', 3],
  ])('count messages %s by type of queue', (name, expected) => {
    const of = (type: string) =>
      value(`rabbitmq_global_messages_${name}_total`, `protocol="amqp091",queue_type="rabbit_${type}_queue"`)
    expect([of('classic'), of('quorum')]).toEqual([expected, 0])
  })

  it.each([
    ['rejected', 'at_most_once', 2],
    ['maxlen', 'disabled', 2],
    ['delivery_limit', 'disabled', 0],
  ])('count messages that died because they were %s', (reason, strategy, expected) => {
    const labels = `dead_letter_strategy="${strategy}",queue_type="rabbit_classic_queue"`
    expect(value(`rabbitmq_global_messages_dead_lettered_${reason}_total`, labels)).toBe(expected)
  })

  it('count messages that expired, also of a queue that is gone', async () => {
    const channel = await client.createChannel()
    await channel.assertQueue('brief', { messageTtl: 1000, exclusive: true })
    channel.sendToQueue('brief', Buffer.from('m'))
    await channel.checkQueue('brief')
    server.clock.advance(1000)
    await eventually(async () => expect((await channel.checkQueue('brief')).messageCount).toBe(0))
    const expired = async () =>
      parseMetrics(await textOf(prometheus, 'aggregated'))
        .get('rabbitmq_global_messages_dead_lettered_expired_total')
        ?.samples.get('dead_letter_strategy="disabled",queue_type="rabbit_classic_queue"')
    expect(await expired()).toBe(1)
    await channel.deleteQueue('brief')
    expect(await expired()).toBe(1)
    await channel.close()
  })

  it('have a histogram of message sizes', () => {
    const upTo = (le: string) => value('rabbitmq_message_size_bytes_bucket', `le="${le}",protocol="amqp091"`)
    expect(['100', '1000', '10000', '+Inf'].map(upTo)).toEqual([28, 30, 34, 34])
    expect(value('rabbitmq_message_size_bytes_count', 'protocol="amqp091"')).toBe(34)
    expect(value('rabbitmq_message_size_bytes_sum', 'protocol="amqp091"')).toBe(
      26 * 10 + 2 + 2 * 200 + 4 * 2000,
    )
  })

  it('escape what peers choose', async () => {
    queue('a "quote", a \\ and\na line')
    const text = await textOf(prometheus, 'detailed', { families: ['queue_coarse_metrics'] })
    expect(text).toContain(
      'rabbitmq_detailed_queue_messages_ready{vhost="/",queue="a \\"quote\\", a \\\\ and\\na line"} 0',
    )
  })

  it('tell of each object with RabbitMQ’s labels', async () => {
    const each = parseMetrics(await textOf(prometheus, 'per-object'))
    const labels = (name: string) => each.get(name)?.labels
    expect(labels('rabbitmq_queue_messages_ready')).toEqual(['queue', 'vhost'])
    expect(labels('rabbitmq_channel_consumers')).toEqual(['channel'])
    expect(labels('rabbitmq_connection_incoming_bytes_total')).toEqual(['channel'])
    expect(labels('rabbitmq_exchange_messages_published_total')).toEqual(['exchange', 'vhost'])
    expect(labels('rabbitmq_queue_exchange_messages_published_total')).toEqual(['exchange', 'queue', 'vhost'])
    expect(
      each
        .get('rabbitmq_queue_exchange_messages_published_total')
        ?.samples.get('exchange="x",queue="q1",vhost="/"'),
    ).toBe(4)
  })

  it('tell of the families, virtual hosts and queues that are asked for', async () => {
    server.broker.putVhost('other')
    const asked = {
      families: ['queue_coarse_metrics', 'vhost_status'],
      queue: (name: string) => name === 'q1',
    }
    const here = parseMetrics(await textOf(prometheus, 'detailed', asked))
    expect(here.get('rabbitmq_detailed_queue_messages')?.samples).toEqual(
      new Map([['queue="q1",vhost="/"', 3]]),
    )
    expect(here.get('rabbitmq_cluster_vhost_status')?.samples.size).toBe(2)
    const there = parseMetrics(await textOf(prometheus, 'detailed', { ...asked, vhosts: ['other'] }))
    expect(there.get('rabbitmq_detailed_queue_messages')?.samples.size).toBe(0)
    expect([...there.keys()].filter(name => name.includes('channel'))).toEqual([])
    server.broker.deleteVhost('other')
  })

  it('tell whether publishers must wait, and why', async () => {
    const alarm = async () =>
      parseMetrics(await textOf(prometheus, 'aggregated'))
        .get('rabbitmq_alarms_free_disk_space_watermark')
        ?.samples.get('')
    expect(await alarm()).toBe(0)
    const raised = server.broker.alarms.raise('low on disk')
    expect(await alarm()).toBe(1)
    raised.clear()
  })

  it('let others have their turn while thousands of queues are told of', async () => {
    for (let i = 0; i < 3000; i++) queue(`many-${i}`)
    let turns = 0
    let isOver = false
    const others = (): void => {
      turns++
      if (!isOver) setImmediate(others)
    }
    others()
    const text = await textOf(prometheus, 'detailed', { families: ['queue_coarse_metrics'] })
    isOver = true
    const ready = parseMetrics(text).get('rabbitmq_detailed_queue_messages_ready')
    expect([...(ready?.samples.keys() ?? [])].filter(labels => labels.includes('many-'))).toHaveLength(3000)
    expect(turns).toBeGreaterThan(3000 / 500)
    expect(text.match(/# HELP rabbitmq_detailed_queue_messages_ready /g)).toHaveLength(1)
  })
})
