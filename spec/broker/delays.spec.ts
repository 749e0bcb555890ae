/** Delayed messages as clients see them, while the clock is in the hands of the spec. */
import amqplib from 'amqplib'
import { eventually } from '../support/eventually'
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

/** A delayed exchange called later, and a queue q bound to it. */
async function declared(type = 'direct', options: amqplib.Options.AssertExchange = {}): Promise<void> {
  await channel.assertExchange('later', 'x-delayed-message', {
    ...options,
    arguments: { 'x-delayed-type': type, ...options.arguments },
  })
  await channel.assertQueue('q')
  await channel.bindQueue('q', 'later', 'key')
}

async function publish(body: string, delay: unknown, options: amqplib.Options.Publish = {}): Promise<void> {
  const headers = { ...options.headers, 'x-delay': delay }
  channel.publish('later', 'key', Buffer.from(body), { ...options, headers })
  await channel.waitForConfirms()
}

/** The time goes on, and everything that comes of it has happened. */
async function pass(milliseconds: number): Promise<void> {
  broker.clock.advance(milliseconds)
  await new Promise(resolve => setImmediate(resolve))
  await channel.checkExchange('amq.direct')
}

async function bodies(queue = 'q'): Promise<string[]> {
  const found: string[] = []
  for (let got = await channel.get(queue); got !== false; got = await channel.get(queue)) {
    channel.ack(got)
    found.push(got.content.toString())
  }
  return found
}

async function countIn(queue: string): Promise<number> {
  return (await channel.checkQueue(queue)).messageCount
}

/** The next message in a queue, without acknowledging it. */
async function next(queue = 'q'): Promise<amqplib.GetMessage> {
  const got = await channel.get(queue)
  if (got === false) throw new Error(`nothing is in ${queue}`)
  return got
}

/** The reply text of the error that closes a channel. */
async function refusal(ask: (channel: amqplib.Channel) => Promise<unknown>): Promise<string> {
  const other = await connection.createChannel()
  other.on('error', () => {})
  return await ask(other).then(
    () => 'not refused',
    (error: Error) => error.message,
  )
}

