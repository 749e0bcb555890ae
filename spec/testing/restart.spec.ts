/** A broker for tests that is stopped or killed under its clients, and what is there when it comes back. */
import { type Channel, type ChannelModel, type ConfirmChannel, connect, type GetMessage } from 'amqplib'
import { TestBroker } from '../../src/testing'

/** What a client makes of it when nobody says a word, with or without something of its own on the way. */
const CUT = /Unexpected close|ECONNRESET/

let broker: TestBroker
let client: ChannelModel
let channel: ConfirmChannel

beforeEach(async () => {
  broker = await TestBroker.start()
  await reconnect()
})

afterEach(() => broker.stop())

async function reconnect(): Promise<void> {
  client = await connect(broker.url)
  client.on('error', () => {})
  channel = await client.createConfirmChannel()
  channel.on('error', () => {})
}

function closing(): Promise<string | undefined> {
  return new Promise(resolve => {
    client.on('close', (error?: Error) => resolve(error?.message))
  })
}

async function publish(queue: string, ...texts: string[]): Promise<void> {
  for (const text of texts) channel.sendToQueue(queue, Buffer.from(text), { persistent: true })
  await channel.waitForConfirms()
}

/** Takes everything out: `text`, or `text again` when it was redelivered. */
async function drained(queue: string, on: Channel = channel): Promise<string[]> {
  const texts: string[] = []
  for (;;) {
    const message = await on.get(queue, { noAck: true })
    if (message === false) return texts
    texts.push(`${message.content}${message.fields.redelivered ? ' again' : ''}`)
  }
}

