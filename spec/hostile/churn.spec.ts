/** Too much of everything: what is opened and closed, declared and left behind, leaves nothing and holds up nobody. */
import { encodeMethod } from '../../conformance/support/codec'
import { Wire } from '../../conformance/support/wire'
import { eventually } from '../support/eventually'
import { MIB } from '../support/held-bytes'
import { underAttack } from './under-attack'

jest.setTimeout(30_000)

const attack = underAttack()

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** Counts the bytes that come instead of understanding them: there are too many. */
function countBytes(wire: Wire): () => number {
  let count = 0
  wire.socket.removeAllListeners('data').on('data', chunk => {
    count += chunk.length
  })
  return () => count
}

describe('100,000 channels', () => {
  it('opened and closed on one connection leave nothing behind', async () => {
    const { wire } = await attack.attacker()
    const before = await attack.growth()
    const received = countBytes(wire)
    const rounds = times(100, round =>
      Buffer.concat(
        times(1000, index => {
          const number = 2 + ((round * 7 + index) % 2000)
          return Buffer.concat([
            encodeMethod(number, 'channel.open', {}),
            encodeMethod(number, 'channel.close', { replyCode: 200, replyText: 'bye' }),
          ])
        }),
      ),
    )
    for (const round of rounds) {
      wire.sendBytes(round)
      await wire.sent()
    }
    const answer =
      encodeMethod(1, 'channel.open-ok', {}).length + encodeMethod(1, 'channel.close-ok', {}).length
    await eventually(() => expect(received()).toBe(100_000 * answer), { timeoutMs: 15_000 })
    rounds.length = 0
    expect((await attack.growth()) - before).toBeLessThan(2 * MIB)
  })
})

describe('channels that fail', () => {
  it('20,000 times leave nothing behind', async () => {
    const { wire } = await attack.attacker()
    const before = await attack.growth()
    const received = countBytes(wire)
    const one = Buffer.concat([
      encodeMethod(2, 'channel.open', {}),
      encodeMethod(2, 'basic.publish', { exchange: '', routingKey: 'nowhere' }),
      Buffer.from('020002000000 0e003c00000000000000000000 0000ce'.replaceAll(' ', ''), 'hex'),
      encodeMethod(2, 'basic.ack', { deliveryTag: 9 }),
      encodeMethod(2, 'channel.close-ok', {}),
    ])
    for (let i = 0; i < 20; i++) {
      wire.sendBytes(Buffer.concat(times(1000, () => one)))
      await wire.sent()
    }
    const close = { replyCode: 406, replyText: 'PRECONDITION_FAILED - unknown delivery tag 9' }
    const answer =
      encodeMethod(2, 'channel.open-ok', {}).length + encodeMethod(2, 'channel.close', close).length
    await eventually(() => expect(received()).toBe(20_000 * answer), { timeoutMs: 15_000 })
    expect((await attack.growth()) - before).toBeLessThan(2 * MIB)
  })
})

describe('connections that come and go', () => {
  const goodbyes: [string, (wire: Wire) => unknown][] = [
    ['without a word', wire => wire.destroy()],
    ['with a reset', wire => wire.socket.resetAndDestroy()],
    ['halfway through the handshake', async wire => (await wire.login()).destroy()],
    ['in the middle of work', async wire => leaveWork(await wire.open())],
    ['properly', async wire => (await wire.open()).close()],
  ]

  it.each(goodbyes)('%s, 300 times, leave nothing behind', async (_, goodbye) => {
    const before = await attack.growth()
    for (let i = 0; i < 10; i++) {
      await Promise.all(times(30, async () => goodbye(await Wire.connect(attack.broker.url))))
    }
    await eventually(() => expect(attack.broker.connections.count).toBe(1))
    expect((await attack.growth()) - before).toBeLessThan(2 * MIB)
  })

  async function leaveWork(wire: Wire): Promise<void> {
    const channel = await wire.channel()
    const { queue } = await channel.call('queue.declare', { queue: '', exclusive: true })
    await channel.call('queue.bind', { queue, exchange: 'amq.topic', routingKey: `work.${queue}.#` })
    await channel.call('basic.consume', { queue })
    channel.publish({ exchange: 'amq.topic', routingKey: `work.${queue}.now` }, 'work')
    await channel.delivery()
    await wire.destroy()
  }
})

