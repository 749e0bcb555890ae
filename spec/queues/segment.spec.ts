import fc from 'fast-check'
import { Message, SHARED_RECORD_BYTES } from '../../src/message'
import { SEGMENT_ENTRIES_MAX, SEGMENT_SLAB_BYTES, Segment } from '../../src/queues/segment'
import { heldBytes, MIB } from '../support/held-bytes'
import {
  bodyOf,
  type MessageParts,
  messageOf,
  messageOfSize,
  messageWith,
  overwriteChunkOf,
  partsOf,
} from '../support/messages'

function viewOf(segment: Segment, index: number): Message {
  const view = new Message()
  segment.view(index, view)
  return view
}

/** Appends as many messages of a size as the segment takes. */
function fill(segment: Segment, recordBytes: number): number {
  const message = messageOfSize(recordBytes)
  let taken = 0
  while (segment.append(message)) taken++
  return taken
}

const anyParts: fc.Arbitrary<MessageParts> = fc.record({
  exchange: fc.string({ maxLength: 60 }),
  routingKey: fc.string({ maxLength: 60 }),
  properties: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  body: fc
    .tuple(
      fc.oneof(
        fc.nat(200),
        fc.nat(5000),
        fc.integer({ min: SHARED_RECORD_BYTES - 500, max: SHARED_RECORD_BYTES }),
      ),
      fc.nat(255),
    )
    .map(([size, octet]) => Buffer.alloc(size, octet)),
  persistent: fc.boolean(),
})

describe('a segment', () => {
  it('gives back what was copied in, whatever becomes of the memory it came in', () => {
    fc.assert(
      fc.property(fc.array(anyParts, { maxLength: 20 }), parts => {
        const segment = new Segment(0)
        const taken = parts.filter(part => {
          const message = messageOf(part)
          const isTaken = segment.append(message)
          overwriteChunkOf(message)
          return isTaken
        })
        const seen = taken.map((_, index) => partsOf(viewOf(segment, index)))
        expect(seen).toEqual(taken.map(part => partsOf(messageOf(part))))
      }),
    )
  })

  it('knows of each entry how long its body is and whether it is persistent', () => {
    const segment = new Segment(0)
    segment.append(messageWith('12345'))
    segment.append(messageWith('', { persistent: true }))
    expect([segment.bodyLength(0), segment.bodyLength(1)]).toEqual([5, 0])
    expect([segment.isPersistent(0), segment.isPersistent(1)]).toEqual([false, true])
  })

  it('knows all of its entries while it grows, and leaves earlier views alone', () => {
    const segment = new Segment(0)
    segment.append(messageWith('first'))
    const view = viewOf(segment, 0)
    for (let i = 1; i < 1000; i++) segment.append(messageWith(`${i}`))
    expect(bodyOf(view)).toBe('first')
    const bodies = Array.from({ length: 1000 }, (_, index) => bodyOf(viewOf(segment, index)))
    expect(bodies).toEqual(['first', ...Array.from({ length: 999 }, (_, i) => `${i + 1}`)])
  })

  it('takes 4096 entries, however small', () => {
    const segment = new Segment(1000)
    expect(fill(segment, 7)).toBe(SEGMENT_ENTRIES_MAX)
    expect([segment.count, segment.live, segment.end]).toEqual([4096, 4096, 5096])
  })

  it('takes 256 KiB of records, to the last byte', () => {
    expect(fill(new Segment(0), SEGMENT_SLAB_BYTES / 16)).toBe(16)
    expect(fill(new Segment(0), SEGMENT_SLAB_BYTES / 16 + 1)).toBe(15)
  })

  it('never holds more than 256 KiB, and little for little', () => {
    const segment = new Segment(0)
    segment.append(messageWith('a'))
    expect(segment.slabBytes).toBeLessThanOrEqual(2048)
    fill(segment, 1000)
    expect(segment.slabBytes).toBeLessThanOrEqual(SEGMENT_SLAB_BYTES)
  })

  it('is as it was when it has no room', () => {
    const segment = new Segment(0)
    fill(segment, 20_000)
    const { count, live } = segment
    expect(segment.append(messageOfSize(20_000))).toBe(false)
    expect([segment.count, segment.live]).toEqual([count, live])
  })

  it('begins with the memory it is told to', () => {
    const segment = new Segment(0, 100_000)
    segment.append(messageWith('a'))
    expect(segment.slabBytes).toBe(100_000)
  })
})

