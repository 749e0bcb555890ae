/** Peers that do not speak AMQP, or only its letters: noise, noise in frames, noise in arguments. */
import fc from 'fast-check'
import { encodeFrame, encodeMethod } from '../../conformance/support/codec'
import { connectOn } from '../support/amqplib-on-stream'
import { Bystander } from '../support/bystander'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import { handshake, protocolHeader } from '../support/in-process-clients'
import { removeWhatIsNobodys, type Standing, standingOf } from './standing'

jest.setTimeout(60_000)

let broker: InProcessBroker
let bystander: Bystander
let before: Standing

beforeAll(async () => {
  // The clock leaps while the bystander's acknowledgements are on their way.
  broker = inProcessBroker({ consumerTimeout: 0 })
  bystander = await broker.during(connectOn(broker.stream()).then(connection => Bystander.on(connection)))
  await broker.during(bystander.unharmed())
  before = standingOf(broker)
})

afterEach(async () => {
  expect(broker.log.at('error')).toEqual([])
  await broker.during(bystander.unharmed())
})

const noise = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ minLength: 5000, maxLength: 20_000, size: 'max' }),
)

const openChannels = Buffer.concat([1, 2, 3].map(number => encodeMethod(number, 'channel.open', {})))

/** What the broker hears, from one connection that is gone afterwards. */
function hear(...chunks: Uint8Array[]): void {
  const client = broker.connectBare()
  for (const chunk of chunks) client.say(chunk)
  expectFrames(client.received)
  // Whoever was told to close and does not answer is dropped in time, whatever it said.
  broker.clock.advance(31_000)
  broker.settle()
  client.reset()
  removeWhatIsNobodys(broker, before)
  expect(standingOf(broker)).toEqual(before)
}

/** Whatever it hears, the broker answers in whole frames, or with a protocol header. */
function expectFrames(bytes: Buffer): void {
  let at = 0
  while (at < bytes.length && !bytes.subarray(at).equals(protocolHeader)) {
    const end = at + 7 + bytes.readUInt32BE(at + 3)
    expect(bytes[end]).toBe(0xce)
    at = end + 1
  }
}

describe('noise', () => {
  it('instead of a handshake harms nobody', () => {
    fc.assert(
      fc.property(noise, bytes => hear(bytes)),
      { numRuns: 300 },
    )
  })

  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['AMQP 1.0', 'AMQP\x00\x01\x00\x00'],
    ['AMQP 1.0 with SASL', 'AMQP\x03\x01\x00\x00'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['/dev/zero', '\x00'.repeat(100_000)],
  ])('of %s harms nobody', (_, text) => hear(Buffer.from(text, 'latin1')))

  it('behind the protocol header harms nobody', () => {
    fc.assert(
      fc.property(noise, bytes => hear(protocolHeader, bytes)),
      { numRuns: 300 },
    )
  })

  it('on an open connection harms nobody', () => {
    fc.assert(
      fc.property(noise, bytes => hear(handshake(), openChannels, bytes)),
      { numRuns: 300 },
    )
  })
})

describe('noise in frames', () => {
  const frame = fc
    .record({
      type: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(1, 2, 3, 8) },
        { weight: 1, arbitrary: fc.nat(255) },
      ),
      channel: fc.oneof({ weight: 9, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(0xffff) }),
      payload: fc.uint8Array({ maxLength: 60 }),
    })
    .map(({ type, channel, payload }) => encodeFrame(type, channel, Buffer.from(payload)))

  it.each([
    ['before the connection is open', protocolHeader],
    ['on an open connection', Buffer.concat([handshake(), openChannels])],
  ])('%s harms nobody', (_, opening) => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 10 }), frames => hear(opening, ...frames)),
      { numRuns: 500 },
    )
  })
})

describe('noise in methods', () => {
  const classes = [10, 20, 30, 40, 50, 60, 85, 90]
  const known = classes.flatMap(classId =>
    [10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61, 70, 71, 72, 80, 90, 100, 110, 111, 120].map(methodId =>
      Buffer.from([0, classId, 0, methodId]),
    ),
  )
  const ids = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }) },
  )
  // Short strings and tables of plausible lengths are likelier to get past the first field.
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.constantFrom(...['', 'queue of noise', 'amq.topic', 'fanout', 'tag'].map(shortString)),
    fc.constantFrom(Buffer.from([0, 0]), Buffer.from([0, 0, 0, 0]), Buffer.from([0]), Buffer.alloc(8)),
  )
  const args = fc.array(piece, { maxLength: 6 }).map(pieces => Buffer.concat(pieces))
  const method = fc
    .tuple(fc.constantFrom(0, 1, 1, 1, 2), ids, args)
    .map(([channel, id, bytes]) => encodeFrame(1, channel, Buffer.concat([id, bytes])))

  it.each([
    ['before the connection is open', protocolHeader],
    ['on an open connection', Buffer.concat([handshake(), openChannels])],
  ])('%s harms nobody', (_, opening) => {
    fc.assert(
      fc.property(fc.array(method, { minLength: 1, maxLength: 6 }), methods => hear(opening, ...methods)),
      { numRuns: 1000 },
    )
  })

  it('that exists, with its arguments cut off anywhere, harms nobody', () => {
    const fields = { queue: 'q', exchange: 'x', type: 'topic', arguments: { a: { b: [1, 'c'] } } }
    for (const name of [
      'queue.declare',
      'exchange.declare',
      'queue.bind',
      'basic.consume',
      'basic.publish',
    ] as const) {
      const payload = encodeMethod(1, name, fields).subarray(7, -1)
      for (let length = 0; length < payload.length; length++) {
        hear(handshake(), openChannels, encodeFrame(1, 1, payload.subarray(0, length)))
      }
    }
  })

  it('of every class and method there could be harms nobody', () => {
    for (let classId = 0; classId <= 100; classId += 5) {
      for (let methodId = 0; methodId <= 130; methodId++) {
        const id = encodeFrame(1, methodId % 2, Buffer.from([0, classId, 0, methodId]))
        hear(handshake(), openChannels, id)
      }
    }
  })
})

function shortString(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text)])
}