describe('consumers', () => {
  it('that come and go 50,000 times leave nothing behind', async () => {
    const { wire, channel } = await attack.attacker()
    const { queue } = await channel.call('queue.declare', { queue: '', exclusive: true })
    const before = await attack.growth()
    for (let i = 0; i < 50; i++) {
      const some = times(1000, index => [
        encodeMethod(1, 'basic.consume', { queue, consumerTag: `${index}`, nowait: true }),
        encodeMethod(1, 'basic.cancel', { consumerTag: `${index}`, nowait: true }),
      ])
      wire.sendBytes(Buffer.concat(some.flat()))
      await wire.sent()
    }
    expect(await channel.counts(queue)).toEqual({ messages: 0, consumers: 0 })
    expect((await attack.growth()) - before).toBeLessThan(2 * MIB)
  })

  it('100,000 of one queue go with their connection and hold up nobody', async () => {
    const { wire, channel } = await attack.attacker()
    const { queue } = await channel.call('queue.declare', { queue: 'crowded' })
    for (let i = 0; i < 100; i++) {
      const some = times(1000, index =>
        encodeMethod(1, 'basic.consume', { queue, consumerTag: `${i}.${index}`, nowait: true }),
      )
      wire.sendBytes(Buffer.concat(some))
      await wire.sent()
    }
    expect((await channel.counts(queue)).consumers).toBe(100_000)
    await wire.destroy()
    await eventually(() => expect(attack.broker.connections.count).toBe(1))
    const { channel: janitor } = await attack.attacker()
    expect(await janitor.counts(queue)).toEqual({ messages: 0, consumers: 0 })
    await janitor.call('queue.delete', { queue })
  })
})

describe('queues', () => {
  it('5,000 exclusive ones, bound and filled, vanish with their connection', async () => {
    const before = await attack.growth()
    const { wire, channel } = await attack.attacker()
    wire.sendBytes(Buffer.concat(times(5000, declaredAndBound)))
    for (let i = 0; i < 5; i++) channel.publish({ exchange: 'amq.fanout' }, 'to all of them')
    expect(await channel.counts('mine 4999')).toEqual({ messages: 5, consumers: 0 })
    await wire.destroy()
    await eventually(() => expect(attack.broker.vhost.queues.size).toBe(1))
    expect((await attack.growth()) - before).toBeLessThan(2 * MIB)
  })

  function declaredAndBound(index: number): Buffer {
    const queue = `mine ${index}`
    return Buffer.concat([
      encodeMethod(1, 'queue.declare', { queue, exclusive: true, nowait: true }),
      encodeMethod(1, 'queue.bind', { queue, exchange: 'amq.fanout', nowait: true }),
      encodeMethod(1, 'queue.bind', {
        queue,
        exchange: 'amq.topic',
        routingKey: `*.${index}.#`,
        nowait: true,
      }),
    ])
  }

  it('declared and deleted 20,000 times leave nothing behind', async () => {
    const { wire, channel } = await attack.attacker()
    const before = await attack.growth()
    const one = [
      encodeMethod(1, 'queue.declare', { queue: 'again', durable: true, nowait: true }),
      encodeMethod(1, 'queue.bind', { queue: 'again', exchange: 'amq.direct', nowait: true }),
      encodeMethod(1, 'queue.delete', { queue: 'again', nowait: true }),
    ]
    for (let i = 0; i < 20; i++) {
      wire.sendBytes(Buffer.concat(times(1000, () => one).flat()))
      await wire.sent()
    }
    await channel.call('basic.qos')
    expect((await attack.growth()) - before).toBeLessThan(2 * MIB)
  })
})

describe('exchanges', () => {
  async function declare(count: number, autoDelete: boolean) {
    const { wire, channel } = await attack.attacker()
    const all = times(count, index =>
      encodeMethod(1, 'exchange.declare', {
        exchange: `x${index}`,
        type: 'fanout',
        autoDelete,
        nowait: true,
      }),
    )
    wire.sendBytes(Buffer.concat(all))
    return { wire, channel }
  }

  function bind(from: number, to: number): Buffer {
    return encodeMethod(1, 'exchange.bind', { source: `x${from}`, destination: `x${to}`, nowait: true })
  }

  async function expectOneCopy(through: string, exchanges: number): Promise<void> {
    const { wire, channel } = await attack.attacker()
    const { queue } = await channel.call('queue.declare', { queue: '', exclusive: true })
    await channel.call('queue.bind', { queue, exchange: through })
    for (let i = 0; i < 100; i++) channel.publish({ exchange: 'x0' }, `${i}`)
    expect(await channel.drain(queue)).toEqual(times(100, String))
    const gone = times(exchanges, index =>
      encodeMethod(1, 'exchange.delete', { exchange: `x${index}`, nowait: true }),
    )
    wire.sendBytes(Buffer.concat(gone))
    await channel.call('basic.qos')
  }

  it('bound to each other in a ring of 2,000 pass each message on once', async () => {
    const { wire, channel } = await declare(2000, false)
    wire.sendBytes(Buffer.concat(times(2000, index => bind(index, (index + 1) % 2000))))
    await channel.call('basic.qos')
    await expectOneCopy('x1999', 2000)
  })

  it('bound each to each, 50 of them, pass each message on once', async () => {
    const { wire, channel } = await declare(50, false)
    wire.sendBytes(Buffer.concat(times(2500, index => bind(index % 50, Math.floor(index / 50)))))
    await channel.call('basic.qos')
    await expectOneCopy('x49', 50)
  })

  it('in a chain of 20,000 that go with each other go', async () => {
    const { wire, channel } = await declare(20_000, true)
    wire.sendBytes(Buffer.concat(times(19_999, index => bind(index, index + 1))))
    await channel.call('exchange.delete', { exchange: 'x19999' })
    expect(attack.broker.vhost.exchanges.has('x0')).toBe(false)
  })
})
