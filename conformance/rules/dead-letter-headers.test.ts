/** What a dead letter says about its death: x-death and its relatives, the routing keys, and what becomes of expiration. */
import { useBroker } from '../support/broker'
import { DeadLetters, deathList, deathsOf, reject } from '../support/dead-letters'
import type { Properties } from '../support/methods'
import { typedHeaders } from '../support/typed-headers'
import { byVersion, isVersion3 } from '../support/version'
import type { Delivery } from '../support/wire-channel'

const broker = useBroker()

const turnsEarlierDeaths = byVersion({ '3': true, '3.13': false, default: false })

/** x-death with types and order, as it is on the wire. */
function typedDeath(letter: Delivery): unknown {
  return typedHeaders(letter.propertyBytes).find(([name]) => name === 'x-death')
}

describe('x-death', () => {
  it('is an array of one table for a message that died once, its fields typed and in this order', async () => {
    const dead = await DeadLetters.of(broker)
    const before = Math.floor(Date.now() / 1000)
    const letter = await dead.ofRejected()
    const time = deathsOf(letter)[0]?.time.value ?? 0
    expect(time).toBeGreaterThanOrEqual(before - 2) // two clocks, maybe
    expect(time).toBeLessThanOrEqual(Date.now() / 1000 + 2)
    expect(typedDeath(letter)).toEqual([
      'x-death',
      'A',
      [
        [
          'F',
          [
            ['count', 'l', 1],
            ['reason', 'S', 'rejected'],
            ['queue', 'S', dead.queue],
            ['time', 'T', time],
            ['exchange', 'S', ''],
            ['routing-keys', 'A', [['S', dead.queue]]],
          ],
        ],
      ],
    ])
  })

  it('names the expiration that a message had', async () => {
    const dead = await DeadLetters.of(broker)
    const letter = await dead.ofRejected({ expiration: '60000' })
    const fields = ['count', 'reason', 'queue', 'time', 'exchange', 'routing-keys']
    expect(Object.keys(deathsOf(letter)[0] ?? {})).toEqual(
      byVersion({
        '3': [...fields, 'original-expiration'],
        default: ['original-expiration', ...fields],
      }),
    )
    expect(typedDeath(letter)).toContainEqual([
      ['F', expect.arrayContaining([['original-expiration', 'S', '60000']])],
    ])
  })

  it('does not name the TTL of the queue', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 50 })
    dead.publish('expired')
    const [death] = deathsOf(await dead.next())
    expect(death).toMatchObject({ reason: 'expired', queue: dead.queue, count: 1 })
    expect(death).not.toHaveProperty('original-expiration')
  })

  it.each<[reason: string, queueArguments: object, properties: Properties]>([
    ['expired', { 'x-message-ttl': 50 }, {}],
    ['expired', {}, { expiration: '50' }],
    ['maxlen', { 'x-max-length': 0 }, {}],
    ['maxlen', { 'x-max-length-bytes': 1 }, {}],
    ['maxlen', { 'x-max-length': 0, 'x-overflow': 'reject-publish-dlx' }, {}],
  ])('names the reason: %s, by %j and %j', async (reason, queueArguments, properties) => {
    const dead = await DeadLetters.of(broker, { ...queueArguments })
    dead.publish('dead', properties)
    expect(deathList(await dead.next())).toEqual([`${reason} ${dead.queue} 1`])
  })

  it('names the exchange and the routing key of the publishing', async () => {
    const dead = await DeadLetters.of(broker)
    const { channel, queue } = dead
    const exchange = await broker.exchange(channel, 'topic')
    await channel.call('queue.bind', { queue, exchange, routingKey: '#' })
    channel.publish({ exchange, routingKey: 'a.b' })
    await reject(channel, queue)
    expect(deathsOf(await dead.next())).toMatchObject([{ exchange, 'routing-keys': ['a.b'] }])
  })

  it('is no different for a queue that is not bound directly: it names what the publisher said', async () => {
    const dead = await DeadLetters.of(broker)
    const { channel, queue } = dead
    const source = await broker.exchange(channel, 'fanout')
    const destination = await broker.exchange(channel, 'fanout')
    await channel.call('exchange.bind', { destination, source })
    await channel.call('queue.bind', { queue, exchange: destination })
    channel.publish({ exchange: source, routingKey: 'key' })
    await reject(channel, queue)
    expect(deathsOf(await dead.next())).toMatchObject([{ exchange: source, 'routing-keys': ['key'] }])
  })

  it('is the same in each queue that the dead letter reaches', async () => {
    const dead = await DeadLetters.of(broker)
    const second = await broker.queue(dead.channel)
    await dead.channel.call('queue.bind', { queue: second, exchange: dead.exchange })
    const letter = await dead.ofRejected()
    await dead.channel.expectCounts(second, { messages: 1 })
    expect((await dead.channel.get(second))?.properties).toEqual(letter.properties)
  })

  it('survives a requeue of the dead letter', async () => {
    const dead = await DeadLetters.of(broker)
    const second = await broker.queue(dead.channel)
    await dead.channel.call('queue.bind', { queue: second, exchange: dead.exchange })
    await dead.ofRejected()
    await dead.channel.expectCounts(second, { messages: 1 })
    const got = await dead.channel.get(second)
    dead.channel.send('basic.reject', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect((await dead.channel.get(second))?.propertyBytes).toEqual(got?.propertyBytes)
  })
})

