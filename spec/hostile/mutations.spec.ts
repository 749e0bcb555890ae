/** A good conversation gone wrong: cut off, torn apart, damaged. In process, so that thousands of them take seconds. */
import fc from 'fast-check'
import { connectOn } from '../support/amqplib-on-stream'
import { Bystander } from '../support/bystander'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import { conversation } from './conversation'
import { removeWhatIsNobodys, type Standing, standingOf } from './standing'

jest.setTimeout(60_000)

const frames = conversation()
const whole = Buffer.concat(frames)

let broker: InProcessBroker
let bystander: Bystander
let before: Standing

beforeAll(async () => {
  broker = inProcessBroker()
  bystander = await broker.during(connectOn(broker.stream()).then(connection => Bystander.on(connection)))
  await broker.during(bystander.unharmed())
  before = standingOf(broker)
})

afterEach(async () => {
  expect(broker.log.at('error')).toEqual([])
  await broker.during(bystander.unharmed())
})

/** One client that says these chunks and then goes: its answers. */
function tell(chunks: readonly Buffer[], leave: 'reset' | 'end' = 'reset'): Buffer {
  const client = broker.connectBare()
  for (const chunk of chunks) client.say(chunk)
  const { received } = client
  if (leave === 'end') {
    client.transport.end()
    broker.settle()
    expect(client.isClosed).toBe(true)
  } else client.reset()
  return received
}

function expectNothingLeft(): void {
  // Damaged declarations may have made what belongs to no connection.
  removeWhatIsNobodys(broker, before)
  expect(standingOf(broker)).toEqual(before)
}

describe('a client that vanishes', () => {
  it.each(['reset', 'end'] as const)('after any byte, by %s, leaves nothing behind', leave => {
    for (let length = 0; length <= whole.length; length++) {
      tell([whole.subarray(0, length)], leave)
      expectNothingLeft()
    }
  })

  it('after any frame, with its answers unread, leaves nothing behind', () => {
    for (let count = 1; count <= frames.length; count++) {
      const client = broker.connectBare()
      client.transport.pause()
      client.say(Buffer.concat(frames.slice(0, count)))
      client.reset()
      expectNothingLeft()
    }
  })
})

describe('a conversation in pieces', () => {
  it('gets the same answers wherever it is cut in two', () => {
    const answers = tell([whole])
    for (let at = 1; at < whole.length; at++) {
      const torn = tell([whole.subarray(0, at), whole.subarray(at)])
      expect(withoutConfirms(torn)).toEqual(withoutConfirms(answers))
    }
    expectNothingLeft()
  })

  it('gets the same answers byte by byte', () => {
    const answers = tell(Array.from(whole, byte => Buffer.of(byte)))
    expect(withoutConfirms(answers)).toEqual(withoutConfirms(tell([whole])))
  })

  it('gets the same answers in any pieces', () => {
    const answers = withoutConfirms(tell([whole]))
    const cuts = fc.array(fc.nat(whole.length), { maxLength: 40 })
    fc.assert(
      fc.property(cuts, places => {
        const sorted = [0, ...places.sort((a, b) => a - b), whole.length]
        const pieces = sorted.slice(1).map((place, index) => whole.subarray(sorted[index], place))
        expect(withoutConfirms(tell(pieces))).toEqual(answers)
      }),
      { numRuns: 200 },
    )
    expectNothingLeft()
  })
})

describe('a conversation with one byte wrong', () => {
  it.each([0x01, 0x80])('(xor %i), whichever it is, harms nobody', bits => {
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= bits
      tell([damaged], at % 2 === 0 ? 'reset' : 'end')
      expectNothingLeft()
    }
  })

  it('of any value harms nobody', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const damaged = Buffer.from(whole)
        damaged[at] = value
        tell([damaged])
        expectNothingLeft()
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a conversation with frames', () => {
  it('left out, doubled or swapped harms nobody', () => {
    const order = fc.array(fc.nat(frames.length - 1), { minLength: 1, maxLength: frames.length })
    fc.assert(
      fc.property(order, indexes => {
        const opening = frames.slice(0, 6)
        tell([Buffer.concat([...opening, ...indexes.map(index => frames[index]!)])])
        expectNothingLeft()
      }),
      { numRuns: 1000 },
    )
  })

  it('damaged, cut and grown in many places harms nobody', () => {
    const edit = fc.record({
      at: fc.nat(whole.length),
      removed: fc.nat(8),
      added: fc.uint8Array({ maxLength: 8 }),
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), edits => {
        let damaged: Buffer = whole
        for (const { at, removed, added } of edits) {
          damaged = Buffer.concat([damaged.subarray(0, at), added, damaged.subarray(at + removed)])
        }
        tell([damaged])
        expectNothingLeft()
      }),
      { numRuns: 1000 },
    )
  })

  it('whose sizes are wrong harms nobody', () => {
    const sizes = [0, 1, 3, 4, 11, 4088, 4089, 131_064, 131_065, 0x7fffffff, 0x80000000, 0xffffffff]
    for (const index of frames.keys()) {
      if (index === 0) continue
      for (const size of sizes) {
        const damaged = frames.map(frame => Buffer.from(frame))
        damaged[index]!.writeUInt32BE(size, 3)
        tell([Buffer.concat(damaged)])
        expectNothingLeft()
      }
    }
  })
})

/** basic.ack to the publisher: how many go into one depends on the turns, and so on the pieces. */
function withoutConfirms(answers: Buffer): string[] {
  const kept: string[] = []
  for (let at = 0; at < answers.length; ) {
    const end = at + 8 + answers.readUInt32BE(at + 3)
    const isConfirm = answers[at] === 1 && answers.readUInt32BE(at + 7) === 0x003c0050
    if (!isConfirm) kept.push(answers.toString('hex', at, end))
    at = end
  }
  return kept
}
