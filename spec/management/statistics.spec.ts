/** What queues, connections, channels and consumers tell of themselves, with what was counted and sampled. */
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { eventually } from '../support/eventually'
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement
let connection: ChannelModel
let channel: ConfirmChannel

beforeAll(async () => {
  managed = await ListeningManagement.open()
  connection = await connect(managed.listening.url, { clientProperties: { connection_name: 'watched' } })
  channel = await connection.createConfirmChannel()
  await channel.prefetch(5)
  await channel.assertExchange('x', 'fanout', { durable: false })
  await channel.assertQueue('q', { durable: false })
  await channel.assertQueue('mine', { exclusive: true })
  await channel.assertQueue('single', { arguments: { 'x-single-active-consumer': true } })
  await channel.assertQueue('quorum', { arguments: { 'x-queue-type': 'quorum' } })
  await channel.bindQueue('q', 'x', '')
  await channel.consume('mine', () => {}, { consumerTag: 'for myself', exclusive: true, noAck: true })
  await channel.consume('single', () => {}, { consumerTag: 'first' })
  await channel.consume('single', () => {}, { consumerTag: 'second', arguments: { 'x-priority': 5 } })
  for (let i = 0; i < 3; i++) channel.publish('x', '', Buffer.from('12345'), { timestamp: 1_700_000_000 })
  await channel.waitForConfirms()
  await channel.get('q')
  await managed.sample()
})

afterAll(async () => {
  await connection.close()
  await managed.close()
})

const own = expect.stringMatching(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/)
const ownChannel = expect.stringMatching(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+ \(1\)$/)

describe('a queue', () => {
  it('tells how much is in it, and what came and went', async () => {
    expect((await managed.get('/queues/%2F/q')).body).toMatchObject({
      messages: 3,
      messages_ready: 2,
      messages_unacknowledged: 1,
      messages_details: { rate: expect.any(Number) },
      messages_ram: 3,
      messages_paged_out: 0,
      message_bytes: 15,
      message_bytes_ready: 10,
      message_bytes_unacknowledged: 5,
      head_message_timestamp: 1_700_000_000,
      memory: expect.any(Number),
      consumers: 0,
      consumer_capacity: 0,
      consumer_utilisation: 0,
      exclusive_consumer_tag: null,
      single_active_consumer_tag: null,
      consumer_details: [],
      incoming: [{ exchange: { name: 'x', vhost: '/' }, stats: { publish: 3 } }],
      message_stats: {
        publish: 3,
        get: 1,
        deliver_get: 1,
        ack: 0,
        publish_details: { rate: expect.any(Number) },
      },
    })
  })

  it('tells the past that is asked for', async () => {
    const { body } = await managed.get(
      '/queues/%2F/q?lengths_age=60&lengths_incr=1&msg_rates_age=60&msg_rates_incr=1',
    )
    expect(body.messages_details.samples[0]).toEqual({ sample: 3, timestamp: expect.any(Number) })
    expect(body.message_stats.publish_details.samples[0].sample).toBe(3)
  })

  it('tells since when it does nothing, once that is so', async () => {
    expect((await managed.get('/queues/%2F/q')).body).not.toHaveProperty('idle_since')
    managed.listening.clock.advance(10_000)
    const { body } = await managed.get('/queues/%2F/q')
    expect(body.idle_since).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/)
  })

  it('that is exclusive names its owner', async () => {
    expect((await managed.get('/queues/%2F/mine')).body).toMatchObject({
      exclusive: true,
      owner_pid_details: { name: own, peer_host: '127.0.0.1', peer_port: expect.any(Number) },
      exclusive_consumer_tag: 'for myself',
    })
  })

  it('with a single active consumer names it', async () => {
    const { body } = await managed.get('/queues/%2F/single')
    expect(body).toMatchObject({
      single_active_consumer_tag: 'first',
      consumer_details: [
        { consumer_tag: 'first', active: true, activity_status: 'single_active' },
        { consumer_tag: 'second', active: false, activity_status: 'waiting', arguments: { 'x-priority': 5 } },
      ],
    })
  })

  it('of type quorum is led by the only node', async () => {
    const node = 'leveret@localhost'
    expect((await managed.get('/queues/%2F/quorum')).body).toMatchObject({
      type: 'quorum',
      leader: node,
      members: [node],
      online: [node],
    })
  })

  it('names the policies that it follows', async () => {
    await managed.ask('PUT', '/policies/%2F/p', { pattern: '^q$', definition: { 'max-length': 100 } })
    await managed.ask('PUT', '/operator-policies/%2F/o', {
      pattern: '^q$',
      definition: { 'max-length': 50, expires: 600_000 },
    })
    expect((await managed.get('/queues/%2F/q')).body).toMatchObject({
      policy: 'p',
      operator_policy: 'o',
      effective_policy_definition: { 'max-length': 50, expires: 600_000 },
    })
  })
})

