/** The time of a test broker, moved under real clients. */
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { TestBroker } from '../../src/testing'
import { milliseconds } from '../../src/testing/time/duration'

let broker: TestBroker
let client: ChannelModel
let channel: Channel

beforeEach(async () => {
  broker = await TestBroker.start({ heartbeat: 60 })
  client = await connect(broker.url)
  client.on('error', () => {})
  channel = await client.createChannel()
})

afterEach(() => broker.stop())

/** Undefined: nothing waits. */
async function next(queue: string): Promise<string | undefined> {
  const got = await channel.get(queue, { noAck: true })
  return got === false ? undefined : got.content.toString()
}

async function countOf(queue: string): Promise<number> {
  return (await channel.checkQueue(queue)).messageCount
}

describe('the clock of a test broker', () => {
  it('is the real one until it is moved', async () => {
    const before = Date.now()
    const now = broker.clock.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
    await broker.clock.advance('1h30m')
    expect(broker.clock.now() - now).toBeGreaterThanOrEqual(90 * 60_000)
  })

  it('expires messages, which are dead letters at once', async () => {
    await channel.assertQueue('dead')
    await channel.assertQueue('orders', {
      messageTtl: 60_000,
      deadLetterExchange: '',
      deadLetterRoutingKey: 'dead',
    })
    channel.sendToQueue('orders', Buffer.from('one'))
    expect(await countOf('orders')).toBe(1)
    await broker.clock.advance('30s')
    expect(await countOf('orders')).toBe(1)
    await broker.clock.advance('30s')
    expect([await countOf('orders'), await countOf('dead')]).toEqual([0, 1])
  })

  it('does what falls due in its order, and what follows from it before it goes on', async () => {
    const seen: string[] = []
    await channel.assertQueue('tried')
    for (const [queue, messageTtl] of Object.entries({ long: 3000, short: 1000 })) {
      await channel.assertQueue(queue, { messageTtl, deadLetterExchange: '', deadLetterRoutingKey: 'tried' })
      channel.sendToQueue(queue, Buffer.from(queue))
    }
    await channel.consume('tried', message => {
      const text = message?.content.toString() ?? ''
      const seconds = Math.floor((broker.clock.now() - start) / 1000)
      seen.push(`${text} at ${seconds} s`)
      channel.ack(message!)
      // From `short`, a second after each other, until `long` has come.
      if (text === 'short') channel.sendToQueue('short', Buffer.from('short'))
    })
    await countOf('short')
    const start = broker.clock.now()
    await broker.clock.advance('3500ms')
    expect(seen).toHaveLength(4)
    expect(seen.map(text => text.split(' ')[0])).toEqual([
      'short',
      'short',
      expect.anything(),
      expect.anything(),
    ])
    expect(seen[0]).toMatch(/short at [01] s/)
    expect(seen).toContainEqual(expect.stringMatching(/long at [23] s/))
  })

  it('releases delayed messages', async () => {
    await channel.assertExchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } })
    await channel.assertQueue('orders')
    await channel.bindQueue('orders', 'later', '')
    channel.publish('later', '', Buffer.from('tomorrow'), { headers: { 'x-delay': 86_400_000 } })
    channel.publish('later', '', Buffer.from('today'), { headers: { 'x-delay': 3_600_000 } })
    expect(await next('orders')).toBeUndefined()
    await broker.clock.advance('2h')
    expect([await next('orders'), await next('orders')]).toEqual(['today', undefined])
    await broker.clock.advance('1d')
    expect(await next('orders')).toBe('tomorrow')
  })

  it('ends queues that nobody uses', async () => {
    const others = await client.createChannel()
    await channel.assertQueue('short lived', { expires: 1_800_000 })
    await broker.clock.advance('29m')
    await others.checkQueue('short lived')
    await broker.clock.advance('31m')
    others.on('error', () => {})
    await expect(others.checkQueue('short lived')).rejects.toThrow('NOT_FOUND')
  })

  it('closes the channel of a consumer that does not acknowledge in half an hour', async () => {
    const late = await client.createChannel()
    const failed = once(late, 'error')
    await late.assertQueue('orders')
    const delivered = new Promise(resolve => void late.consume('orders', resolve))
    channel.sendToQueue('orders', Buffer.from('one'))
    await delivered
    await broker.clock.advance('33m')
    const [error] = await failed
    expect(error.message).toContain('delivery acknowledgement on channel 2 timed out')
    expect(await next('orders')).toBe('one')
  })

  it('keeps clients that had no time to send a heartbeat', async () => {
    const closed = jest.fn()
    client.on('close', closed)
    await broker.clock.advance('1d')
    await channel.assertQueue('orders')
    expect(closed).not.toHaveBeenCalled()
  })

  it('drops clients that send no heartbeat, when the test wants that', async () => {
    const closed = new Promise(resolve => client.on('close', resolve))
    await broker.clock.advance('10m', { heartbeats: true })
    await closed
  })

  it('leaves the time for a handshake alone', async () => {
    const socket = connectSocket(broker.port, broker.host)
    await once(socket, 'connect')
    await broker.clock.advance('1h')
    socket.write('AMQP\x00\x00\x09\x01')
    const [bytes] = await once(socket, 'data')
    expect(bytes[0]).toBe(1) // a method frame: connection.start
    socket.destroy()
  })

  it('takes one move after the other', async () => {
    const start = broker.clock.now()
    await Promise.all([broker.clock.advance('1h'), broker.clock.advance('1h')])
    expect(broker.clock.now() - start).toBeGreaterThanOrEqual(2 * 3_600_000)
  })
})

describe('a length of time', () => {
  it.each([
    [5, 5],
    [0, 0],
    ['500ms', 500],
    ['31m', 1_860_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1.5s', 1500],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
  ])('%j is %i ms', (text, ms) => {
    expect(milliseconds(text)).toBe(ms)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '', '31', 'm', '-1m', '1m!', '1y'])(
    '%j is none',
    text => {
      expect(() => milliseconds(text)).toThrow(RangeError)
    },
  )
})
