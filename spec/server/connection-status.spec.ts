/** What a connection and its channels tell about themselves, of a session with amqplib. */
import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib'
import { eventually } from '../support/eventually'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'

describe('a connection', () => {
  let server: ListeningBroker
  let client: ChannelModel

  beforeEach(async () => {
    server = await listeningBroker({})
    client = await connect(server.url, { clientProperties: { connection_name: 'mine' } })
  })

  afterEach(async () => {
    await client.close().catch(() => {})
    await server.close()
  })

  const status = () => {
    const [connection] = [...server.connections]
    return connection!.status
  }
  const channelStatus = () => [...status().channels][0]!.status

  it('tells who is there, from where and what was agreed', () => {
    const { identity, user, vhost, mechanism, tuning, connectedAt, state } = status()
    expect(identity).toMatchObject({ host: '127.0.0.1', peerHost: '127.0.0.1', userProvidedName: 'mine' })
    expect([user, vhost?.name, mechanism, state]).toEqual(['guest', '/', 'PLAIN', 'running'])
    expect(status().name).toBe(`127.0.0.1:${identity.peerPort} -> 127.0.0.1:${new URL(server.url).port}`)
    expect(tuning).toEqual({ channelMax: 2047, frameMax: 131_072, heartbeat: 60 })
    expect(connectedAt).toBe(server.clock.now())
    expect(status().clientProperties.get('product')).toBeDefined()
  })

  it('counts bytes and how often its socket was read and written', async () => {
    const { bytesReceived, chunksReceived, bytesSent, chunksSent } = status()
    const channel = await client.createChannel()
    expect(status().bytesReceived).toBeGreaterThan(bytesReceived)
    expect(status().chunksReceived).toBeGreaterThan(chunksReceived)
    expect(status().bytesSent).toBeGreaterThan(bytesSent)
    expect(status().chunksSent).toBeGreaterThan(chunksSent)
    expect(status().channelCount).toBe(1)
    await channel.close()
    expect([...status().channels]).toEqual([])
  })

  it('is blocking while an alarm is raised, and blocked once it publishes', async () => {
    const channel = await client.createChannel()
    const alarm = server.broker.alarms.raise('low on disk')
    expect(status().state).toBe('blocking')
    channel.sendToQueue('nowhere', Buffer.from('m'))
    await eventually(() => expect(status().state).toBe('blocked'))
    alarm.clear()
    expect(status().state).toBe('running')
  })

  it('has channels that tell what they hold, and of what is out', async () => {
    const channel = await client.createChannel()
    const { queue } = await channel.assertQueue('', { exclusive: true })
    for (let i = 0; i < 3; i++) channel.sendToQueue(queue, Buffer.from('m'))
    await channel.prefetch(2)
    const came: ConsumeMessage[] = []
    const { consumerTag } = await channel.consume(queue, message => came.push(message!), {
      arguments: { 'x-priority': 5 },
    })
    await eventually(() => expect(came).toHaveLength(2))
    const told = channelStatus()
    expect([told.name, told.user, told.vhost.name]).toEqual([`${status().name} (1)`, 'guest', '/'])
    const [consumer] = told.consumers
    expect(consumer).toMatchObject({ tag: consumerTag, limit: 2, priority: 5, noAck: false, isActive: true })
    expect(consumer?.arguments.get('x-priority')).toMatchObject({ value: 5 })
    expect([consumer?.queue.name, consumer?.session.connectionName]).toEqual([queue, status().name])
    const out = [...told.unacked()]
    expect(out.map(({ deliveryTag, consumerTag: tag, since }) => [deliveryTag, tag, since])).toEqual([
      [1, consumerTag, undefined],
      [2, consumerTag, undefined],
    ])
    told.noteTime(server.clock.now())
    expect([...told.unacked()].map(({ since }) => since)).toEqual([server.clock.now(), server.clock.now()])
  })

  it('tells what waits for its confirm or its commit', async () => {
    const channel = await client.createConfirmChannel()
    channel.sendToQueue('nowhere', Buffer.from('m'))
    await channel.waitForConfirms()
    expect([channelStatus().isConfirming, channelStatus().unconfirmed]).toEqual([true, 0])
  })
})
