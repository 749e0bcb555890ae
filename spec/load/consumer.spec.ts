import { Consumer } from '../../src/load/consumer'
import { FrameScanner } from '../../src/load/frame-scanner'
import { frameType, method } from '../../src/load/frames'
import { HISTOGRAM_BYTES, Histogram, percentiles } from '../../src/load/histogram'
import { Score, scoreboardMemory, totals } from '../../src/load/scoreboard'
import { sharedNow } from '../../src/load/shared-clock'
import { FakeWire, methodFrame, rawFrame } from './wire'

function consuming(ackEvery = 0) {
  const wire = new FakeWire()
  const scores = scoreboardMemory(1)
  const histogram = new ArrayBuffer(HISTOGRAM_BYTES)
  const scanner = new FrameScanner(
    new Consumer(wire, ackEvery, new Score(scores, 0), new Histogram(histogram)),
  )
  return {
    wire,
    receive: (...frames: Buffer[]) => {
      const bytes = Buffer.concat(frames)
      scanner.push(bytes, bytes.length)
    },
    consumed: () => totals(scores).consumed,
    latency: () => percentiles([histogram]),
    acks: () => Buffer.concat(wire.writes).toString('hex').match(/.{42}/g) ?? [],
  }
}

function delivery(tag: number, ...bodies: Buffer[]): Buffer {
  const size = bodies.reduce((sum, body) => sum + body.length, 0)
  const header = Buffer.from(`003c0000${size.toString(16).padStart(16, '0')}0000`, 'hex')
  return Buffer.concat([
    methodFrame(method.basicDeliver, `03 746167 ${tag.toString(16).padStart(16, '0')} 00 00 01 71`),
    rawFrame(frameType.header, header),
    ...bodies.map(body => rawFrame(frameType.body, body)),
  ])
}

function body(stamp: number, size = 16): Buffer {
  const bytes = Buffer.alloc(size, 'x')
  bytes.writeDoubleLE(stamp)
  return bytes
}

describe('a load consumer', () => {
  it('counts deliveries with one body frame, several, and none', () => {
    const { receive, consumed } = consuming()
    receive(delivery(1, body(0)), delivery(2, body(0), body(0), Buffer.from('x')), delivery(3))
    expect(consumed()).toBe(3)
  })

  it('counts a delivery with its last byte only', () => {
    const { receive, consumed } = consuming()
    const bytes = delivery(1, body(0), body(0))
    receive(bytes.subarray(0, -1))
    expect(consumed()).toBe(0)
    receive(bytes.subarray(-1))
    expect(consumed()).toBe(1)
  })

  it('measures from the time in the body, where there is one', () => {
    const { receive, latency } = consuming()
    receive(delivery(1, body(0)), delivery(2, Buffer.from('short')), delivery(3))
    expect(latency()).toBeUndefined()
    receive(delivery(4, body(sharedNow() - 5), body(1)))
    expect(latency()?.p50).toBeGreaterThanOrEqual(5000)
    expect(latency()?.max).toBeLessThan(1_000_000) // the second frame is no new body
  })

  it('acknowledges nothing without being asked to', () => {
    const { wire, receive } = consuming()
    receive(delivery(1, body(0)))
    expect(wire.writes).toEqual([])
  })

  it('acknowledges each message, those of one read in one write', () => {
    const { wire, receive, acks } = consuming(1)
    receive(delivery(1, body(0)), delivery(2, body(0)))
    expect(wire.writes).toHaveLength(1)
    expect(acks()).toEqual([
      expect.stringMatching(/003c0050000000000000000100ce$/),
      expect.stringMatching(/003c0050000000000000000200ce$/),
    ])
  })

  it('acknowledges every third message with all before it, across reads', () => {
    const { receive, acks } = consuming(3)
    receive(delivery(1, body(0)), delivery(2, body(0)))
    receive(delivery(3, body(0)), delivery(4, body(0)))
    expect(acks()).toEqual([expect.stringMatching(/000000000000000301ce$/)])
  })

  it('acknowledges more messages of one read than fit its first buffer', () => {
    const { receive, acks } = consuming(1)
    receive(...Array.from({ length: 1000 }, (_, index) => delivery(index + 1)))
    expect(acks()).toHaveLength(1000)
  })

  it('hands on methods that are not its own', () => {
    const { wire, receive } = consuming()
    receive(methodFrame(method.connectionClose, '0140 00 00000000'))
    expect(wire.methods).toEqual([method.connectionClose])
  })
})
