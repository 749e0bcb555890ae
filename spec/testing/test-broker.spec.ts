/** A test broker from start to stop, as a test and its process see it. */
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { type ChannelModel, connect } from 'amqplib'
import { TestBroker } from '../../src/testing'

const started: TestBroker[] = []

afterEach(async () => {
  await Promise.all(started.splice(0).map(broker => broker.stop()))
})

async function start(...options: Parameters<typeof TestBroker.start>): Promise<TestBroker> {
  const broker = await TestBroker.start(...options)
  started.push(broker)
  return broker
}

async function published(client: ChannelModel, queue: string): Promise<number> {
  const channel = await client.createChannel()
  const { messageCount } = await channel.assertQueue(queue)
  return messageCount
}

describe('a test broker', () => {
  it('takes clients at its own address as soon as it is there', async () => {
    const broker = await start()
    expect(broker.url).toBe(`amqp://guest:guest@127.0.0.1:${broker.port}`)
    expect(broker.host).toBe('127.0.0.1')
    const client = await connect(broker.url)
    const channel = await client.createConfirmChannel()
    await channel.assertQueue('orders')
    channel.sendToQueue('orders', Buffer.from('one'))
    await channel.waitForConfirms()
    const got = await channel.get('orders')
    expect(got !== false && got.content.toString()).toBe('one')
    await client.close()
  })

  it('shares nothing with others in the same process', async () => {
    const [one, other] = await Promise.all([start(), start()])
    expect(one.port).not.toBe(other.port)
    const [client, another] = await Promise.all([connect(one.url), connect(other.url)])
    const channel = await client.createConfirmChannel()
    await channel.assertQueue('orders')
    channel.sendToQueue('orders', Buffer.from('one'))
    await channel.waitForConfirms()
    expect(await published(client, 'orders')).toBe(1)
    expect(await published(another, 'orders')).toBe(0)
    await Promise.all([client.close(), another.close()])
  })

  it('serves the management API when it is asked to, and not otherwise', async () => {
    expect((await start()).managementUrl).toBeUndefined()
    const { managementUrl } = await start({ management: true })
    const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` }
    const response = await fetch(`${managementUrl}/api/overview`, { headers })
    expect(response.status).toBe(200)
    await response.arrayBuffer()
  })

  it('takes the options of a broker', async () => {
    const { url } = await start({ defaultUser: 'alice', defaultPass: 'p@ss', defaultVhost: 'shop' })
    expect(url).toMatch(/^amqp:\/\/alice:p%40ss@127\.0\.0\.1:\d+\/shop$/)
    await (await connect(url)).close()
    await expect(connect(url.replace('p%40ss', 'wrong'))).rejects.toThrow('ACCESS_REFUSED')
  })

  it.each([
    [{ dataDir: '/tmp' }, 'a test broker keeps nothing, so it has no option "dataDir"'],
    [{ prot: 1 }, 'prot'],
  ])('refuses %j', async (options, message) => {
    await expect(TestBroker.start(options as object)).rejects.toThrow(message)
  })

  it('is administrated', async () => {
    const broker = await start()
    await broker.admin.setPolicy({ name: 'short', pattern: '^orders', definition: { 'max-length': 1 } })
    const client = await connect(broker.url)
    const channel = await client.createConfirmChannel()
    await channel.assertQueue('orders')
    for (const text of ['one', 'two']) channel.sendToQueue('orders', Buffer.from(text))
    await channel.waitForConfirms()
    expect(await published(client, 'orders')).toBe(1)
    await client.close()
  })
})

describe('a test broker that is stopped', () => {
  it('closes the connections that are left, and its port', async () => {
    const broker = await start()
    const client = await connect(broker.url)
    client.on('error', () => {})
    const closed = once(client, 'close')
    await broker.stop()
    await closed
    const socket = connectSocket(broker.port, broker.host)
    const [error] = await once(socket, 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('may be stopped again', async () => {
    const broker = await start()
    await Promise.all([broker.stop(), broker.stop()])
    await broker.stop()
  })

  it('is stopped by the end of a block with `await using`', async () => {
    const broker = await start()
    await broker[Symbol.asyncDispose]()
    await expect(connect(broker.url)).rejects.toThrow('ECONNREFUSED')
  })
})
