/** Thousands of channels end in the same moment: others are served between, and what they wait for is there at once. */
import { encodeMethod } from '../../conformance/support/codec'
import { newMessage } from '../../src/message'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import type { InProcessClient } from '../support/in-process-clients'

const CHANNELS = 2000
const close = encodeMethod(0, 'connection.close', { replyCode: 200, replyText: '' })

let broker: InProcessBroker
let stranger: InProcessClient
beforeEach(() => {
  broker = inProcessBroker()
  stranger = broker.connect().open().openChannel()
})

function connected(): InProcessClient {
  const client = broker.connect().open()
  say(client, channel => encodeMethod(channel, 'channel.open', {}))
  for (let channel = 1; channel <= CHANNELS; channel++) client.take('channel.open-ok', channel)
  return client
}

/** On each of its channels. */
function say(client: InProcessClient, what: (channel: number) => Buffer): void {
  client.say(Buffer.concat(Array.from({ length: CHANNELS }, (_, i) => what(i + 1))))
}

function consume(client: InProcessClient, queue: string, noAck = false): void {
  say(client, channel => encodeMethod(channel, 'basic.consume', { queue, noAck, nowait: true }))
}

/** What `seen` gave when the stranger's small request was answered. */
function seenByStranger(seen: () => number): number {
  let atAnswer = Number.NaN
  const hear = stranger.onData.bind(stranger)
  stranger.onData = bytes => {
    atAnswer = seen()
    hear(bytes)
  }
  stranger.send('basic.qos', { prefetchCount: 1 }, 1)
  stranger.take('basic.qos-ok', 1)
  return atAnswer
}

const declare = (queue: string, exclusive = false): Buffer =>
  encodeMethod(1, 'queue.declare', { queue, exclusive, nowait: true })

describe('a connection with thousands of channels', () => {
  it('is closed while others are served, and answered when nothing is left of it', () => {
    const { churn } = broker.broker.counters
    const busy = connected()
    busy.say(declare('mine', true))
    consume(busy, 'mine')
    busy.transport.write(close)
    expect(broker.vhost.queues.has('mine')).toBe(false)
    expect(seenByStranger(() => churn.channelsClosed)).toBeLessThan(CHANNELS / 2)
    expect(churn.channelsClosed).toBe(CHANNELS)
    expect(busy.unread).toEqual(['connection.close-ok'])
    expect(busy.isClosed).toBe(true)
    expect(churn.connectionsClosed).toBe(1)
  })

  it('is lost, and its messages are there for others at once, in their order', () => {
    stranger.say(declare('q'))
    const queue = broker.vhost.requireQueue('q')
    const [busy, idle] = [connected(), connected()]
    consume(busy, 'q')
    for (let n = 0; n < CHANNELS; n++) queue.enqueue(newMessage('', 'q', {}, Buffer.from(String(n))))
    broker.settle()
    consume(idle, 'q', true)
    expect([queue.messageCount, queue.unacknowledgedCount]).toEqual([0, CHANNELS])
    // Both in the same moment: what one gives back is not for the other.
    idle.transport.destroy()
    busy.transport.destroy()
    expect(seenByStranger(() => queue.messageCount)).toBe(CHANNELS)
    expect(queue.counters.delivered).toBe(CHANNELS)
    expect(queue.consumers.count).toBe(0)
    for (let n = 0; n < CHANNELS; n++) {
      stranger.send('basic.get', { queue: 'q', noAck: true }, 1)
      expect(stranger.take('basic.get-ok', 1).content?.body.toString()).toBe(String(n))
    }
  })
})

describe('a thousand connections', () => {
  it('are lost while others are served, and counted when the last of them is gone', () => {
    const { churn } = broker.broker.counters
    const clients = Array.from({ length: 1000 }, () => broker.connect().open().openChannel())
    const closed: number[] = []
    broker.broker.events.listen(event => {
      if (event.kind === 'connection.closed') closed.push(event.connection.peerPort)
    })
    for (const { transport } of clients) transport.destroy()
    expect(seenByStranger(() => churn.connectionsClosed)).toBeLessThan(500)
    expect(churn.connectionsClosed).toBe(1000)
    expect(closed).toEqual([...closed].sort((a, b) => a - b))
    expect(broker.connections.count).toBe(1)
  })
})