describe('a message with x-delay', () => {
  it('waits that long, and not longer', async () => {
    await declared()
    await publish('a', 5000)
    await pass(4999)
    expect(await bodies()).toEqual([])
    await pass(1)
    expect(await bodies()).toEqual(['a'])
  })

  it('comes with its exchange, its key and its properties, and x-delay negative', async () => {
    await declared()
    await publish('a', 5000, { persistent: true, messageId: 'id', headers: { other: 'x' } })
    await pass(5000)
    const got = await next()
    expect(got).toMatchObject({
      fields: { exchange: 'later', routingKey: 'key', redelivered: false },
      properties: { messageId: 'id', deliveryMode: 2, headers: { other: 'x', 'x-delay': -5000 } },
    })
  })

  it('is overtaken by what is due before it; what is due at the same time keeps its order', async () => {
    await declared()
    for (const [body, delay] of [
      ['c', 3000],
      ['a', 1000],
      ['d', 3000],
      ['b', '2000'],
      ['now', 0],
    ] as const)
      await publish(body, delay)
    expect(await bodies()).toEqual(['now'])
    await pass(2500)
    expect(await bodies()).toEqual(['a', 'b'])
    await pass(500)
    expect(await bodies()).toEqual(['c', 'd'])
  })

  it('waits for seven weeks, which no timer does', async () => {
    await declared()
    await publish('a', 4_294_967_295)
    await pass(4_294_967_294)
    expect(await bodies()).toEqual([])
    await pass(1)
    expect(await bodies()).toEqual(['a'])
  })

  it.each([-1, 0, 4_294_967_296, 'soon', true, null, [5000]])('%p is not delayed', async delay => {
    await declared()
    await publish('a', delay)
    expect(await bodies()).toEqual(['a'])
  })

  it('goes where bindings lead when its time has come', async () => {
    await declared()
    await publish('a', 5000)
    await channel.assertQueue('new')
    await channel.bindQueue('new', 'later', 'key')
    await channel.unbindQueue('q', 'later', 'key')
    await pass(5000)
    expect([await bodies(), await bodies('new')]).toEqual([[], ['a']])
  })

  it('is delivered to a consumer who waits', async () => {
    await declared()
    const received: string[] = []
    await channel.consume('q', message => received.push(String(message?.content)), { noAck: true })
    await publish('a', 5000)
    broker.clock.advance(5000)
    await eventually(() => expect(received).toEqual(['a']))
  })

  it('begins to expire only in the queue it is for', async () => {
    await declared()
    await publish('a', 5000, { expiration: '1000' })
    await pass(5000)
    expect(await countIn('q')).toBe(1)
    await pass(1000)
    expect(await countIn('q')).toBe(0)
  })

  it('goes to the keys of CC and BCC, and BCC is not seen', async () => {
    await declared()
    await channel.assertQueue('copy')
    await channel.bindQueue('copy', 'later', 'blind')
    await publish('a', 5000, { headers: { BCC: ['blind'] } })
    await pass(5000)
    expect(await bodies()).toEqual(['a'])
    const got = await next('copy')
    expect(got.properties.headers).toEqual({ 'x-delay': -5000 })
  })

  it('that is mandatory comes back at once when it leads nowhere', async () => {
    await declared()
    const returned: string[] = []
    channel.on('return', message => returned.push(message.content.toString()))
    channel.publish('later', 'nobody', Buffer.from('a'), { mandatory: true, headers: { 'x-delay': 5000 } })
    channel.publish('later', 'key', Buffer.from('b'), { mandatory: true, headers: { 'x-delay': 5000 } })
    await channel.waitForConfirms()
    expect(returned).toEqual(['a'])
    await pass(5000)
    expect(await bodies()).toEqual(['b'])
  })

  it('is delayed from tx.commit on, and forgotten by tx.rollback', async () => {
    await declared()
    const other = await connection.createChannel()
    const tx = other as unknown as { rpc(method: number, fields: object, reply: number): Promise<unknown> }
    await tx.rpc(0x5a000a, {}, 0x5a000b)
    other.publish('later', 'key', Buffer.from('dropped'), { headers: { 'x-delay': 5000 } })
    await tx.rpc(0x5a001e, {}, 0x5a001f)
    other.publish('later', 'key', Buffer.from('kept'), { headers: { 'x-delay': 5000 } })
    await pass(3000)
    await tx.rpc(0x5a0014, {}, 0x5a0015)
    await pass(4999)
    expect(await bodies()).toEqual([])
    await pass(1)
    expect(await bodies()).toEqual(['kept'])
  })

  it('is delayed once on its way through delayed exchanges that are bound to each other', async () => {
    await declared('fanout')
    await channel.assertExchange('front', 'fanout')
    await channel.assertExchange('next', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } })
    await channel.assertQueue('end')
    await channel.bindExchange('later', 'front', '')
    await channel.bindExchange('next', 'later', '')
    await channel.bindExchange('later', 'next', '')
    await channel.bindQueue('end', 'next', '')
    channel.publish('front', '', Buffer.from('a'), { headers: { 'x-delay': 5000 } })
    await channel.waitForConfirms()
    await pass(4999)
    expect(await bodies('end')).toEqual([])
    await pass(1)
    const got = await next('end')
    expect(got.fields.exchange).toBe('front')
    expect([await bodies(), await bodies('end')]).toEqual([['a'], []])
  })

  it('goes to the alternate exchange when its time has come and it leads nowhere', async () => {
    await channel.assertExchange('spare', 'fanout')
    await channel.assertQueue('s')
    await channel.bindQueue('s', 'spare', '')
    await declared('direct', { alternateExchange: 'spare' })
    channel.publish('later', 'nobody', Buffer.from('a'), { headers: { 'x-delay': 5000 } })
    await channel.waitForConfirms()
    await pass(4999)
    expect(await bodies('s')).toEqual([])
    await pass(1)
    expect(await bodies('s')).toEqual(['a'])
  })

  it('that died elsewhere is delayed by the dead letter exchange', async () => {
    await declared('fanout')
    await channel.assertQueue('dying', { deadLetterExchange: 'later' })
    channel.sendToQueue('dying', Buffer.from('a'), { headers: { 'x-delay': 5000 } })
    channel.reject(await next('dying'), false)
    await eventually(async () => expect(await countIn('amq.delayed.later')).toBe(1))
    await pass(4999)
    expect(await bodies()).toEqual([])
    await pass(1)
    const letter = await next()
    expect(letter.properties.headers).toMatchObject({ 'x-delay': -5000, 'x-death': [{ count: 1 }] })
  })
})