describe('an exchange', () => {
  it('tells what came in and went out', async () => {
    expect((await managed.get('/exchanges/%2F/x')).body.message_stats).toMatchObject({
      publish_in: 3,
      publish_out: 3,
    })
  })
})

describe('a connection', () => {
  it('tells who it is and what went over it', async () => {
    const [listed] = (await managed.get('/connections')).body
    expect(listed).toMatchObject({
      name: own,
      user_provided_name: 'watched',
      type: 'network',
      protocol: 'AMQP 0-9-1',
      user: 'guest',
      vhost: '/',
      host: '127.0.0.1',
      peer_host: '127.0.0.1',
      state: 'running',
      channels: 1,
      auth_mechanism: 'PLAIN',
      frame_max: expect.any(Number),
      channel_max: 2047,
      timeout: 60,
      ssl: false,
      peer_cert_subject: '',
      client_properties: { connection_name: 'watched', capabilities: { 'basic.nack': true } },
      recv_oct_details: { rate: expect.any(Number) },
    })
    expect(listed.recv_oct).toBeGreaterThan(100)
    expect(listed.send_oct).toBeGreaterThan(100)
    const path = `/connections/${encodeURIComponent(listed.name)}`
    expect((await managed.get(path)).body).toMatchObject({ name: listed.name })
    expect((await managed.get('/connections?disable_stats=true')).body).toEqual([
      { name: listed.name, vhost: '/', user: 'guest', node: 'leveret@localhost' },
    ])
    expect((await managed.get(`${path}/sessions`)).body.reason).toBe('connection does not use AMQP 1.0')
  })

  it('that is still shaking hands is not told of', async () => {
    const { connect: open } = await import('node:net')
    const { hostname, port } = new URL(managed.listening.url)
    const socket = open(Number(port), hostname)
    await eventually(() => expect(managed.listening.connections.count).toBe(2))
    expect((await managed.get('/connections')).body).toHaveLength(1)
    socket.destroy()
  })
})

describe('a channel', () => {
  it('tells its mode, its limits and what is out', async () => {
    const [listed] = (await managed.get('/channels')).body
    expect(listed).toMatchObject({
      name: ownChannel,
      number: 1,
      user: 'guest',
      vhost: '/',
      state: 'running',
      confirm: true,
      transactional: false,
      consumer_count: 3,
      prefetch_count: 5,
      global_prefetch_count: 0,
      messages_unacknowledged: 1,
      messages_unconfirmed: 0,
      messages_uncommitted: 0,
      acks_uncommitted: 0,
      connection_details: { name: own, peer_host: '127.0.0.1' },
      message_stats: { publish: 3, confirm: 3, get: 1 },
    })
    expect(listed).not.toHaveProperty('consumer_details')
    const one = await managed.get(`/channels/${encodeURIComponent(listed.name)}`)
    expect(one.body.consumer_details).toHaveLength(3)
  })
})

describe('a consumer', () => {
  it('tells its queue, its channel and what it asked for', async () => {
    const { body } = await managed.get('/consumers/%2F')
    expect(body).toContainEqual({
      consumer_tag: 'for myself',
      ack_required: false,
      exclusive: true,
      prefetch_count: 5,
      active: true,
      activity_status: 'up',
      arguments: {},
      consumer_timeout: expect.any(Number),
      queue: { name: 'mine', vhost: '/' },
      channel_details: {
        name: ownChannel,
        number: 1,
        node: 'leveret@localhost',
        user: 'guest',
        connection_name: own,
        peer_host: '127.0.0.1',
        peer_port: expect.any(Number),
      },
    })
  })
})
