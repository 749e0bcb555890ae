import fc from 'fast-check'
import { FrameError } from '../../src/amqp/errors'
import { FrameParser } from '../../src/amqp/frame-parser'
import { FRAME_MIN_SIZE, FrameType } from '../../src/amqp/framing'
import { byteByByte, cutAt, FrameRecorder, frame, frameHeader, type SeenFrame } from '../support/frames'
import { heldBytes, MIB } from '../support/held-bytes'

const FRAME_MAX = FRAME_MIN_SIZE

const KINDS = {
  [FrameType.method]: 'method',
  [FrameType.header]: 'header',
  [FrameType.body]: 'body',
  [FrameType.heartbeat]: 'heartbeatFrame',
} as const

interface SomeFrame {
  readonly type: keyof typeof KINDS
  readonly channel: number
  readonly payload: Buffer
}

function encode(frames: readonly SomeFrame[]): Buffer {
  return Buffer.concat(frames.map(({ type, channel, payload }) => frame(type, channel, payload)))
}

/** What a handler must see of frames, however they come. */
function expected(frames: readonly SomeFrame[]): SeenFrame[] {
  return frames.map(({ type, channel, payload }) => ({
    kind: KINDS[type],
    channel,
    payload: payload.toString('hex'),
  }))
}

function parse(chunks: readonly Buffer[], frameMax = FRAME_MAX): FrameRecorder {
  const recorder = new FrameRecorder()
  const parser = new FrameParser(recorder, frameMax)
  for (const chunk of chunks) parser.push(chunk)
  return recorder
}

/** Two publishes with a heartbeat in between, the second one empty; then the largest channel and every octet. */
const conversation: SomeFrame[] = [
  { type: 1, channel: 1, payload: Buffer.from('003c00280000000371ce650000', 'hex') },
  { type: 2, channel: 1, payload: Buffer.from('003c0000000000000000000510000201', 'hex') },
  { type: 3, channel: 1, payload: Buffer.from('hello') },
  { type: 8, channel: 0, payload: Buffer.alloc(0) },
  { type: 1, channel: 258, payload: Buffer.from('003c002800000000ce00', 'hex') },
  { type: 2, channel: 258, payload: Buffer.from('003c000000000000000000000000', 'hex') },
  { type: 3, channel: 0xffff, payload: Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)) },
  { type: 3, channel: 1, payload: Buffer.of(0xce) },
]

/** The smallest payload of a method (class-id and method-id), and of a content header (up to its body size). */
const METHOD_MIN = 4
const HEADER_MIN = 12

const anyFrame: fc.Arbitrary<SomeFrame> = fc.oneof(
  frameOf(1, METHOD_MIN),
  frameOf(2, HEADER_MIN),
  frameOf(3, 0),
  fc.constant({ type: 8 as const, channel: 0, payload: Buffer.alloc(0) }),
)

function frameOf(type: SomeFrame['type'], min: number): fc.Arbitrary<SomeFrame> {
  const size = fc.oneof(
    fc.integer({ min, max: min + 20 }),
    fc.integer({ min, max: 400 }),
    fc.integer({ min: FRAME_MAX - 10, max: FRAME_MAX }),
  )
  return fc.tuple(fc.nat(0xffff), size, fc.nat(255)).map(([channel, length, seed]) => {
    return { type, channel, payload: Buffer.from(Array.from({ length }, (_, i) => seed + i * 7)) }
  })
}

const anyConversation = fc.array(anyFrame, { minLength: 1, maxLength: 12 })

/** Places as shares of the whole, so that shrinking a conversation keeps them meaningful. Doubles would lie close to 0. */
const anyCuts = fc.array(
  fc.nat(10_000).map(share => share / 10_000),
  { maxLength: 12 },
)

function cutInto(frames: readonly SomeFrame[], cuts: readonly number[]): Buffer[] {
  const bytes = encode(frames)
  return cutAt(
    bytes,
    cuts.map(share => Math.round(share * bytes.length)),
  )
}

