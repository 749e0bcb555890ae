/** One read of a socket can hold work for a second: a connection does its share of it in a turn, and others come between. */
import { encodeHeader, encodeMethod } from '../../conformance/support/codec'
import type { Properties } from '../../conformance/support/methods'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import type { InProcessClient } from '../support/in-process-clients'

let broker: InProcessBroker
let busy: InProcessClient
let stranger: InProcessClient
beforeEach(() => {
  broker = inProcessBroker()
  busy = broker.connect().open().openChannel()
  stranger = broker.connect().open().openChannel()
})

/** Everything in one chunk, and a small request of another connection behind it. Gives `seen` at the latter's answer. */
function seenByStranger(chunk: Buffer[], seen: () => number, before: () => void = () => {}): number {
  let atAnswer = Number.NaN
  const hear = stranger.onData.bind(stranger)
  stranger.onData = bytes => {
    atAnswer = seen()
    hear(bytes)
  }
  before()
  busy.transport.write(Buffer.concat(chunk))
  stranger.send('basic.qos', { prefetchCount: 1 }, 1)
  stranger.take('basic.qos-ok', 1)
  return atAnswer
}

function declare(queue: string): Buffer {
  return encodeMethod(1, 'queue.declare', { queue, nowait: true })
}

function publish(exchange: string, routingKey: string, headers?: Properties['headers']): Buffer {
  const method = encodeMethod(1, 'basic.publish', { exchange, routingKey })
  return Buffer.concat([method, encodeHeader(1, 0, headers === undefined ? {} : { headers })])
}

function publishes(exchange: string, count: number, headers?: Properties['headers']): Buffer[] {
  return Array.from({ length: count }, () => publish(exchange, '', headers))
}

function declared(queues: number, exchange: string, type: string, bindings = 1): void {
  const delayed = type === 'x-delayed-message' ? { arguments: { 'x-delayed-type': 'fanout' } } : {}
  busy.send('exchange.declare', { exchange, type, nowait: true, ...delayed }, 1)
  for (let i = 0; i < queues; i++) {
    busy.say(declare(`q${i}`))
    for (let n = 0; n < bindings; n++) {
      const args = type === 'headers' ? { arguments: { 'x-match': 'any', kind: 'order', n } } : {}
      busy.say(encodeMethod(1, 'queue.bind', { queue: `q${i}`, exchange, nowait: true, ...args }))
    }
  }
}

describe('a connection with more in one read than its share of a turn lets others be heard in the middle', () => {
  it('of declarations', () => {
    const chunk = Array.from({ length: 5000 }, (_, i) => declare(`q${i}`))
    const { queues } = broker.vhost
    expect(seenByStranger(chunk, () => queues.size)).toBeLessThan(1500)
    expect(queues.size).toBe(5000)
  })

  it('of channels', () => {
    const chunk = Array.from({ length: 2000 }, (_, i) => encodeMethod(i + 2, 'channel.open', {}))
    expect(seenByStranger(chunk, () => busy.unread.length)).toBeLessThan(1500)
    expect(busy.unread).toHaveLength(2000)
  })

  it('of copies by a fanout', () => {
    declared(400, 'fan', 'fanout')
    const queue = broker.vhost.requireQueue('q0')
    expect(seenByStranger(publishes('fan', 500), () => queue.messageCount)).toBeLessThan(100)
    expect(queue.messageCount).toBe(500)
  })

  it('of conditions on headers', () => {
    declared(1, 'h', 'headers', 2560)
    busy.say(encodeMethod(1, 'queue.bind', { queue: 'q0', exchange: 'h', nowait: true, arguments: {} }))
    const queue = broker.vhost.requireQueue('q0')
    const chunk = publishes('h', 500, { kind: 'order' })
    expect(seenByStranger(chunk, () => queue.messageCount)).toBeLessThan(120)
    expect(queue.messageCount).toBe(500)
  })

  it('of ways between exchanges, under another key each time', () => {
    for (let i = 0; i < 60; i++)
      busy.send('exchange.declare', { exchange: `e${i}`, type: 'fanout', nowait: true }, 1)
    for (let i = 0; i < 60; i++)
      for (let j = 0; j < 60; j++) {
        const ways = { source: `e${i}`, destination: `e${j}`, nowait: true }
        if (i !== j) busy.say(encodeMethod(1, 'exchange.bind', ways))
      }
    declared(1, 'e0', 'fanout')
    const queue = broker.vhost.requireQueue('q0')
    const chunk = Array.from({ length: 500 }, (_, i) => publish('e0', `${i}`))
    expect(seenByStranger(chunk, () => queue.messageCount)).toBeLessThan(120)
    expect(queue.messageCount).toBe(500)
  })

  it('of dead letters for many queues', () => {
    declared(400, 'fan', 'fanout')
    const dying = { 'x-max-length': 0, 'x-dead-letter-exchange': 'fan' }
    busy.send('queue.declare', { queue: 'src', arguments: dying, nowait: true }, 1)
    const queue = broker.vhost.requireQueue('q0')
    const chunk = Array.from({ length: 500 }, () => publish('', 'src'))
    expect(seenByStranger(chunk, () => queue.messageCount)).toBeLessThan(100)
    expect(queue.messageCount).toBe(500)
  })

  it('of messages whose delay is over, for many queues', () => {
    declared(400, 'later', 'x-delayed-message')
    const queue = broker.vhost.requireQueue('q0')
    for (const each of publishes('later', 500, { 'x-delay': 1000 })) busy.say(each)
    const atAnswer = seenByStranger(
      [],
      () => queue.messageCount,
      () => broker.clock.advance(1000),
    )
    expect(atAnswer).toBeLessThan(100)
    expect(queue.messageCount).toBe(500)
  })

  it('of the history that a binding is given', () => {
    const kept = { 'x-recent-history-length': 500 }
    busy.send(
      'exchange.declare',
      { exchange: 'past', type: 'x-recent-history', arguments: kept, nowait: true },
      1,
    )
    for (const each of publishes('past', 500)) busy.say(each)
    declared(400, 'fan', 'fanout')
    const queue = broker.vhost.requireQueue('q0')
    const bind = encodeMethod(1, 'exchange.bind', { source: 'past', destination: 'fan', nowait: true })
    expect(seenByStranger([bind], () => queue.messageCount)).toBeLessThan(100)
    expect(queue.messageCount).toBe(500)
  })

  it('of what the broker publishes itself', () => {
    declared(400, 'told', 'fanout')
    const { vhost } = broker
    const told = vhost.requireExchange('told')
    const queue = vhost.requireQueue('q0')
    const post = (): void => {
      for (let i = 0; i < 500; i++) broker.broker.outbox.post(vhost, told, '', {}, Buffer.from('event'))
    }
    expect(seenByStranger([], () => queue.messageCount, post)).toBeLessThan(100)
    expect(queue.messageCount).toBe(500)
  })

  it('of a transaction that is committed', () => {
    declared(400, 'fan', 'fanout')
    const queue = broker.vhost.requireQueue('q0')
    busy.send('tx.select', {}, 1)
    busy.take('tx.select-ok', 1)
    for (const each of publishes('fan', 500)) busy.say(each)
    const commit = encodeMethod(1, 'tx.commit', {})
    const behind = encodeMethod(1, 'queue.declare', { queue: 'q0', passive: true })
    expect(seenByStranger([commit, behind], () => queue.messageCount)).toBeLessThan(100)
    busy.take('tx.commit-ok', 1)
    expect(busy.take('queue.declare-ok', 1).fields.messageCount).toBe(500)
  })
})
