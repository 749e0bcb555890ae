/** A session of the npm package rabbitmq-admin, a client of RabbitMQ's HTTP API in Node.js. */
import { connect } from 'amqplib'
import { eventually } from '../support/eventually'
import { hasManagement, managementUrl, password, STATISTICS_MS, user, useVhost } from '../support/management'

interface Listed {
  readonly items: readonly Record<string, unknown>[]
  readonly total_count: number
  readonly filtered_count: number
  readonly page_count: number
}

type Call = (...args: unknown[]) => Promise<unknown>

/** It declares types of its own, which are narrower than what it gives. */
type Client = Readonly<Record<string, Call>>

const clientOf = found()

const describeSession = clientOf !== undefined && hasManagement ? describe : describe.skip

jest.setTimeout(3 * STATISTICS_MS)

describeSession('a session of rabbitmq-admin', () => {
  const { name: vhost, amqpUrl } = useVhost()
  let client: Client

  beforeAll(() => {
    client = clientOf!({ rabbitHost: managementUrl, user, pass: password })
  })

  const ask = <T>(method: string, ...args: unknown[]): Promise<T> => client[method]!(...args) as Promise<T>

  it('declares exchanges, queues and bindings', async () => {
    await ask('createExchange', vhost, { name: 'x', type: 'topic', durable: true, arguments: {} })
    await ask('createQueue', vhost, 'q', { durable: true, arguments: { 'x-max-length': 100 } })
    await ask('createQueue', vhost, 'r', { durable: true })
    await ask('createBinding', { vhost, source: 'x', destination: 'q', type: 'queue', routingKey: 'a.#' })
    expect(await ask('getExchange', vhost, 'x')).toMatchObject({ name: 'x', type: 'topic', durable: true })
    expect(await ask('getQueue', vhost, 'q')).toMatchObject({ name: 'q', arguments: { 'x-max-length': 100 } })
    expect(await ask('getQueueBindings', vhost, 'q')).toContainEqual(
      expect.objectContaining({ source: 'x', destination: 'q', routing_key: 'a.#' }),
    )
    expect(await ask('getSourceExchangeBindings', vhost, 'x')).toMatchObject([{ destination: 'q' }])
  })

  it('pages through lists, by name', async () => {
    const page = await ask<Listed>('getQueues', vhost, { page: 2, pageSize: 1 })
    expect(page).toMatchObject({ total_count: 2, filtered_count: 2, page_count: 2, items: [{ name: 'r' }] })
    const named = await ask<Listed>('getQueues', vhost, {
      page: 1,
      pageSize: 10,
      name: '^Q$',
      useRegex: true,
    })
    expect(named).toMatchObject({ total_count: 2, filtered_count: 1, items: [{ name: 'q' }] })
  })

  it('publishes', async () => {
    const message = { properties: { delivery_mode: 2 }, payload: 'hello', payload_encoding: 'string' }
    expect(await ask('publishToExchange', vhost, 'x', { ...message, routing_key: 'a.b' })).toEqual({
      routed: true,
    })
    expect(await ask('publishToExchange', vhost, 'x', { ...message, routing_key: 'b' })).toEqual({
      routed: false,
    })
  })

  it('shows and closes connections', async () => {
    const connection = await connect(amqpUrl)
    const closed = new Promise<unknown>(resolve => connection.once('close', resolve))
    connection.on('error', () => {})
    const channel = await connection.createChannel()
    await channel.consume('q', () => {}, { consumerTag: 'tag' })
    const own = await eventually(async () => {
      const { items } = await ask<Listed>('getVhostConnections', vhost, { page: 1, pageSize: 10 }).then(
        answer => (Array.isArray(answer) ? { items: answer } : answer),
      )
      expect(items).toMatchObject([{ vhost, user, channels: 1 }])
      return String(items[0]?.['name'])
    }, STATISTICS_MS)
    await eventually(
      async () =>
        expect(await ask('getConsumers', vhost)).toMatchObject([
          { consumer_tag: 'tag', queue: { name: 'q' } },
        ]),
      STATISTICS_MS,
    )
    expect(await ask('getConnection', own)).toMatchObject({ name: own, protocol: 'AMQP 0-9-1' })
    expect(await ask('getConnectionChannels', own)).toMatchObject([{ name: `${own} (1)`, number: 1 }])
    expect(await ask('getChannel', `${own} (1)`)).toMatchObject({ connection_details: { name: own } })
    await ask('closeConnection', own, 'time to go')
    expect(String(await closed)).toMatch(/CONNECTION_FORCED - time to go/)
  })

  it('exports definitions, and knows users and virtual hosts', async () => {
    const definitions = await ask<{ queues: object[] }>('getDefinitions', vhost)
    expect(definitions.queues).toContainEqual(expect.objectContaining({ name: 'q', durable: true }))
    const other = `${vhost}-other`
    await ask('createVhost', other)
    await ask('setUserPermissions', other, user, { configure: 'c', write: 'w', read: 'r' })
    expect(await ask('getUserPermissions', other, user)).toMatchObject({
      configure: 'c',
      write: 'w',
      read: 'r',
    })
    await ask('deleteVhost', other)
    expect(await ask('getVhost', other)).toBeNull()
    expect(await ask('getOverview')).toMatchObject({ rabbitmq_version: expect.any(String) })
    expect(await ask('getNodes')).toMatchObject([{ running: true }])
  })

  it('deletes', async () => {
    await expect(ask('deleteQueue', vhost, 'q', { ifEmpty: true })).rejects.toBeDefined()
    await ask('deleteQueue', vhost, 'q', {})
    await ask('deleteExchange', vhost, 'x')
    await expect(ask('getExchange', vhost, 'x')).rejects.toThrow(/not found/i)
  })
})

/** What makes a client; undefined: it is not installed. */
function found(): ((options: object) => Client) | undefined {
  try {
    return (require('rabbitmq-admin') as { RabbitAdmin: (options: object) => Client }).RabbitAdmin
  } catch {
    return undefined
  }
}