describe('the frames of a conversation', () => {
  it('are handed on as they are in one chunk', () => {
    expect(parse([encode(conversation)]).seen).toEqual(expected(conversation))
  })

  it('are the same wherever one cut is made', () => {
    const bytes = encode(conversation)
    for (let at = 0; at <= bytes.length; at++) {
      expect({ at, seen: parse(cutAt(bytes, [at])).seen }).toEqual({ at, seen: expected(conversation) })
    }
  })

  it('are the same byte by byte', () => {
    expect(parse(byteByByte(encode(conversation))).seen).toEqual(expected(conversation))
  })

  it('are the same, and stay what they were, whatever is said and wherever it is cut', () => {
    fc.assert(
      fc.property(anyConversation, anyCuts, (frames, cuts) => {
        const recorder = parse(cutInto(frames, cuts))
        expect(recorder.seen).toEqual(expected(frames))
        expect(recorder.overwritten).toEqual([])
      }),
    )
  })

  it('are each handed on with its last byte, not before', () => {
    const recorder = new FrameRecorder()
    const parser = new FrameParser(recorder, FRAME_MAX)
    let complete = 0
    for (const [index, { type, channel, payload }] of conversation.entries()) {
      for (const byte of frame(type, channel, payload)) {
        expect(recorder.seen).toHaveLength(index)
        parser.push(Buffer.of(byte))
      }
      expect(recorder.seen).toHaveLength(++complete)
    }
  })
})

