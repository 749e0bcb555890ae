/** Peers that ask and do not listen. What they are owed is bounded; what they do not take waits in its queue. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import type { Wire } from '../../conformance/support/wire'
import { eventually } from '../support/eventually'
import { MIB } from '../support/held-bytes'
import { underAttack } from './under-attack'

jest.setTimeout(30_000)

const attack = underAttack()

/** Far more than the kernel's buffers take on both sides of both directions. */
const FLOOD_BYTES = 64 * MIB

/** What the broker may hold for one peer that does not read: about 2 MiB, with 4 of pooled chunks and our own side. */
const HELD_MAX = 12 * MIB

function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 5))
}

/** Bytes that have left for the kernel. */
function taken({ socket }: Wire): number {
  return socket.bytesWritten - socket.writableLength
}

/** Until the broker has not taken anything for a while. */
async function standstill(wire: Wire): Promise<void> {
  for (let idle = 0, last = -1; idle < 20; idle++) {
    if (taken(wire) !== last) idle = 0
    last = taken(wire)
    await pause()
  }
}

/** Asks the same again and again until the broker takes no more of it. Returns how often it was asked. */
async function flood(wire: Wire, request: Buffer): Promise<number> {
  const piece = Buffer.concat(Array(Math.ceil(MIB / 2 / request.length)).fill(request))
  let asked = 0
  for (let idle = 0, last = -1; idle < 20 && taken(wire) < FLOOD_BYTES; idle++) {
    if (taken(wire) !== last) idle = 0
    last = taken(wire)
    while (wire.socket.writableLength < MIB) {
      wire.sendBytes(piece)
      asked += piece.length / request.length
    }
    await pause()
  }
  expect(taken(wire)).toBeLessThan(FLOOD_BYTES)
  return asked
}

async function expectBounded(wire: Wire): Promise<void> {
  expect((await attack.growth()) - wire.socket.writableLength).toBeLessThan(HELD_MAX)
}

describe('a peer that never reads', () => {
  async function deafPeer() {
    const { wire, channel } = await attack.attacker()
    const { queue } = await channel.call('queue.declare', { queue: '', exclusive: true })
    return { wire, channel, queue }
  }

  it('is not listened to any more when its answers pile up, until it reads', async () => {
    const { wire, queue } = await deafPeer()
    wire.socket.pause()
    const asked = await flood(wire, encodeMethod(1, 'queue.declare', { queue, passive: true }))
    await expectBounded(wire)
    let answered = 0
    wire.socket.removeAllListeners('data').on('data', chunk => {
      answered += chunk.length
    })
    wire.socket.resume()
    const answer = encodeMethod(1, 'queue.declare-ok', { queue })
    await eventually(() => expect(answered).toBe(asked * answer.length), { timeoutMs: 20_000 })
  })

  it('is not listened to any more when it opens and closes channels', async () => {
    const { wire } = await deafPeer()
    wire.socket.pause()
    await flood(
      wire,
      Buffer.concat([encodeMethod(2, 'channel.open', {}), encodeMethod(2, 'channel.close', {})]),
    )
    await expectBounded(wire)
  })

  it('is not listened to any more when what it published is returned to it', async () => {
    const { wire } = await deafPeer()
    wire.socket.pause()
    const returned = [
      encodeMethod(1, 'basic.publish', { routingKey: 'nowhere', mandatory: true }),
      encodeHeader(1, 100_000, {}),
      encodeFrame(3, 1, Buffer.alloc(100_000)),
    ]
    await flood(wire, Buffer.concat(returned))
    await expectBounded(wire)
  })

  it('is given few of the large messages that it gets again and again', async () => {
    const { wire, channel, queue } = await deafPeer()
    for (let i = 0; i < 4; i++) channel.publish({ routingKey: queue }, Buffer.alloc(MIB))
    await eventually(async () => expect((await channel.counts(queue)).messages).toBe(4))
    wire.socket.pause()
    const get = encodeMethod(1, 'basic.get', { queue })
    const recover = encodeMethod(1, 'basic.recover', { requeue: true })
    wire.sendBytes(Buffer.concat(Array(2000).fill([get, recover]).flat()))
    await standstill(wire)
    await pause()
    expect(await attack.growth()).toBeLessThan(4 * MIB + HELD_MAX)
  })

  it('is dropped for want of heartbeats, though it sends them', async () => {
    const wire = await (await attack.connect()).open({ heartbeat: 10 })
    const channel = await wire.channel()
    wire.socket.pause()
    await flood(wire, encodeMethod(channel.number, 'basic.qos', {}))
    for (let second = 0; second < 30; second++) {
      wire.sendHeartbeat()
      await attack.pass(1000)
    }
    await eventually(() => expect(attack.broker.connections.count).toBe(1))
  })
})

