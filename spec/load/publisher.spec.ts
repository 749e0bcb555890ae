import { ConfirmWindow } from '../../src/load/confirm-window'
import { FrameScanner } from '../../src/load/frame-scanner'
import { method, publishImage } from '../../src/load/frames'
import { Histogram } from '../../src/load/histogram'
import { Publisher, type PublisherPlan } from '../../src/load/publisher'
import { Score, scoreboardMemory, totals } from '../../src/load/scoreboard'
import { sharedNow } from '../../src/load/shared-clock'
import { eventually } from '../support/eventually'
import { FakeWire, methodFrame } from './wire'

function publishing(plan: Partial<PublisherPlan> = {}) {
  const size = plan.size ?? 16
  const image = publishImage('', 'q', size, false, 131072)
  const wire = new FakeWire()
  const memory = scoreboardMemory(1)
  const window = plan.window ?? 0
  const confirms = window === 0 ? undefined : new ConfirmWindow(window, new Histogram())
  const publisher = new Publisher(
    wire,
    { image, size, window, rate: 0, count: 0, ...plan },
    confirms,
    new Score(memory, 0),
  )
  const scanner = new FrameScanner(publisher)
  return {
    publisher,
    wire,
    receive: (bytes: Buffer) => scanner.push(bytes, bytes.length),
    counts: () => totals(memory),
    messages: () => wire.bytesWritten / image.bytes.length,
    /** The first double of each body: when it was sent, or 0. */
    stamps: () =>
      wire.writes.flatMap(bytes =>
        Array.from({ length: bytes.length / image.bytes.length }, (_, index) =>
          bytes.readDoubleLE(index * image.bytes.length + image.bodyAt),
        ),
      ),
  }
}

function ack(tag: number, multiple: boolean, id: number = method.basicAck): Buffer {
  return methodFrame(id, `${tag.toString(16).padStart(16, '0')} 0${multiple ? 1 : 0}`)
}

describe('a load publisher', () => {
  it('publishes as many messages as it was told, and counts them when the socket has them', () => {
    const { publisher, wire, messages, counts } = publishing({ count: 5 })
    publisher.start()
    expect(messages()).toBe(5)
    expect(counts().published).toBe(0)
    wire.takeWrites()
    expect(counts().published).toBe(5)
    expect(messages()).toBe(5)
  })

  it('writes no more than a few batches ahead of the socket', () => {
    const { publisher, wire } = publishing()
    publisher.start()
    expect(wire.writes).toHaveLength(4)
    wire.takeWrites(1)
    expect(wire.writes).toHaveLength(5)
  })

  it('gives the event loop a turn, however fast the socket is', async () => {
    const { publisher, wire } = publishing()
    publisher.start()
    for (let round = 0; round < 100; round++) wire.takeWrites()
    const inOneTurn = wire.writes.length
    expect(inOneTurn).toBeLessThan(100)
    await eventually(() => expect(wire.writes.length).toBeGreaterThan(inOneTurn))
    publisher.stop()
  })

  it('puts the time into every 16th body, and into the first of each batch', () => {
    const { publisher, stamps } = publishing({ count: 40 })
    const before = sharedNow()
    publisher.start()
    const found = stamps()
    const stamped = found.flatMap((stamp, index) => (stamp === 0 ? [] : [index]))
    expect(stamped).toEqual([0, 16, 32])
    expect(found[0]).toBeGreaterThanOrEqual(before)
    expect(found[0]).toBeLessThanOrEqual(sharedNow())
  })

  it('leaves bodies alone that are too small for a time', () => {
    const { publisher, wire } = publishing({ count: 1, size: 7 })
    publisher.start()
    expect(wire.writes[0]?.subarray(-8)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0xce]))
  })

  it('never has more unconfirmed than its window', () => {
    const { publisher, wire, receive, messages, counts } = publishing({ window: 10 })
    publisher.start()
    wire.takeWrites()
    expect(messages()).toBe(10)
    receive(ack(4, true))
    expect(messages()).toBe(10) // waits until a batch of 5 fits
    receive(ack(5, false))
    wire.takeWrites()
    expect(messages()).toBe(15)
    expect(counts()).toMatchObject({ published: 15, confirmed: 5, nacked: 0 })
    publisher.stop()
  })

  it('counts nacks apart', () => {
    const { publisher, wire, receive, counts } = publishing({ window: 2, count: 2 })
    publisher.start()
    wire.takeWrites()
    receive(Buffer.concat([ack(1, false, method.basicNack), ack(2, false)]))
    expect(counts()).toMatchObject({ confirmed: 1, nacked: 1 })
  })

  it('stops while the broker says it is blocked', () => {
    const { publisher, wire, receive } = publishing()
    publisher.start()
    receive(methodFrame(method.connectionBlocked, '03 6c6f77'))
    const before = wire.writes.length
    wire.takeWrites()
    expect(wire.writes).toHaveLength(before)
    receive(methodFrame(method.connectionUnblocked, ''))
    expect(wire.writes.length).toBeGreaterThan(before)
    publisher.stop()
  })

  it('keeps to its rate', async () => {
    const { publisher, wire, messages } = publishing({ rate: 1000, count: 20 })
    const before = sharedNow()
    publisher.start()
    await eventually(() => {
      wire.takeWrites()
      expect(messages()).toBe(20)
    })
    expect(sharedNow() - before).toBeGreaterThanOrEqual(19)
  })

  it('publishes nothing after its stop', () => {
    const { publisher, wire } = publishing()
    publisher.start()
    publisher.stop()
    wire.takeWrites()
    expect(wire.writes).toHaveLength(4)
  })

  it('hands on methods that are not its own', () => {
    const { publisher, wire, receive } = publishing({ count: 1 })
    publisher.start()
    receive(methodFrame(method.channelClose, '0194 00 00000000'))
    expect(wire.methods).toEqual([method.channelClose])
  })
})