describe('the memory of frames', () => {
  it('is the chunk itself where they lie whole in it', () => {
    const chunk = encode(conversation)
    for (const source of parse([chunk]).sources) expect(source).toBe(chunk)
  })

  it('is copied only for the one frame that a cut goes through', () => {
    const bytes = encode(conversation)
    const chunks = cutAt(bytes, [bytes.indexOf('hello') + 2])
    const { sources } = parse(chunks)
    expect(sources.map(source => chunks.indexOf(source))).toEqual([0, 0, -1, 1, 1, 1, 1, 1])
  })

  it('grows with what has come of a frame, not with what its header promises', async () => {
    const size = 64 * MIB
    const parser = new FrameParser(new FrameRecorder(), size)
    const before = await heldBytes()
    parser.push(frameHeader(FrameType.body, 1, size))
    expect((await heldBytes()) - before).toBeLessThan(MIB)
    for (let i = 0; i < 64; i++) parser.push(Buffer.alloc(MIB / 16))
    expect((await heldBytes()) - before).toBeLessThan(9 * MIB)
    parser.push(Buffer.alloc(1)) // and it is still held
  })

  it('is not that of a chunk that has been read', async () => {
    const recorder = new FrameRecorder()
    const parser = new FrameParser(recorder, 16 * MIB)
    const before = await heldBytes()
    parser.push(frame(3, 1, Buffer.alloc(8 * MIB)))
    recorder.forget()
    expect((await heldBytes()) - before).toBeLessThan(MIB)
    parser.push(Buffer.of(8)) // it is still there
  })

  it('is got in few steps when a frame comes in many pieces', () => {
    const spies = (['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const).map(name => jest.spyOn(Buffer, name))
    const recorder = new FrameRecorder()
    const parser = new FrameParser(recorder, 131_072)
    const piece = Buffer.from('0123456789')
    parser.push(frameHeader(FrameType.body, 1, 100_000))
    for (let i = 0; i < 10_000; i++) parser.push(piece)
    parser.push(Buffer.of(0xce))
    const steps = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
    for (const spy of spies) spy.mockRestore()
    expect(recorder.seen).toHaveLength(1)
    expect(steps).toBeLessThan(20)
  })
})

/** What is thrown for bytes in these chunks, if anything is. */
function failure(chunks: readonly Buffer[], frameMax = FRAME_MAX): string | undefined {
  try {
    parse(chunks, frameMax)
  } catch (error) {
    if (error instanceof FrameError) return error.replyText
    throw error
  }
  return undefined
}

function expectFailureHoweverCut(bytes: Buffer, text: string): void {
  expect(failure(byteByByte(bytes))).toBe(text)
  for (let at = 0; at <= bytes.length; at++) {
    expect({ at, failure: failure(cutAt(bytes, [at])) }).toEqual({ at, failure: text })
  }
}

describe('a frame larger than frame_max', () => {
  it('is let through with a payload of exactly frame_max, as RabbitMQ does', () => {
    const frames: SomeFrame[] = [{ type: 3, channel: 1, payload: Buffer.alloc(FRAME_MAX, 'b') }]
    for (const cuts of [[], [0.0005], [0.5]])
      expect(parse(cutInto(frames, cuts)).seen).toEqual(expected(frames))
  })

  it('is refused with one byte more, in the words of RabbitMQ', () => {
    const text = 'FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,4097,4088}'
    expectFailureHoweverCut(frameHeader(3, 1, FRAME_MAX + 1), text)
    expectFailureHoweverCut(frame(3, 1, Buffer.alloc(FRAME_MAX + 1, 'b')).subarray(0, 100), text)
  })

  it('is refused when its size is the largest there is', () => {
    const text = 'FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,4294967295,131064}'
    expect(failure([frameHeader(1, 0, 0xffffffff)], 131_072)).toBe(text)
  })

  it('is measured by the frame_max that holds when it comes', () => {
    const recorder = new FrameRecorder()
    const parser = new FrameParser(recorder, FRAME_MAX)
    parser.frameMax = 2 * FRAME_MAX
    parser.push(frame(3, 1, Buffer.alloc(2 * FRAME_MAX)))
    expect(recorder.seen).toHaveLength(1)
    expect(() => parser.push(frameHeader(3, 1, 2 * FRAME_MAX + 1))).toThrow('{frame_too_large,8193,8184}')
  })
})

describe('a frame that does not end in 0xCE', () => {
  it.each([
    ['', 'all octets = <<>>'],
    ['abc', 'all octets = <<"abc">>'],
    ['0123456789abcdef', 'all octets = <<"0123456789abcdef">>'],
    ['0123456789abcdefg', 'first 16 octets = <<"0123456789abcdef">>'],
    ['\0\x01\x02', 'all octets = <<0,1,2>>'],
  ])('is refused, and its payload %j is shown as Erlang would', (payload, shown) => {
    const text = `FRAME_ERROR - type 8, ${shown}: {invalid_frame_end_marker,205}`
    expectFailureHoweverCut(frame(8, 0, payload, 0xcd), text)
  })

  it.each([1, 2, 3, 8])('is refused when its type is %i', type => {
    const text = `FRAME_ERROR - type ${type}, all octets = <<0,1>>: {invalid_frame_end_marker,0}`
    expectFailureHoweverCut(frame(type, 1, Buffer.of(0, 1), 0), text)
  })
})

describe('a frame of unknown type', () => {
  it.each([0, 4, 7, 9, 255])('%i is refused', type => {
    const text = `FRAME_ERROR - type ${type}, all octets = <<"abc">>: unknown_frame`
    expectFailureHoweverCut(frame(type, 1, 'abc'), text)
  })

  it('is refused for its end, when that is wrong too', () => {
    const text = 'FRAME_ERROR - type 4, all octets = <<"abc">>: {invalid_frame_end_marker,1}'
    expectFailureHoweverCut(frame(4, 1, 'abc', 1), text)
  })
})

describe('a frame whose payload cannot be of its type', () => {
  it.each([
    ['a method', 1, METHOD_MIN - 1, 'all octets = <<0,0,0>>'],
    ['a content header', 2, HEADER_MIN - 1, 'all octets = <<0,0,0,0,0,0,0,0,0,0,0>>'],
    ['a heartbeat', 8, 1, 'all octets = <<0>>'],
  ])('is unknown: %s', (_, type, size, shown) => {
    const text = `FRAME_ERROR - type ${type}, ${shown}: unknown_frame`
    expectFailureHoweverCut(frame(type, 0, Buffer.alloc(size)), text)
  })

  it.each([
    ['a method', 1, METHOD_MIN],
    ['a content header', 2, HEADER_MIN],
    ['a body', 3, 0],
    ['a heartbeat', 8, 0],
  ] as const)('is let through at its smallest: %s', (_, type, size) => {
    const frames: SomeFrame[] = [{ type, channel: 0, payload: Buffer.alloc(size) }]
    expect(parse([encode(frames)]).seen).toEqual(expected(frames))
  })
})

describe('a broken frame', () => {
  it('takes nothing from those before it', () => {
    for (const broken of [frame(4, 1, 'abc'), frame(3, 1, 'abc', 0), frameHeader(3, 1, FRAME_MAX + 1)]) {
      const recorder = new FrameRecorder()
      const chunk = Buffer.concat([encode(conversation), broken])
      expect(() => new FrameParser(recorder, FRAME_MAX).push(chunk)).toThrow(FrameError)
      expect(recorder.seen).toEqual(expected(conversation))
    }
  })
})

/** Feeds chunks as a connection does: never while input waits, and on from each pause. */
function parseWithPauses(chunks: readonly Buffer[], isPausing: (index: number) => boolean): FrameRecorder {
  const recorder = new FrameRecorder()
  const parser = new FrameParser(recorder, FRAME_MAX)
  recorder.onFrame = index => {
    if (isPausing(index)) parser.paused = true
  }
  for (const chunk of chunks) {
    parser.push(chunk)
    while (parser.paused) {
      const before = recorder.seen.length
      expect(isPausing(before - 1)).toBe(true)
      parser.resume()
    }
    expect(parser.hasInput).toBe(false)
  }
  return recorder
}

describe('a paused parser', () => {
  it('hands on nothing until it is resumed', () => {
    const recorder = new FrameRecorder()
    const parser = new FrameParser(recorder, FRAME_MAX)
    recorder.onFrame = index => {
      parser.paused = index === 2
    }
    parser.push(encode(conversation))
    expect(recorder.seen).toEqual(expected(conversation).slice(0, 3))
    expect(parser.hasInput).toBe(true)
    parser.resume()
    expect(recorder.seen).toEqual(expected(conversation))
    expect(parser.hasInput).toBe(false)
  })

  it('takes one more chunk and leaves it as it is', () => {
    const recorder = new FrameRecorder()
    const parser = new FrameParser(recorder, FRAME_MAX)
    const [first, second] = cutAt(encode(conversation), [60]) as [Buffer, Buffer]
    parser.push(first)
    const before = recorder.seen.length
    parser.paused = true
    parser.push(second)
    expect(recorder.seen).toHaveLength(before)
    expect(parser.hasInput).toBe(true)
    parser.resume()
    expect(recorder.seen).toEqual(expected(conversation))
  })

  it('has no input left when the frame that paused it was the last', () => {
    const recorder = new FrameRecorder()
    const parser = new FrameParser(recorder, FRAME_MAX)
    recorder.onFrame = index => {
      parser.paused = index === conversation.length - 1
    }
    parser.push(encode(conversation))
    expect(parser.hasInput).toBe(false)
    parser.resume()
    parser.push(encode(conversation))
    expect(recorder.seen).toEqual(expected([...conversation, ...conversation]))
  })

  it('goes on where it was, whatever the cuts and whichever frames paused it', () => {
    fc.assert(
      fc.property(anyConversation, anyCuts, fc.array(fc.boolean()), (frames, cuts, pauses) => {
        const recorder = parseWithPauses(cutInto(frames, cuts), index => pauses[index] ?? false)
        expect(recorder.seen).toEqual(expected(frames))
        expect(recorder.overwritten).toEqual([])
      }),
    )
  })

  it('goes on where it was when each frame pauses it and each byte comes alone', () => {
    expect(parseWithPauses(byteByByte(encode(conversation)), () => true).seen).toEqual(expected(conversation))
  })
})