describe('the queue of a delayed message exchange', () => {
  it('shows how many messages wait, and cancels them when it is purged', async () => {
    await declared()
    for (const body of ['a', 'b', 'c']) await publish(body, 5000)
    expect(await countIn('amq.delayed.later')).toBe(3)
    expect(await channel.purgeQueue('amq.delayed.later')).toEqual({ messageCount: 3 })
    await publish('d', 6000)
    await pass(10_000)
    expect(await bodies()).toEqual(['d'])
    expect(await countIn('amq.delayed.later')).toBe(0)
  })

  it('is nobody’s to declare, delete, bind, consume, read or publish to', async () => {
    await declared()
    await publish('a', 5000)
    const queue = 'amq.delayed.later'
    const locked = /RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'amq.delayed.later' in/
    expect(await refusal(other => other.assertQueue(queue))).toMatch(/ACCESS_REFUSED .* reserved prefix/)
    expect(await refusal(other => other.deleteQueue(queue))).toMatch(locked)
    expect(await refusal(other => other.bindQueue(queue, 'amq.fanout', ''))).toMatch(locked)
    expect(await refusal(other => other.consume(queue, () => {}))).toMatch(locked)
    expect(await refusal(other => other.get(queue))).toMatch(locked)
    channel.sendToQueue(queue, Buffer.from('b'))
    await channel.waitForConfirms()
    expect(await countIn(queue)).toBe(1)
    await pass(5000)
    expect(await bodies()).toEqual(['a'])
  })

  it('follows no policy, and counts for no limit of the virtual host', async () => {
    const definition = { 'message-ttl': 1, 'max-length': 1, expires: 1000 }
    broker.vhost.policies.set('policy', 'p', { pattern: '^amq', definition })
    broker.broker.limits.set('vhost', '/', { 'max-queues': 1 })
    await declared()
    await publish('a', 5000)
    await publish('b', 5000)
    await pass(5000)
    expect(await bodies()).toEqual(['a', 'b'])
  })

  it('goes with its exchange, and so does what waits in it', async () => {
    await declared()
    const { pending } = broker.clock
    await publish('a', 5000)
    expect(broker.clock.pending).toBe(pending + 1)
    await channel.deleteExchange('later')
    expect(broker.clock.pending).toBe(pending)
    expect(await refusal(other => other.checkQueue('amq.delayed.later'))).toMatch(/NOT_FOUND/)
    await declared()
    await pass(10_000)
    expect(await bodies()).toEqual([])
  })

  it('goes with an auto-delete exchange whose last binding goes', async () => {
    await declared('direct', { autoDelete: true })
    await publish('a', 5000)
    await channel.deleteQueue('q')
    expect(await refusal(other => other.checkQueue('amq.delayed.later'))).toMatch(/NOT_FOUND/)
  })

  it('stays when the exchange is declared again', async () => {
    await declared()
    await publish('a', 5000)
    await declared()
    await pass(5000)
    expect(await bodies()).toEqual(['a'])
  })

  it('releases tens of thousands that are due at once, each of them once', async () => {
    await declared()
    await channel.bindQueue('q', 'later', 'all')
    const vhost = broker.vhost
    for (let index = 0; index < 30_000; index++)
      channel.publish('later', 'key', Buffer.from(String(index)), {
        headers: { 'x-delay': 60_000 - (index % 7) },
      })
    await channel.waitForConfirms()
    broker.clock.advance(60_000)
    await eventually(() => expect(vhost.queues.get('q')?.messageCount).toBe(30_000))
    expect(await countIn('amq.delayed.later')).toBe(0)
    const first = await next()
    expect(first.content.toString()).toBe('6')
  }, 30_000)
})
