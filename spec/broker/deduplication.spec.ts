/** Deduplication as clients see it, while the clock is in the hands of the spec. */
import amqplib from 'amqplib'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'

let broker: ListeningBroker
let connection: amqplib.ChannelModel
let channel: amqplib.ConfirmChannel

beforeEach(async () => {
  broker = await listeningBroker({ heartbeat: 0 }) // the clock leaps
  connection = await amqplib.connect(broker.url)
  channel = await connection.createConfirmChannel()
})

afterEach(async () => {
  await connection.close().catch(() => {})
  await broker.close()
})

/** Publishes and waits for the confirm: an ack, or this throws. */
async function publish(exchange: string, key: unknown, body: string, headers: object = {}): Promise<void> {
  const all = key === undefined ? headers : { 'x-deduplication-header': key, ...headers }
  channel.publish(exchange, 'q', Buffer.from(body), { headers: all })
  await channel.waitForConfirms()
}

async function bodies(queue = 'q'): Promise<string[]> {
  const found: string[] = []
  for (let got = await channel.get(queue); got !== false; got = await channel.get(queue)) {
    channel.ack(got)
    found.push(got.content.toString())
  }
  return found
}

async function refusal(ask: (channel: amqplib.Channel) => Promise<unknown>): Promise<string> {
  const other = await connection.createChannel()
  other.on('error', () => {})
  return await ask(other).then(
    () => 'not refused',
    (error: Error) => error.message,
  )
}

describe.each([
  ['of type x-message-deduplication', 'x-message-deduplication', {}],
  ['of type direct, with the argument', 'direct', { 'x-message-deduplication': true }],
])('an exchange %s', (_, type, flag) => {
  async function declared(args: object = {}, more: amqplib.Options.AssertExchange = {}): Promise<void> {
    await channel.assertExchange('x', type, {
      ...more,
      arguments: { 'x-cache-size': 10, ...flag, ...args },
    })
    await channel.assertQueue('q')
    await channel.bindQueue('q', 'x', 'q')
  }

  it('routes the first message of a key and acks all of them', async () => {
    await declared()
    await publish('x', 'a', '1')
    await publish('x', 'a', '2')
    await publish('x', 'b', '3')
    await publish('x', undefined, '4')
    await publish('x', undefined, '5')
    expect(await bodies()).toEqual(['1', '3', '4', '5'])
    await publish('x', 'a', '6')
    expect(await bodies()).toEqual([])
  })

  it('tells keys apart by type and value', async () => {
    await declared()
    const keys = ['1', 1, 1.5, true, 'true', null, '', 'x'.repeat(5000), 'x'.repeat(5001)]
    for (const key of [...keys, ...keys]) await publish('x', key, String(key).slice(0, 5))
    expect(await bodies()).toHaveLength(keys.length)
  })

  it('does not look at keys that are lists or tables', async () => {
    await declared()
    for (const key of [[1], [1], { a: 1 }, { a: 1 }]) await publish('x', key, 'm')
    expect(await bodies()).toHaveLength(4)
  })

  it('forgets a key after x-cache-ttl, to the millisecond', async () => {
    await declared({ 'x-cache-ttl': 1000 })
    await publish('x', 'a', '1')
    broker.clock.advance(999)
    await publish('x', 'a', '2')
    broker.clock.advance(1)
    await publish('x', 'a', '3')
    broker.clock.advance(999)
    await publish('x', 'a', '4')
    expect(await bodies()).toEqual(['1', '3'])
  })

  it('takes a message’s word for how long, rather than its own', async () => {
    await declared({ 'x-cache-ttl': 1000 })
    await publish('x', 'a', '1', { 'x-cache-ttl': 5000 })
    await publish('x', 'b', '2', { 'x-cache-ttl': 0 })
    await publish('x', 'c', '3', { 'x-cache-ttl': 'long' })
    broker.clock.advance(1000)
    for (const key of ['a', 'b', 'c']) await publish('x', key, key)
    expect(await bodies()).toEqual(['1', '2', '3', 'b', 'c'])
  })

  it('remembers so many keys and forgets the oldest', async () => {
    await declared({ 'x-cache-size': 2 })
    for (const key of ['a', 'b', 'a', 'c', 'b', 'a']) await publish('x', key, key)
    expect(await bodies()).toEqual(['a', 'b', 'c', 'a'])
  })

  it('knows a message with several routing keys as one', async () => {
    await declared()
    await channel.assertQueue('copy')
    await channel.bindQueue('copy', 'x', 'copy')
    await publish('x', 'a', '1', { CC: ['copy'] })
    await publish('x', 'a', '2', { CC: ['copy'] })
    expect([await bodies(), await bodies('copy')]).toEqual([['1'], ['1']])
  })

  it('leads duplicates to its alternate exchange', async () => {
    await channel.assertExchange('spare', 'fanout')
    await channel.assertQueue('s')
    await channel.bindQueue('s', 'spare', '')
    await declared({}, { alternateExchange: 'spare' })
    for (const body of ['1', '2']) await publish('x', 'a', body)
    expect([await bodies(), await bodies('s')]).toEqual([['1'], ['2']])
  })

  it('returns a duplicate that is mandatory', async () => {
    await declared()
    const returned: string[] = []
    channel.on('return', message => returned.push(message.content.toString()))
    for (const body of ['1', '2']) {
      const options = { mandatory: true, headers: { 'x-deduplication-header': 'a' } }
      channel.publish('x', 'q', Buffer.from(body), options)
    }
    await channel.waitForConfirms()
    expect(returned).toEqual(['2'])
  })

  it('may look at another header', async () => {
    await declared({ 'x-deduplication-header': 'id' })
    for (const body of ['1', '2']) await publish('x', body, body, { id: 'same' })
    expect(await bodies()).toEqual(['1'])
  })

  it('forgets everything when it is deleted', async () => {
    await declared()
    await publish('x', 'a', '1')
    await channel.deleteExchange('x')
    await declared()
    await publish('x', 'a', '2')
    expect(await bodies()).toEqual(['1', '2'])
  })

  it('drops duplicates that come through another exchange', async () => {
    await declared()
    await channel.assertExchange('front', 'fanout')
    await channel.bindExchange('x', 'front', '')
    for (const body of ['1', '2']) await publish('front', 'a', body)
    expect(await bodies()).toEqual(['1'])
  })

  it.each([
    [{ 'x-cache-size': 0 }, "'x-cache-size' must be an integer greater than 0"],
    [{ 'x-cache-size': 'many' }, "'x-cache-size' must be an integer greater than 0"],
    [{ 'x-cache-ttl': -1 }, "Invalid argument, 'x-cache-ttl' must be an integer greater than 0"],
    [{ 'x-cache-persistence': 'tape' }, "'x-cache-persistence' must be either 'disk' or 'memory'"],
  ])('refuses %p', async (args, text) => {
    const refused = await refusal(other =>
      other.assertExchange('y', type, { arguments: { 'x-cache-size': 1, ...flag, ...args } }),
    )
    expect(refused).toContain(text)
  })
})