describe('a consumer that never reads', () => {
  const MESSAGES = 4000
  const BODY_BYTES = 10_000

  /** A full queue whose only consumer does not read. */
  async function arranged(noAck = false) {
    const { channel: publisher } = await attack.attacker()
    const { queue } = await publisher.call('queue.declare', { queue: '', autoDelete: true })
    const { wire, channel } = await attack.attacker()
    await channel.call('basic.consume', { queue, noAck })
    wire.socket.pause()
    for (let i = 0; i < MESSAGES; i++) {
      const body = Buffer.alloc(BODY_BYTES)
      body.writeUInt32BE(i)
      publisher.publish({ routingKey: queue }, body)
    }
    const { counters } = queueCalled(queue)
    await eventually(() => expect(counters.enqueued).toBe(MESSAGES))
    for (let last = -1; last !== counters.delivered; await standstill(wire)) last = counters.delivered
    return { publisher, queue, wire, channel }
  }

  function queueCalled(name: string) {
    return attack.broker.vhost.queues.get(name)!
  }

  it.each([true, false])('(no-ack %s) leaves its messages in the queue', async noAck => {
    const { publisher, queue } = await arranged(noAck)
    // What is on its way: the kernel's buffers and about a megabyte of ours.
    expect(MESSAGES - queueCalled(queue).messageCount).toBeLessThan((12 * MIB) / BODY_BYTES)
    await publisher.call('queue.purge', { queue })
    expect(await attack.growth()).toBeLessThan(HELD_MAX + (noAck ? 0 : 12 * MIB))
  })

  it('gets them all, in order, when it reads again', async () => {
    const { wire, channel } = await arranged()
    wire.socket.resume()
    for (let i = 0; i < MESSAGES; i++) {
      const { body, redelivered } = await channel.delivery()
      expect([body.readUInt32BE(), redelivered]).toEqual([i, false])
    }
  })

  it('does not keep them from a consumer that does', async () => {
    const { publisher, queue } = await arranged()
    const left = queueCalled(queue).messageCount
    await publisher.call('basic.consume', { queue, noAck: true })
    await publisher.deliveries(left)
    expect(queueCalled(queue).messageCount).toBe(0)
  })

  it('gives them back in order when it goes', async () => {
    const { publisher, queue, wire } = await arranged()
    await publisher.call('basic.qos', { prefetchCount: 1 })
    await publisher.call('basic.consume', { queue, arguments: { 'x-priority': -1 } })
    // One more that the queue handed out to somebody who reads.
    const first = await publisher.delivery()
    await wire.destroy()
    await eventually(() => expect(queueCalled(queue).unacknowledgedCount).toBe(1))
    const seen = [first.body.readUInt32BE()]
    publisher.send('basic.ack', { deliveryTag: first.deliveryTag })
    while (seen.length < MESSAGES) {
      const { body, deliveryTag } = await publisher.delivery()
      seen.push(body.readUInt32BE())
      publisher.send('basic.ack', { deliveryTag })
    }
    expect(seen).toEqual([
      seen[0],
      ...Array.from({ length: MESSAGES }, (_, i) => i).filter(i => i !== seen[0]),
    ])
  })

  it('and ends its side of the socket is dropped after 3 seconds', async () => {
    const { queue, wire } = await arranged()
    wire.socket.allowHalfOpen = true
    wire.socket.end()
    await eventually(() => expect(attack.broker.vhost.queues.has(queue)).toBe(false))
    expect(attack.broker.connections.count).toBe(3)
    await attack.pass(3000)
    await eventually(() => expect(attack.broker.connections.count).toBe(2))
  })
})

describe('a publisher that floods a queue with a slow consumer', () => {
  it('holds up nobody, and its memory returns with the queue, whoever still knows that', async () => {
    const { channel: publisher } = await attack.attacker()
    const { channel: consumer } = await attack.attacker()
    const { queue } = await publisher.call('queue.declare', { queue: '' })
    await consumer.call('basic.qos', { prefetchCount: 1 })
    await consumer.call('basic.consume', { queue })
    for (let sent = 0; sent < 60; sent++) {
      publisher.publish({ routingKey: queue }, Buffer.alloc(20_000))
      for (let i = 0; i < 1000; i++) publisher.publish({ routingKey: queue }, 'x'.repeat(1024))
      await publisher.wire.sent()
      const { deliveryTag } = await consumer.delivery()
      consumer.send('basic.ack', { deliveryTag })
    }
    const held = attack.broker.vhost.queues.get(queue)!
    await eventually(() => expect(held.counters.enqueued).toBe(60 * 1001))
    expect(held.ready.segments.reduce((sum, segment) => sum + segment.memoryBytes, 0)).toBeGreaterThan(
      40 * MIB,
    )
    await publisher.call('queue.delete', { queue })
    // The consumer has a message of it that it never acknowledges, and the publisher remembers the way.
    expect(held.deleted).toBe(true)
    expect(await attack.growth()).toBeLessThan(HELD_MAX)
  })
})
