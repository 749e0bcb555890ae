import fc from 'fast-check'
import { Operation } from '../../../src/store/sqlite/encoding'
import { QueueBatch } from '../../../src/store/sqlite/queue-batch'

const record = Buffer.alloc(300_000, 'b')

const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      bytes: fc.oneof(fc.nat(20), fc.constantFrom(64 * 1024, 256 * 1024 - 1, 256 * 1024, 300_000)),
      gap: fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.constantFrom(4094, 4095, 4096, 20_000) },
      ),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('settle' as const), at: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settleFrom' as const), at: fc.nat(1000) }) },
)

describe('the batch of a queue', () => {
  it('never needs more room than it asks for', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(50), (steps, head) => {
        const batch = new QueueBatch(1, { head, delivered: 0 })
        const live: number[] = []
        let tail = 30 // what is before it came in earlier batches
        for (const step of steps) {
          if (step.kind === 'append') {
            tail += step.gap
            live.push(tail)
            batch.append(tail++, record, 0, step.bytes, 0)
          } else if (step.kind === 'settle') {
            const earlier = step.at % 30
            const [position = earlier] = live.splice(step.at % (live.length + 1), 1)
            batch.settle(position)
          } else {
            const from = step.at % (tail + 1)
            batch.settleFrom(from)
            live.splice(0, live.length, ...live.filter(position => position < from))
          }
        }
        const room = Buffer.alloc(batch.byteLengthMax)
        expect(batch.write(room, 0)).toBeLessThanOrEqual(room.length)
      }),
    )
  })

  it('is one operation when the queue is removed, whatever happened before', () => {
    const batch = new QueueBatch(7, { head: 0, delivered: 0 })
    batch.append(0, record, 0, 100, 0)
    batch.settle(0)
    batch.remove()
    const room = Buffer.alloc(batch.byteLengthMax)
    expect(batch.write(room, 0)).toBe(room.length)
    expect([room.length, room.readUInt32LE(0), room.readUInt32LE(4)]).toEqual([8, Operation.remove, 7])
  })

  it('forgets what it wrote', () => {
    const batch = new QueueBatch(1, { head: 0, delivered: 0 })
    for (let position = 100; position < 300; position++) batch.append(position, record, 0, 10, 0)
    for (let position = 0; position < 100; position++) batch.settle(position)
    batch.settleFrom(200)
    const first = batch.byteLengthMax
    batch.write(Buffer.alloc(first), 0)
    const second = Buffer.alloc(batch.byteLengthMax)
    expect(second.length).toBeLessThan(first / 10)
    const written = batch.write(second, 0)
    expect(second.readUInt32LE(0)).toBe(Operation.marks)
    expect(written).toBe(24)
  })
})