describe('x-first-death and x-last-death', () => {
  const firstAndLast = (letter: Delivery) =>
    Object.fromEntries(
      Object.entries(letter.properties.headers ?? {}).filter(([name]) => /^x-(first|last)-death-/.test(name)),
    )
  const named = (which: 'first' | 'last', reason: string, queue: string, exchange: string) =>
    which === 'last' && isVersion3
      ? {}
      : {
          [`x-${which}-death-reason`]: reason,
          [`x-${which}-death-queue`]: queue,
          [`x-${which}-death-exchange`]: exchange,
        }

  it('name the death of a message that died once', async () => {
    const dead = await DeadLetters.of(broker)
    const letter = await dead.ofRejected()
    expect(firstAndLast(letter)).toEqual({
      ...named('first', 'rejected', dead.queue, ''),
      ...named('last', 'rejected', dead.queue, ''),
    })
    expect(typedHeaders(letter.propertyBytes)).toContainEqual(['x-first-death-reason', 'S', 'rejected'])
  })

  it('name the first and the last death of a message that died twice', async () => {
    const last = await DeadLetters.of(broker, { 'x-message-ttl': 50 })
    const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': last.queue }
    const first = await broker.queue(last.channel, { arguments: own })
    const exchange = await broker.exchange(last.channel, 'fanout')
    await last.channel.call('queue.bind', { queue: first, exchange })
    last.channel.publish({ exchange, routingKey: 'key' })
    await reject(last.channel, first)
    expect(firstAndLast(await last.next())).toEqual({
      ...named('first', 'rejected', first, exchange),
      ...named('last', 'expired', last.queue, ''),
    })
  })
})

describe('a message that dies more than once', () => {
  it('has its deaths listed, the latest first: a chain of three', async () => {
    const third = await DeadLetters.of(broker, { 'x-max-length': 0 })
    const { channel } = third
    const toThird = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': third.queue }
    const second = await broker.queue(channel, { arguments: { ...toThird, 'x-message-ttl': 50 } })
    const toSecond = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': second }
    const first = await broker.queue(channel, { arguments: toSecond })
    channel.publish({ routingKey: first }, 'thrice', { expiration: '60000', messageId: 'id' })
    await reject(channel, first)
    const letter = await third.next()
    const deaths = deathsOf(letter)
    expect(deaths[0]).toMatchObject({ reason: 'maxlen', queue: third.queue, count: 1 })
    // Before 3.13 each death turns the order of all earlier ones.
    if (turnsEarlierDeaths) deaths.push(...deaths.splice(1, 1))
    expect(deaths).toMatchObject([
      { exchange: '', 'routing-keys': [third.queue] },
      { reason: 'expired', queue: second, count: 1, exchange: '', 'routing-keys': [second] },
      { reason: 'rejected', queue: first, count: 1, 'original-expiration': '60000' },
    ])
    for (const death of deaths.slice(0, 2)) expect(death).not.toHaveProperty('original-expiration')
    expect(letter).toMatchObject({
      body: Buffer.from('thrice'),
      exchange: third.exchange,
      routingKey: third.queue,
      properties: { messageId: 'id' },
    })
  })

  /** Work fails, waits, and is work again; `letters` hears of each failure, too. */
  async function retryLoop() {
    const dead = await DeadLetters.of(broker)
    const { channel, exchange } = dead
    const back = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead.queue }
    const waiting = await broker.queue(channel, { arguments: { ...back, 'x-message-ttl': 50 } })
    await channel.call('queue.bind', { queue: waiting, exchange })
    return { dead, waiting }
  }

  it('has each queue and reason counted, and the latest moved to the front', async () => {
    const { dead, waiting } = await retryLoop()
    const { channel, queue } = dead
    await channel.call('basic.consume', { queue })
    dead.publish('work')
    const seen: string[][] = []
    for (let i = 1; i <= 4; i++) {
      const { deliveryTag } = await channel.delivery()
      channel.send('basic.reject', { deliveryTag, requeue: false })
      seen.push(deathList(await dead.next()))
    }
    expect(seen).toEqual([
      [`rejected ${queue} 1`],
      [`rejected ${queue} 2`, `expired ${waiting} 1`],
      [`rejected ${queue} 3`, `expired ${waiting} 2`],
      [`rejected ${queue} 4`, `expired ${waiting} 3`],
    ])
    expect(deathList(await channel.delivery())).toEqual([`expired ${waiting} 4`, `rejected ${queue} 4`])
  })

  it('has an entry for each reason that it died of in one queue', async () => {
    const { dead, waiting } = await retryLoop()
    const { channel, queue } = dead
    dead.publish('work', { expiration: '50' })
    expect(deathList(await dead.next())).toEqual([`expired ${queue} 1`])
    const got = await channel.wire.channel(3)
    await got.call('basic.consume', { queue: waiting })
    const { deliveryTag } = await got.delivery()
    got.send('basic.reject', { deliveryTag, requeue: false })
    await channel.expectCounts(queue, { messages: 1 })
    await reject(channel, queue)
    const deaths = deathList(await dead.next())
    if (turnsEarlierDeaths) deaths.push(...deaths.splice(1, 1))
    expect(deaths).toEqual([`rejected ${queue} 1`, `rejected ${waiting} 1`, `expired ${queue} 1`])
  })

  it('keeps the exchange and the routing keys of the first time', async () => {
    const { dead, waiting } = await retryLoop()
    const { channel, queue } = dead
    const exchange = await broker.exchange(channel, 'fanout')
    await channel.call('queue.bind', { queue, exchange })
    channel.publish({ exchange, routingKey: 'first' })
    await reject(channel, queue)
    await dead.next()
    await channel.expectCounts(queue, { messages: 1 })
    await reject(channel, queue)
    expect(deathsOf(await dead.next())).toMatchObject([
      { queue, count: 2, exchange, 'routing-keys': ['first'] },
      { queue: waiting, count: 1, exchange: dead.exchange, 'routing-keys': ['first'] },
    ])
  })
})