describe('an exchange that drops duplicates', () => {
  it('must say how many keys it remembers when that is its type', async () => {
    expect(await refusal(other => other.assertExchange('y', 'x-message-deduplication'))).toContain(
      "Missing or invalid argument, 'x-cache-size' must be an integer greater than 0",
    )
  })

  it('may delay, too: a message is not a duplicate of itself', async () => {
    const args = { 'x-delayed-type': 'direct', 'x-message-deduplication': true }
    await channel.assertExchange('x', 'x-delayed-message', { arguments: args })
    await channel.assertQueue('q')
    await channel.bindQueue('q', 'x', 'q')
    await publish('x', 'a', '1', { 'x-delay': 1000 })
    await publish('x', 'a', '2')
    broker.clock.advance(1000)
    await new Promise(resolve => setImmediate(resolve))
    expect(await bodies()).toEqual(['1'])
  })

  it('may be what is delayed: who is first when the time has come is no duplicate', async () => {
    const args = { 'x-delayed-type': 'x-message-deduplication', 'x-cache-size': 5 }
    await channel.assertExchange('x', 'x-delayed-message', { arguments: args })
    await channel.assertQueue('q')
    await channel.bindQueue('q', 'x', 'q')
    await publish('x', 'a', '1', { 'x-delay': 1000 })
    await publish('x', 'a', '2')
    broker.clock.advance(1000)
    await new Promise(resolve => setImmediate(resolve))
    expect(await bodies()).toEqual(['2'])
  })
})

describe('a message that did not get where its exchange led it', () => {
  const tx = {
    select: [0x5a000a, 0x5a000b],
    commit: [0x5a0014, 0x5a0015],
    rollback: [0x5a001e, 0x5a001f],
  } as const
  type Rpc = { rpc(method: number, fields: object, reply: number): Promise<unknown> }

  beforeEach(async () => {
    await channel.assertExchange('x', 'fanout', { arguments: { 'x-message-deduplication': true } })
    await channel.assertQueue('q', { maxLength: 1, overflow: 'reject-publish' })
    await channel.bindQueue('q', 'x', '')
  })

  it('is no duplicate when it is published again after a nack', async () => {
    await publish('x', 'a', '1')
    await expect(publish('x', 'b', '2')).rejects.toThrow()
    expect(await bodies()).toEqual(['1'])
    await publish('x', 'b', '2')
    await publish('x', 'b', '3')
    expect(await bodies()).toEqual(['2'])
  })

  it('is none after tx.rollback, or when its channel was closed before tx.commit', async () => {
    for (const end of ['rollback', 'close', 'commit'] as const) {
      const other = await connection.createChannel()
      const call = async (method: 'select' | 'commit' | 'rollback') =>
        await (other as unknown as Rpc).rpc(tx[method][0], {}, tx[method][1])
      await call('select')
      other.publish('x', '', Buffer.from(end), { headers: { 'x-deduplication-header': 'a' } })
      if (end === 'close') await other.close()
      else await call(end)
    }
    await publish('x', 'a', 'again')
    expect(await bodies()).toEqual(['commit'])
  })

  it('leaves alone what came before it, when it was a duplicate itself', async () => {
    await publish('x', 'a', '1')
    const other = await connection.createChannel()
    await (other as unknown as Rpc).rpc(tx.select[0], {}, tx.select[1])
    other.publish('x', '', Buffer.from('2'), { headers: { 'x-deduplication-header': 'a' } })
    await (other as unknown as Rpc).rpc(tx.rollback[0], {}, tx.rollback[1])
    expect(await bodies()).toEqual(['1'])
    await publish('x', 'a', '3')
    expect(await bodies()).toEqual([])
  })
})

