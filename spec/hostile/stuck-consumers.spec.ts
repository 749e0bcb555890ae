/** Consumers that never read, a hundred of them: each takes about a megabyte and no more, and nobody waits for them. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import type { InProcessClient } from '../support/in-process-clients'

const BODY_BYTES = 100_000
/** RabbitMQ gives what its socket buffer and prefetch allow; here a megabyte waits for one who does not read. */
const TAKEN_MAX = Math.ceil((1024 * 1024) / BODY_BYTES) + 1

function consumerOn(broker: InProcessBroker, queue: string): InProcessClient {
  const client = broker.connect().open().openChannel()
  client.send('queue.declare', { queue }, 1)
  client.take('queue.declare-ok', 1)
  client.send('basic.consume', { queue, noAck: true }, 1)
  client.take('basic.consume-ok', 1)
  return client
}

/** It is connected and consumes, and from here on nothing is read any more. */
function stuckOn(broker: InProcessBroker, queue: string): void {
  consumerOn(broker, queue).transport.pause()
}

function publish(client: InProcessClient, exchange: string, routingKey: string, number: number): void {
  const body = Buffer.alloc(BODY_BYTES)
  body.writeUInt32BE(number)
  const frames = [
    encodeMethod(1, 'basic.publish', { exchange, routingKey }),
    encodeHeader(1, BODY_BYTES, {}),
    encodeFrame(3, 1, body),
  ]
  client.say(Buffer.concat(frames))
}

function numbersOf(client: InProcessClient): number[] {
  const deliveries = client.unread.map(() => client.take('basic.deliver', 1))
  return deliveries.map(({ content }) => content!.body.readUInt32BE())
}

describe('consumers that never read', () => {
  it('keep nothing from one who reads the same queue', () => {
    const STUCK = 20
    const MESSAGES = 340
    const broker = inProcessBroker()
    for (let i = 0; i < STUCK; i++) stuckOn(broker, 'shared')
    const reader = consumerOn(broker, 'shared')
    const publisher = broker.connect().open().openChannel()
    for (let sent = 0; sent < MESSAGES; sent++) publish(publisher, '', 'shared', sent)
    const got = numbersOf(reader)
    expect(got.length).toBeGreaterThanOrEqual(MESSAGES - STUCK * TAKEN_MAX)
    expect(got).toEqual([...got].sort((a, b) => a - b))
    // Once they are full, everything is the reader's.
    const last = Array.from({ length: 100 }, (_, i) => MESSAGES - 100 + i)
    expect(got.slice(-100)).toEqual(last)
    expect(broker.vhost.queues.get('shared')?.messageCount).toBe(0)
  })

  it('a hundred, each on a queue of its own, keep nothing from others behind the same exchange', () => {
    const STUCK = 100
    const MESSAGES = 20
    const broker = inProcessBroker()
    for (let i = 0; i < STUCK; i++) stuckOn(broker, `stuck-${i}`)
    const reader = consumerOn(broker, 'read')
    const publisher = broker.connect().open().openChannel()
    const queues = ['read', ...Array.from({ length: STUCK }, (_, i) => `stuck-${i}`)]
    for (const queue of queues) {
      publisher.send('queue.bind', { queue, exchange: 'amq.fanout' }, 1)
      publisher.take('queue.bind-ok', 1)
    }
    for (let sent = 0; sent < MESSAGES; sent++) {
      publish(publisher, 'amq.fanout', '', sent)
      expect(numbersOf(reader)).toEqual([sent])
    }
    for (const queue of queues.slice(1)) {
      const { messageCount } = broker.vhost.queues.get(queue)!
      expect(messageCount).toBeGreaterThanOrEqual(MESSAGES - TAKEN_MAX)
    }
  })
})