describe('the marks of an entry', () => {
  it('are its own, and leave its bytes alone', () => {
    const segment = new Segment(0)
    for (let i = 0; i < 3; i++) segment.append(messageWith(`${i}`, { persistent: i === 0 }))
    segment.markRedelivered(1)
    segment.settle(2)
    const marks = [0, 1, 2].map(i => [
      segment.isPersistent(i),
      segment.isRedelivered(i),
      segment.isSettled(i),
    ])
    expect(marks).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ])
    expect([0, 1, 2].map(i => bodyOf(viewOf(segment, i)))).toEqual(['0', '1', '2'])
  })

  it('count it as live until it is settled', () => {
    const segment = new Segment(0)
    for (let i = 0; i < 3; i++) segment.append(messageWith('a'))
    segment.settle(1)
    expect([segment.live, segment.count]).toEqual([2, 3])
  })
})

describe('a record of 32 KiB or more', () => {
  const large = (bytes = SHARED_RECORD_BYTES): Message => messageOfSize(bytes)

  it('is kept once, whichever segments hold it', () => {
    const [one, other] = [new Segment(0), new Segment(0)]
    const message = large()
    one.append(message)
    other.append(message)
    overwriteChunkOf(message)
    expect(viewOf(other, 0).bodyBytes).toBe(viewOf(one, 0).bodyBytes)
    expect(partsOf(viewOf(one, 0))).toEqual(partsOf(large()))
  })

  it('stays shared when a segment passes it on', () => {
    const [one, other] = [new Segment(0), new Segment(0)]
    one.append(large())
    other.append(viewOf(one, 0))
    expect(viewOf(other, 0).bodyBytes).toBe(viewOf(one, 0).bodyBytes)
  })

  it('is told apart from a smaller one, which each segment copies', () => {
    const [one, other] = [new Segment(0), new Segment(0)]
    const message = large(SHARED_RECORD_BYTES - 1)
    one.append(message)
    other.append(message)
    expect(viewOf(other, 0).bodyBytes).not.toBe(viewOf(one, 0).bodyBytes)
  })

  it('takes no room of smaller ones', () => {
    const segment = new Segment(0)
    for (let i = 0; i < 10; i++) expect(segment.append(large())).toBe(true)
    expect(segment.slabBytes).toBe(0)
    expect(fill(segment, SEGMENT_SLAB_BYTES / 16)).toBe(16)
  })

  it('is let go of when it is settled, though the segment stays', async () => {
    const before = await heldBytes()
    const segment = new Segment(0)
    for (let i = 0; i < 16; i++) segment.append(large(MIB / 16))
    for (let i = 1; i < 16; i++) segment.settle(i)
    expect((await heldBytes()) - before).toBeLessThan(MIB / 2)
    expect(segment.live).toBe(1)
  })

  it('ends the segment with others once they are a MiB together', () => {
    const segment = new Segment(0)
    for (let i = 0; i < 16; i++) expect(segment.append(large(MIB / 16))).toBe(true)
    expect(segment.append(large())).toBe(false)
    expect(segment.append(messageWith('small'))).toBe(false)
  })

  it('is not taken for the record of a smaller one that the same view looks at next', () => {
    const segment = new Segment(0)
    segment.append(large())
    segment.append(messageWith('small'))
    const view = viewOf(segment, 0)
    segment.view(1, view)
    expect(view.record).toBeUndefined()
    expect(bodyOf(view)).toBe('small')
  })
})

describe('a recycled segment', () => {
  it('has nothing in it and begins at its new position', () => {
    const segment = new Segment(0)
    for (let i = 0; i < 20; i++) segment.append(messageWith(`old ${i}`, { persistent: true }))
    segment.markRedelivered(0)
    for (let i = 0; i < 20; i++) segment.settle(i)
    segment.recycle(20)
    expect([segment.first, segment.end, segment.count, segment.live]).toEqual([20, 20, 0, 0])
    segment.append(messageWith('new'))
    expect(bodyOf(viewOf(segment, 0))).toBe('new')
    expect([segment.isPersistent(0), segment.isRedelivered(0), segment.isSettled(0)]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('has all of its room again', () => {
    const segment = new Segment(0)
    const room = fill(segment, 1000)
    segment.recycle(room)
    expect(fill(segment, 1000)).toBe(room)
  })
})
