/** The limits of the whole broker, as options: one more of each is refused in RabbitMQ's words, and what is there stays. */
import { Wire } from '../../conformance/support/wire'
import type { BrokerOptions, EmbeddedBroker } from '../../src/index'

const { createBroker } = require('../../dist') as typeof import('../../src/index')

let broker: EmbeddedBroker
const wires: Wire[] = []

async function started(options: BrokerOptions): Promise<void> {
  broker = await createBroker({ port: 0, logLevel: 'silent', ...options })
}

async function connected(): Promise<Wire> {
  const wire = await Wire.connect(broker.url)
  wires.push(wire)
  return await wire.open()
}

/** Connects up to connection.open. */
async function opening(): Promise<Wire> {
  const wire = await Wire.connect(broker.url)
  wires.push(wire)
  await wire.login()
  wire.tuneOk()
  wire.send('connection.open', { virtualHost: '/' })
  return wire
}

/** A PUT of the HTTP API: status, and what was the matter. */
async function put(path: string, body = '{}'): Promise<[number, unknown]> {
  const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` }
  const answer = await fetch(`${broker.managementUrl}/api${path}`, { method: 'PUT', headers, body })
  return [answer.status, answer.status < 300 ? undefined : await answer.json()]
}

afterEach(async () => {
  await Promise.all(wires.splice(0).map(wire => wire.destroy()))
  await broker.close()
})

describe('connectionsMax', () => {
  it('refuses one connection more when it is opened, and takes it once another has gone', async () => {
    await started({ connectionsMax: 2 })
    const first = await connected()
    await connected()
    const refused = await opening()
    await refused.expectClose(
      530,
      'NOT_ALLOWED - connection refused: node connection limit (2) is reached',
      'connection.open',
    )
    await first.close()
    await connected()
  })

  it('is told before the limit of the virtual host', async () => {
    await started({ connectionsMax: 1 })
    await connected()
    await broker.setVhostLimits({ 'max-connections': 0 })
    await (await opening()).expectClose(530, /node connection limit \(1\) is reached$/, 'connection.open')
  })
})

describe('channelsMax', () => {
  it('counts the channels of all connections, and those no more that are closed', async () => {
    await started({ channelsMax: 3 })
    const one = await connected()
    const other = await connected()
    const channel = await one.channel()
    await one.channel()
    await other.channel()
    await channel.close()
    await other.channel()
    const text =
      "NOT_ALLOWED - number of channels opened on node 'leveret@localhost' has reached the maximum allowed limit of 3"
    other.unopenedChannel(9).send('channel.open')
    await other.expectClose(530, text, 'none')
    await one.channel()
    await one.channel()
  })
})

describe('queuesMax', () => {
  it('counts the queues of all virtual hosts, but not those behind replies', async () => {
    await started({ queuesMax: 1 })
    const wire = await connected()
    const channel = await wire.channel()
    await channel.call('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true })
    await channel.call('queue.declare', { queue: 'one' })
    await channel.call('queue.declare', { queue: 'one' })
    channel.send('queue.declare', { queue: 'two' })
    await channel.expectClose(
      406,
      "PRECONDITION_FAILED - cannot declare queue 'two': queue limit in cluster (1) is reached",
      'queue.declare',
    )
    const again = await wire.channel()
    await again.call('queue.delete', { queue: 'one' })
    await again.call('queue.declare', { queue: 'two' })
  })
})

describe('exchangesMax', () => {
  it('counts the predeclared ones, too', async () => {
    await started({ exchangesMax: 8 })
    const channel = await (await connected()).channel()
    await channel.call('exchange.declare', { exchange: 'eighth', type: 'direct' })
    await channel.call('exchange.declare', { exchange: 'eighth', type: 'direct' })
    channel.send('exchange.declare', { exchange: 'ninth', type: 'direct' })
    await channel.expectClose(
      406,
      "PRECONDITION_FAILED - cannot declare exchange 'ninth' in vhost '/': exchange limit of 8 is reached",
      'exchange.declare',
    )
  })
})

describe('vhostsMax', () => {
  it('is a bad request over HTTP with what is the matter, and changes to what is there are none', async () => {
    await started({ vhostsMax: 2, management: true, managementPort: 0 })
    expect(await put('/vhosts/second')).toEqual([201, undefined])
    const reason = "cannot create vhost 'third': vhost limit of 2 is reached"
    expect(await put('/vhosts/third')).toEqual([400, { error: 'bad_request', reason }])
    expect(await put('/vhosts/second')).toEqual([204, undefined])
  })
})

describe('httpBodyMax', () => {
  it('takes a body of that size, and no larger one', async () => {
    await started({ httpBodyMax: 2048, management: true, managementPort: 0 })
    const body = (bytes: number): string => `{"value":"${'v'.repeat(bytes - 12)}"}`
    expect(await put('/global-parameters/a', body(2048))).toEqual([201, undefined])
    const refused = { error: 'bad_request', reason: 'Exceeded HTTP request body size limit' }
    expect(await put('/global-parameters/b', body(2049))).toEqual([400, refused])
  })
})

describe('channelMax of 65535', () => {
  it('opens as many channels on one connection as there are numbers', async () => {
    await started({ channelMax: 65_535 })
    const wire = await connected()
    const last = await wire.channel(65_535)
    await last.call('queue.declare', { queue: 'q', exclusive: true })
    expect(await last.get('q')).toBeUndefined()
  })
})