describe('a queue with x-message-deduplication', () => {
  async function declared(args: object = {}, queue = 'q'): Promise<void> {
    await channel.assertQueue(queue, { arguments: { 'x-message-deduplication': true, ...args } })
  }

  it('drops what repeats a message that is still in it, and acks it', async () => {
    await declared()
    for (const [key, body] of [
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
      [undefined, '4'],
      [undefined, '5'],
    ] as const)
      await publish('', key, body)
    expect(await bodies()).toEqual(['1', '3', '4', '5'])
    await publish('', 'a', '6')
    expect(await bodies()).toEqual(['6'])
  })

  it('counts what is out with a consumer, until it is acknowledged', async () => {
    await declared()
    await publish('', 'a', '1')
    const got = await channel.get('q')
    await publish('', 'a', '2')
    if (got !== false) channel.nack(got)
    await publish('', 'a', '3')
    expect(await bodies()).toEqual(['1'])
    await publish('', 'a', '4')
    expect(await bodies()).toEqual(['4'])
  })

  it('counts what went straight to a consumer, unless that acknowledges nothing', async () => {
    await declared()
    await declared({}, 'free')
    const seen: string[] = []
    let last: amqplib.Message | undefined
    await channel.consume('q', message => {
      if (message === null) return
      last = message
      seen.push(message.content.toString())
    })
    for (const body of ['1', '2']) await publish('', 'a', body)
    await channel.checkQueue('q')
    expect(seen).toEqual(['1'])
    if (last !== undefined) channel.ack(last)
    await publish('', 'a', '3')
    await channel.checkQueue('q')
    expect(seen).toEqual(['1', '3'])
    const free: string[] = []
    await channel.consume('free', message => free.push(String(message?.content)), { noAck: true })
    for (const body of ['1', '2'])
      channel.sendToQueue('free', Buffer.from(body), { headers: { 'x-deduplication-header': 'a' } })
    await channel.waitForConfirms()
    await channel.checkQueue('free')
    expect(free).toEqual(['1', '2'])
  })

  it('takes a key again once its message was purged, expired or rejected', async () => {
    await declared({ 'x-message-ttl': 1000 })
    await publish('', 'a', '1')
    await channel.purgeQueue('q')
    await publish('', 'a', '2')
    broker.clock.advance(1000)
    await publish('', 'a', '3')
    await publish('', 'a', '4')
    const got = (await channel.get('q')) as amqplib.GetMessage
    expect(got.content.toString()).toBe('3')
    channel.reject(got, false)
    await publish('', 'a', '5')
    expect(await bodies()).toEqual(['5'])
  })

  it('keeps the keys of what is out when it is purged', async () => {
    await declared()
    await publish('', 'a', '1')
    await publish('', 'b', '2')
    const got = await channel.get('q')
    await channel.purgeQueue('q')
    for (const key of ['a', 'b']) await publish('', key, key)
    if (got !== false) channel.ack(got)
    expect(await bodies()).toEqual(['b'])
  })

  it('may be told so by a policy, from then on and until that goes', async () => {
    await channel.assertQueue('q')
    await publish('', 'a', '1')
    const definition = { 'message-deduplication': true }
    broker.vhost.policies.set('policy', 'p', { pattern: '^q$', definition })
    for (const body of ['2', '3']) await publish('', 'a', body)
    broker.vhost.policies.clear('policy', 'p')
    await publish('', 'a', '4')
    expect(await bodies()).toEqual(['1', '2', '4'])
  })

  it('forgets a key after x-cache-ttl, and the oldest beyond x-cache-size', async () => {
    await declared({ 'x-cache-ttl': 1000 })
    await declared({ 'x-cache-size': 1 }, 'small')
    for (const _ of [1, 2]) await publish('', 'a', 'm')
    broker.clock.advance(1000)
    await publish('', 'a', 'again')
    expect(await bodies()).toEqual(['m', 'again'])
    for (const key of ['a', 'b', 'a'])
      channel.sendToQueue('small', Buffer.from(key), { headers: { 'x-deduplication-header': key } })
    await channel.waitForConfirms()
    expect(await bodies('small')).toEqual(['a', 'b', 'a'])
  })
})