describe('expiration', () => {
  it('is removed from a dead letter, which so does not expire again', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('expired', { expiration: '50', messageId: 'id' })
    const letter = await dead.next()
    expect(letter.properties).not.toHaveProperty('expiration')
    expect(letter.properties.messageId).toBe('id')
    expect(deathsOf(letter)).toMatchObject([{ reason: 'expired', 'original-expiration': '50' }])
  })

  it('is removed as well when the message was rejected before', async () => {
    const dead = await DeadLetters.of(broker)
    expect((await dead.ofRejected({ expiration: '60000' })).properties).not.toHaveProperty('expiration')
  })
})

describe('x-death of a client', () => {
  it('is counted on up to 3.12, and replaced from 4.0', async () => {
    const dead = await DeadLetters.of(broker)
    const first = await dead.ofRejected()
    const again = await dead.ofRejected({ headers: first.properties.headers ?? {} })
    expect(deathList(again)).toEqual([`rejected ${dead.queue} ${byVersion({ '3': 2, default: 1 })}`])
  })

  it('is left alone while the message lives', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const headers = { 'x-death': [{ count: 7, reason: 'rejected', queue }] }
    channel.publish({ routingKey: queue }, 'alive', { headers })
    expect((await channel.get(queue))?.properties.headers).toEqual(headers)
  })

  // 3.10 loses a message whose x-death is an array of anything but tables.
  it.each(['text', 5, [], ...byVersion({ '3': [], default: [[1, 'two']] })])(
    'may be anything: %j',
    async value => {
      const dead = await DeadLetters.of(broker)
      const letter = await dead.ofRejected({ headers: { 'x-death': value } })
      expect(deathsOf(letter)[0]).toMatchObject({ reason: 'rejected', queue: dead.queue, count: 1 })
    },
  )
})

describe('the routing keys of a dead letter', () => {
  /** CC and BCC of a rejected message, with a dead letter exchange where only these keys lead somewhere. */
  async function deadLetter(bound: string[], deadLetterKey?: string) {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const target = await broker.queue(channel)
    for (const routingKey of bound) await channel.call('queue.bind', { queue: target, exchange, routingKey })
    const own = deadLetterKey === undefined ? {} : { 'x-dead-letter-routing-key': deadLetterKey }
    const queue = await broker.queue(channel, { arguments: { 'x-dead-letter-exchange': exchange, ...own } })
    const headers = { CC: ['open'], BCC: ['hidden'], kept: 1 }
    channel.publish({ routingKey: queue }, 'dead', { headers })
    await reject(channel, queue)
    await channel.expectCounts(target, { messages: 1 })
    const got = await channel.get(target)
    if (got === undefined) throw new Error('the dead letter is gone')
    return { queue, got }
  }

  it('are those of the message, CC among them', async () => {
    const { queue, got } = await deadLetter(['open'])
    expect(got).toMatchObject({ routingKey: queue, properties: { headers: { CC: ['open'], kept: 1 } } })
    expect(deathsOf(got)).toMatchObject([{ 'routing-keys': [queue, 'open'] }])
  })

  it('are those of the message, BCC among them, which nobody is told', async () => {
    const { queue, got } = await deadLetter(['hidden'])
    expect(got.routingKey).toBe(queue)
    expect(got.properties.headers).not.toHaveProperty('BCC')
    expect(JSON.stringify(got.properties)).not.toContain('hidden')
  })

  it('are x-dead-letter-routing-key alone, if that is given, and CC is removed', async () => {
    const { queue, got } = await deadLetter(['dead'], 'dead')
    expect(got.routingKey).toBe('dead')
    expect(got.properties.headers).toMatchObject({ kept: 1 })
    expect(got.properties.headers).not.toHaveProperty('CC')
    expect(deathsOf(got)).toMatchObject([{ 'routing-keys': [queue, 'open'] }])
    expect(JSON.stringify(got.properties)).not.toContain('hidden')
  })
})