describe('a test broker that is restarted', () => {
  it('says goodbye, and is there again at the same URL', async () => {
    const closed = closing()
    const { url } = broker
    await broker.restart()
    expect(await closed).toContain('320 (CONNECTION-FORCED)')
    expect(broker.url).toBe(url)
    await reconnect()
  })

  it('keeps what is durable, in order, and says what was delivered before', async () => {
    await channel.assertQueue('orders')
    await channel.assertQueue('notes', { durable: false })
    await channel.assertExchange('shop', 'topic')
    await channel.bindQueue('orders', 'shop', 'order.#')
    await publish('orders', 'one', 'two', 'three', 'four')
    channel.sendToQueue('orders', Buffer.from('in memory only'))
    channel.publish('shop', 'order.new', Buffer.from('five'), { persistent: true, messageId: '5' })
    await channel.waitForConfirms()
    channel.ack((await channel.get('orders')) as GetMessage)
    await channel.get('orders')
    await broker.restart()
    await reconnect()
    expect(broker.queue('notes').exists).toBe(false)
    expect(broker.queue('orders').count).toBe(4)
    expect((await broker.queue('orders').messages()).at(-1)).toMatchObject({
      exchange: 'shop',
      routingKey: 'order.new',
      properties: { messageId: '5' },
    })
    expect(await drained('orders')).toEqual(['two again', 'three', 'four', 'five'])
    channel.publish('shop', 'order.new', Buffer.from('six'))
    await channel.waitForConfirms()
    expect(await drained('orders')).toEqual(['six'])
  })

  it('keeps users, virtual hosts and policies, and goes on with the admin that a test holds', async () => {
    const { admin } = broker
    const vhost = await broker.vhost('shop')
    await admin.putUser('ann', { password: 'secret' })
    await admin.putUser('bob', { password: 'secret' })
    await admin.setPermissions('ann', { configure: '.*', write: '.*', read: '.*' }, 'shop')
    await admin.deleteUser('bob')
    await admin.setPolicy({ name: 'short', pattern: '^orders$', definition: { 'max-length': 1 } })
    await broker.restart()
    expect(admin.listUsers().map(({ name }) => name)).toEqual(['guest', 'ann'])
    expect(admin.listPolicies().map(({ name }) => name)).toEqual(['short'])
    await (await connect(vhost.url.replace('guest:guest', 'ann:secret'))).close()
    await reconnect()
    await channel.assertQueue('orders')
    await publish('orders', 'one', 'two')
    expect(await drained('orders')).toEqual(['two'])
    await admin.clearPolicy('short')
    await vhost.drop()
    await broker.restart()
    expect(admin.listPolicies()).toEqual([])
    await expect(connect(vhost.url)).rejects.toThrow('ConnectionClose')
  })

  it('refuses whoever connects while it is down', async () => {
    let refusal: unknown
    await broker.restart({
      whileDown: async () => {
        refusal = await connect(broker.url).catch(error => error.code)
      },
    })
    expect(refusal).toBe('ECONNREFUSED')
  })

  it('comes back also when the test fails meanwhile, and hands the failure on', async () => {
    const whileDown = () => Promise.reject(new Error('it was not to be'))
    await expect(broker.restart({ whileDown })).rejects.toThrow('it was not to be')
    await reconnect()
    await broker.admin.putUser('ann', { password: 'secret' })
  })

  it('keeps nothing if nothing is to be kept', async () => {
    await channel.assertQueue('orders')
    await publish('orders', 'one')
    await broker.admin.putUser('ann', { password: 'secret' })
    await broker.restart({ keep: 'nothing' })
    expect(broker.queue('orders').exists).toBe(false)
    expect(broker.admin.listUsers().map(({ name }) => name)).toEqual(['guest'])
    await reconnect()
    await broker.restart()
    expect(broker.queue('orders').exists).toBe(false)
  })

  it('counts the age of messages on', async () => {
    await channel.assertQueue('orders', { messageTtl: 60_000 })
    await publish('orders', 'one')
    await broker.clock.advance('40s')
    await broker.restart()
    await broker.clock.advance('19s')
    expect(broker.queue('orders').count).toBe(1)
    await broker.clock.advance('2s')
    expect(broker.queue('orders').count).toBe(0)
  })

  it('may be restarted again and again, with more than is read ahead', async () => {
    await channel.assertQueue('orders')
    const texts = Array.from({ length: 400 }, (_, index) => `${index}`.padEnd(15_000, '.'))
    await publish('orders', ...texts.slice(0, 200))
    await broker.restart()
    await reconnect()
    await publish('orders', ...texts.slice(200))
    await broker.crash()
    await broker.restart()
    const messages = await broker.queue('orders').messages()
    expect(messages.map(({ text }) => text)).toEqual(texts)
    await reconnect()
    expect(await drained('orders')).toEqual(texts.map(text => `${text} again`))
  })

  it('keeps what is delayed, and priorities', async () => {
    await channel.assertQueue('orders', { maxPriority: 5 })
    await channel.assertExchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } })
    await channel.bindQueue('orders', 'later', '')
    for (const priority of [1, 5])
      channel.sendToQueue('orders', Buffer.from(`${priority}`), { priority, persistent: true })
    channel.publish('later', '', Buffer.from('later'), {
      headers: { 'x-delay': 3_600_000 },
      persistent: true,
    })
    await channel.waitForConfirms()
    await broker.clock.advance('59m')
    await broker.restart()
    await reconnect()
    expect(await drained('orders')).toEqual(['5', '1'])
    await broker.clock.advance('1m')
    expect(await drained('orders')).toEqual(['later'])
  })

  it('has room for more than is read ahead, also for what will not be kept', async () => {
    await broker.restart()
    await reconnect()
    await channel.assertQueue('orders')
    const body = Buffer.alloc(20_000, '.')
    const numbers = Array.from({ length: 300 }, (_, index) => index)
    for (const messageId of numbers) channel.sendToQueue('orders', body, { messageId: `${messageId}` })
    await channel.waitForConfirms()
    const seen = (await broker.queue('orders').messages()).map(({ properties }) => properties.messageId)
    expect(seen).toEqual(numbers.map(String))
    const got: string[] = []
    await channel.consume('orders', message => {
      if (message !== null) channel.ack(message)
      if (message?.content.equals(body)) got.push(`${message.properties.messageId}`)
    })
    await broker.settled()
    expect(got).toEqual(numbers.map(String))
  })

  it('goes on with management at the same URL', async () => {
    await using managed = await TestBroker.start({ management: true })
    const { managementUrl } = managed
    await managed.restart()
    const answer = await fetch(`${managementUrl}/api/whoami`, {
      headers: { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` },
    })
    expect([managed.managementUrl, answer.status]).toEqual([managementUrl, 200])
  })
})

describe('a test broker that crashes', () => {
  it('cuts its clients off without a word', async () => {
    const closed = closing()
    await broker.crash()
    expect(await closed).toMatch(CUT)
    await reconnect()
  })

  it('has what was confirmed, and what was not acknowledged, as redelivered', async () => {
    await channel.assertQueue('orders')
    await publish('orders', 'one', 'two', 'three')
    channel.ack((await channel.get('orders')) as GetMessage)
    await channel.get('orders')
    await channel.checkQueue('orders') // the acknowledgement is there
    await broker.crash()
    await reconnect()
    expect(await drained('orders')).toEqual(['two again', 'three again'])
  })

  it('has whatever was confirmed, in the middle of a stream of publishes', async () => {
    await channel.assertQueue('orders')
    const confirmed = new Set<string>()
    const closed = closing()
    let first: () => void = () => {}
    const begun = new Promise<void>(resolve => {
      first = resolve
    })
    for (let index = 0; index < 5000; index++) {
      channel.sendToQueue('orders', Buffer.from(`${index}`), { persistent: true }, error => {
        if (error !== null) return
        confirmed.add(`${index}`)
        first()
      })
    }
    await begun
    await broker.crash()
    await closed
    const kept = (await broker.queue('orders').messages()).map(({ text }) => text)
    expect(confirmed.size).toBeGreaterThan(0)
    expect([...confirmed].filter(text => !kept.includes(text))).toEqual([])
    expect(kept).toEqual(kept.map((_, index) => `${index}`))
  })

  it('keeps nothing of queues that were deleted or purged', async () => {
    for (const queue of ['deleted', 'purged', 'kept']) {
      await channel.assertQueue(queue)
      await publish(queue, 'one', 'two')
    }
    await channel.deleteQueue('deleted')
    await channel.purgeQueue('purged')
    await channel.unbindQueue('kept', 'amq.direct', 'none')
    await broker.crash()
    expect(broker.queue('deleted').exists).toBe(false)
    expect(broker.queue('purged').count).toBe(0)
    expect(broker.queue('kept').count).toBe(2)
  })

  it('loses the exclusive queues of its clients, and the durable ones of nobody', async () => {
    await channel.assertQueue('mine', { exclusive: true })
    await channel.assertQueue('ours')
    await broker.crash()
    expect([broker.queue('mine').exists, broker.queue('ours').exists]).toEqual([false, true])
  })

  it('tells in the journeys what came back and what was lost', async () => {
    const orders = broker.queue('orders')
    await channel.assertQueue('orders')
    await publish('orders', 'one')
    channel.sendToQueue('orders', Buffer.from('two'))
    await channel.waitForConfirms()
    await broker.crash()
    const kinds = broker.published().map(({ journey }) => journey.steps.map(({ kind }) => kind))
    expect(kinds).toEqual([
      ['published', 'routed', 'enqueued', 'recovered'],
      ['published', 'routed', 'enqueued', 'lost'],
    ])
    await reconnect()
    channel.ack((await channel.get('orders')) as GetMessage)
    await broker.settled()
    expect(orders.count).toBe(0)
    const [one] = broker.published({ text: 'one' })
    expect(`${one?.journey}`).toContain('redelivered\n')
    expect(one?.journey.steps.at(-1)?.kind).toBe('acked')
  })

  it('goes on with its faults', async () => {
    broker.faults.nackConfirms({ times: 1 })
    const blocked = broker.faults.blockPublishers('no room')
    await broker.crash()
    await reconnect()
    await channel.assertQueue('orders')
    const told = new Promise(resolve => client.on('blocked', resolve))
    const answer = publish('orders', 'one').then(
      () => 'ack',
      () => 'nack',
    )
    expect(await told).toBe('no room')
    blocked.end()
    expect(await answer).toBe('nack')
  })

  it('watches what comes after as before', async () => {
    await broker.crash()
    await reconnect()
    await channel.assertQueue('orders')
    await publish('orders', 'one')
    await broker.waitForMessage({ text: 'one', queue: 'orders' })
    await broker.reset()
    expect(broker.queue('orders').exists).toBe(false)
    expect(broker.published()).toEqual([])
  })

  it('is one broker: neither two restarts at once, nor one when it was stopped', async () => {
    const crashed = broker.crash()
    await expect(broker.restart()).rejects.toThrow('the test broker is being restarted already')
    await crashed
    await broker.crash({ whileDown: () => broker.stop() })
    await expect(broker.restart()).rejects.toThrow('the test broker was stopped')
    await expect(connect(broker.url)).rejects.toThrow('ECONNREFUSED')
  })
})
