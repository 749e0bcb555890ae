/** docs/reference/differences.md: what it says of Leveret, where that can be tried in a moment. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { TestBroker } from '../src/testing'

const page = readFileSync(join(__dirname, '..', 'docs/reference/differences.md'), 'utf8')
let broker: TestBroker
let client: ChannelModel
let channel: Channel

beforeAll(async () => {
  broker = await TestBroker.start({ management: true })
  client = await connect(broker.url)
})

beforeEach(async () => {
  channel = await client.createChannel()
  channel.on('error', () => {})
})

afterAll(async () => {
  await client.close()
  await broker.stop()
})

async function status(path: string, init: RequestInit = {}): Promise<{ code: number; text: string }> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`
  const headers = { authorization, 'content-type': 'application/json' }
  const response = await fetch(`${broker.managementUrl}/api${path}`, { headers, ...init })
  return { code: response.status, text: await response.text() }
}

/** What the page quotes, it does. */
function quoted(text: string): string {
  expect(page).toContain(`\`${text}\``)
  return text
}

describe('the page of differences', () => {
  it('is right about streams', async () => {
    const text = quoted("unsupported queue type 'stream'")
    const declared = channel.assertQueue('s', { durable: true, arguments: { 'x-queue-type': 'stream' } })
    await expect(declared).rejects.toThrow(text)
  })

  it('is right about the offset of a stream, at another queue', async () => {
    await channel.assertQueue('classic')
    const options = { arguments: { [quoted('x-stream-offset')]: 'first' } }
    await expect(channel.consume('classic', () => {}, options)).resolves.toHaveProperty('consumerTag')
  })

  it.each(['x-jms-topic', 'x-rtopic'])('is right about exchanges of type %s', async type => {
    quoted(type)
    await expect(channel.assertExchange('x', type)).rejects.toThrow(quoted('unknown exchange type'))
  })

  it('is right about mirrors, which are asked for in vain', async () => {
    await broker.admin.setPolicy({ name: 'ha', pattern: '', definition: { [quoted('ha-mode')]: 'all' } })
    const args = { 'x-queue-type': 'quorum', [quoted('x-quorum-initial-group-size')]: 3 }
    await expect(channel.assertQueue('q', { durable: true, arguments: args })).resolves.toBeDefined()
  })

  it.each([
    ['AMQP 1.0', 'AMQP\x00\x01\x00\x00'],
    ['MQTT', '\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00'],
    ['STOMP', 'CONNECT\naccept-version:1.2\n\n\0'],
  ])('is right about who begins with %s', async (protocol, header) => {
    expect(page).toContain(protocol)
    quoted('AMQP 0 0 9 1')
    const socket = connectSocket({ host: broker.host, port: broker.port })
    socket.write(header, 'latin1')
    const heard: Buffer[] = []
    socket.on('data', chunk => heard.push(chunk))
    await once(socket, 'close')
    expect(Buffer.concat(heard)).toEqual(Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'))
  })

  it('is right about shovels', async () => {
    const body = JSON.stringify({ value: { 'src-uri': 'amqp://' } })
    const { code, text } = await status('/parameters/shovel/%2f/s', { method: 'PUT', body })
    expect([code, text]).toEqual([400, expect.stringContaining(quoted('component shovel not found'))])
  })

  it.each(['/traces', '/top', '/shovels', '/federation-links'])('is right about /api%s', async path => {
    expect((await status(path)).code).toBe(404)
  })

  it('is right about the fields that are not there', async () => {
    await channel.assertQueue('fields')
    const { text } = await status('/queues/%2f/fields')
    for (const field of ['reductions', 'slave_nodes', 'messages_persistent'])
      expect(JSON.parse(text)).not.toHaveProperty(quoted(field))
  })
})
