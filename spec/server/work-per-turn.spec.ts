/** One read of a socket can hold work for a second: a connection does its share of it in a turn, and others come between. */
import { encodeMethod } from '../../conformance/support/codec'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import type { InProcessClient } from '../support/in-process-clients'

const emptyContent = Buffer.from('020001000000' + '0e003c0000000000000000000000' + '00ce', 'hex')

let broker: InProcessBroker
let busy: InProcessClient
let stranger: InProcessClient
beforeEach(() => {
  broker = inProcessBroker()
  busy = broker.connect().open().openChannel()
  stranger = broker.connect().open().openChannel()
})

/** Everything in one chunk, and a small request of another connection behind it. Gives `seen` at the latter's answer. */
function seenByStranger(chunk: Buffer[], seen: () => number): number {
  let atAnswer = Number.NaN
  const hear = stranger.onData.bind(stranger)
  stranger.onData = bytes => {
    atAnswer = seen()
    hear(bytes)
  }
  busy.transport.write(Buffer.concat(chunk))
  stranger.send('basic.qos', { prefetchCount: 1 }, 1)
  stranger.take('basic.qos-ok', 1)
  return atAnswer
}

function declare(queue: string): Buffer {
  return encodeMethod(1, 'queue.declare', { queue, nowait: true })
}

function publishes(exchange: string, count: number): Buffer[] {
  const publish = encodeMethod(1, 'basic.publish', { exchange, routingKey: '' })
  return Array.from({ length: count }, () => Buffer.concat([publish, emptyContent]))
}

function declared(queues: number, exchange: string, type: string, bindings = 1): void {
  busy.send('exchange.declare', { exchange, type, nowait: true }, 1)
  for (let i = 0; i < queues; i++) {
    busy.say(declare(`q${i}`))
    for (let n = 0; n < bindings; n++) {
      const args = type === 'headers' ? { arguments: { n } } : {}
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
    expect(seenByStranger(publishes('h', 500), () => queue.messageCount)).toBeLessThan(120)
    expect(queue.messageCount).toBe(500)
  })
})
