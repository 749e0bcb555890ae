import fc from 'fast-check'
import type { Content } from '../../src/amqp/content'
import { FrameParser } from '../../src/amqp/frame-parser'
import { type ChunkSink, FrameWriter, PASS_ON_BYTES } from '../../src/amqp/frame-writer'
import { FRAME_OVERHEAD } from '../../src/amqp/framing'
import {
  BasicAck,
  BasicDeliver,
  BasicGetOk,
  BasicNack,
  MethodId,
  QueueDeclareOk,
} from '../../src/amqp/methods'
import { Reader } from '../../src/amqp/reader'
import { FrameRecorder, type SeenFrame } from '../support/frames'
import { messageOf } from '../support/messages'
import { shortString } from './arbitraries'

/** Keeps what it is given by reference: whatever is written to it later is written in what was sent. */
class CollectingSink implements ChunkSink {
  readonly sent: Buffer[] = []
  readonly passedOn: Buffer[] = []
  readonly rooms: number[] = []

  /** Chunks are no larger than what is asked for or this. */
  constructor(private readonly chunkBytes = 0) {}

  nextChunk(bytes: Buffer, used: number, room: number): Buffer {
    this.sent.push(bytes.subarray(0, used))
    this.rooms.push(room)
    return Buffer.alloc(Math.max(room, this.chunkBytes), 0xaa)
  }

  passOn(bytes: Buffer): void {
    this.sent.push(bytes)
    this.passedOn.push(bytes)
  }
}

interface Written {
  readonly sink: CollectingSink
  readonly bytes: Buffer
  readonly frames: readonly SeenFrame[]
}

function written(write: (writer: FrameWriter) => void, frameMax = 131_072, chunkBytes = 0): Written {
  const sink = new CollectingSink(chunkBytes)
  const writer = new FrameWriter(sink)
  writer.frameMax = frameMax
  write(writer)
  sink.nextChunk(writer.bytes, writer.offset, 0)
  const bytes = Buffer.concat(sink.sent)
  return { sink, bytes, frames: framesIn(bytes) }
}

function framesIn(bytes: Buffer): readonly SeenFrame[] {
  const recorder = new FrameRecorder()
  const parser = new FrameParser(recorder, 0x7fffffff)
  parser.push(Buffer.from(bytes))
  parser.push(Buffer.from('0800000000', 'hex')) // what is left over would swallow the beginning of a heartbeat
  parser.push(Buffer.from('0000ce', 'hex'))
  expect(recorder.seen.pop()).toEqual({ kind: 'heartbeatFrame', channel: 0, payload: '' })
  return recorder.seen
}

interface Delivery {
  readonly channel: number
  readonly consumerTag: string
  readonly deliveryTag: number
  readonly redelivered: boolean
  readonly exchange: string
  readonly routingKey: string
  readonly properties: Buffer
  readonly bodyBytes: number
}

const plainDelivery: Delivery = {
  channel: 1,
  consumerTag: 'tag',
  deliveryTag: 1,
  redelivered: false,
  exchange: '',
  routingKey: 'key',
  properties: Buffer.from('0000', 'hex'),
  bodyBytes: 0,
}

/** A body whose octets tell where in it they are. */
function bodyOfSize(size: number): Buffer {
  const body = Buffer.allocUnsafe(size)
  for (let i = 0; i < size; i++) body[i] = i ^ (i >>> 8) ^ (i >>> 16)
  return body
}

function contentOf(delivery: Delivery): Content {
  return messageOf({ ...delivery, body: bodyOfSize(delivery.bodyBytes) })
}

function deliver(writer: FrameWriter, delivery: Delivery): void {
  const { channel, consumerTag, deliveryTag, redelivered } = delivery
  const tag = Buffer.from(consumerTag)
  writer.deliver(
    channel,
    Buffer.concat([Buffer.of(tag.length), tag]),
    deliveryTag,
    redelivered,
    contentOf(delivery),
  )
}

/** The frames that the specification asks for. */
function framesOf(delivery: Delivery, frameMax: number): unknown[] {
  const { channel, consumerTag, deliveryTag, redelivered, exchange, routingKey } = delivery
  const method = new BasicDeliver(consumerTag, deliveryTag, redelivered, exchange, routingKey)
  return [{ kind: 'method', channel, method }, ...contentFramesOf(delivery, frameMax)]
}

function contentFramesOf({ channel, properties, bodyBytes }: Delivery, frameMax: number): unknown[] {
  const header = Buffer.alloc(12)
  header.writeUInt16BE(60, 0)
  header.writeBigUInt64BE(BigInt(bodyBytes), 4)
  const headerFrame = {
    kind: 'header',
    channel,
    payload: Buffer.concat([header, properties]).toString('hex'),
  }
  const body = bodyOfSize(bodyBytes)
  const pieceMax = frameMax - FRAME_OVERHEAD
  const pieces = Array.from({ length: Math.ceil(bodyBytes / pieceMax) }, (_, i) =>
    body.subarray(i * pieceMax, (i + 1) * pieceMax),
  )
  return [headerFrame, ...pieces.map(piece => ({ kind: 'body', channel, payload: piece.toString('hex') }))]
}

/** The frames with deliveries read, as `framesOf` has them. */
function withDeliveriesRead(frames: readonly SeenFrame[]): unknown[] {
  return frames.map(({ kind, channel, payload }) => {
    if (kind !== 'method') return { kind, channel, payload }
    const reader = new Reader(Buffer.from(payload, 'hex'))
    expect(reader.long()).toBe(MethodId.basicDeliver)
    const method = BasicDeliver.read(reader)
    expect(reader.remaining).toBe(0)
    return { kind, channel, method }
  })
}

function bodySizes({ frames }: Written): number[] {
  return frames.filter(({ kind }) => kind === 'body').map(({ payload }) => payload.length / 2)
}

const anyFrameMax = fc.constantFrom(4096, 8192, PASS_ON_BYTES, PASS_ON_BYTES + FRAME_OVERHEAD, 131_072)

function anyDelivery(frameMax: number): fc.Arbitrary<Delivery> {
  const near = fc.integer({ min: -9, max: 9 })
  const bodyBytes = fc.oneof(
    { weight: 4, arbitrary: fc.nat(300) },
    fc
      .tuple(fc.constantFrom(1, 1, 2, 3), near)
      .map(([frames, more]) => frames * (frameMax - FRAME_OVERHEAD) + more),
    near.map(more => PASS_ON_BYTES + more),
  )
  return fc.record({
    channel: fc.integer({ min: 1, max: 0xffff }),
    consumerTag: shortString,
    deliveryTag: fc.oneof(
      fc.integer({ min: 1, max: 1000 }),
      fc.maxSafeNat(),
      near.map(more => 2 ** 32 + more),
    ),
    redelivered: fc.boolean(),
    exchange: shortString,
    routingKey: shortString,
    properties: fc.oneof(fc.nat(40), fc.nat(5000)).map(size => Buffer.alloc(size + 2, 'p')),
    bodyBytes,
  })
}

describe('deliveries', () => {
  it('are read back as they were written, whatever they are and wherever their chunks end', () => {
    const anyDeliveries = anyFrameMax.chain(frameMax =>
      fc.tuple(fc.constant(frameMax), fc.nat(4096), fc.array(anyDelivery(frameMax), { maxLength: 5 })),
    )
    fc.assert(
      fc.property(anyDeliveries, ([frameMax, chunkBytes, deliveries]) => {
        const write = (writer: FrameWriter) => {
          for (const delivery of deliveries) deliver(writer, delivery)
        }
        const { frames } = written(write, frameMax, chunkBytes)
        const wanted = deliveries.flatMap(delivery => framesOf(delivery, frameMax))
        expect(withDeliveriesRead(frames)).toEqual(wanted)
      }),
    )
  })

  it('go on in a chunk that has room for all of them', () => {
    const { sink } = written(
      writer => {
        for (let i = 0; i < 10; i++) deliver(writer, { ...plainDelivery, bodyBytes: 100 })
      },
      131_072,
      4096,
    )
    expect(sink.sent.map(({ length }) => length)).toEqual([0, 10 * 160])
  })

  it('have the properties in one frame even when they are larger than frame_max, as there is no other way', () => {
    const properties = Buffer.alloc(10_000, 'p')
    const { frames } = written(writer => deliver(writer, { ...plainDelivery, properties }), 4096)
    expect(frames.map(({ payload }) => payload.length / 2)).toEqual([22, 10_012])
  })
})

describe('a body', () => {
  const deliverBody = (bodyBytes: number, frameMax: number): Written =>
    written(writer => deliver(writer, { ...plainDelivery, bodyBytes }), frameMax)

  // rabbitmq-client counts frames: it expects exactly these and no others.
  it.each([
    [0, []],
    [1, [1]],
    [4087, [4087]],
    [4088, [4088]],
    [4089, [4088, 1]],
    [8176, [4088, 4088]],
    [8177, [4088, 4088, 1]],
    [100_000, [...Array(24).fill(4088), 1888]],
  ])('of %i octets fills its frames of 4096 to the last but one', (bodyBytes, sizes) => {
    expect(bodySizes(deliverBody(bodyBytes, 4096))).toEqual(sizes)
  })

  it.each([
    [131_064, [131_064]],
    [131_065, [131_064, 1]],
    [262_128, [131_064, 131_064]],
    [300_000, [131_064, 131_064, 37_872]],
  ])('of %i octets fills its frames of 131072 to the last but one', (bodyBytes, sizes) => {
    expect(bodySizes(deliverBody(bodyBytes, 131_072))).toEqual(sizes)
  })
})

describe('a large body', () => {
  it('is copied up to 64 KiB and handed on by reference from there', () => {
    const sizes = [PASS_ON_BYTES - 1, PASS_ON_BYTES]
    const passedOn = sizes.map(bodyBytes => {
      const { sink } = written(writer => deliver(writer, { ...plainDelivery, bodyBytes }))
      return sink.passedOn.map(({ length }) => length)
    })
    expect(passedOn).toEqual([[], [PASS_ON_BYTES]])
  })

  it('is handed on as the memory it lies in, a piece for each frame, between what is written around it', () => {
    const content = contentOf({ ...plainDelivery, bodyBytes: 300_000 })
    const { sink, frames } = written(writer => {
      writer.heartbeat()
      writer.deliver(1, Buffer.from('\x03tag'), 1, false, content)
      writer.heartbeat()
    })
    const places = sink.passedOn.map(piece => [piece.byteOffset - content.bodyBytes.byteOffset, piece.length])
    expect(sink.passedOn.every(piece => piece.buffer === content.bodyBytes.buffer)).toBe(true)
    expect(places).toEqual([
      [content.bodyStart, 131_064],
      [content.bodyStart + 131_064, 131_064],
      [content.bodyStart + 262_128, 37_872],
    ])
    expect(frames.map(({ kind }) => kind)).toEqual([
      'heartbeatFrame',
      'method',
      'header',
      'body',
      'body',
      'body',
      'heartbeatFrame',
    ])
  })

  it('asks for no room for what is handed on', () => {
    const { sink } = written(
      writer => deliver(writer, { ...plainDelivery, bodyBytes: 10_000_000 }),
      0xffffffff,
    )
    expect(Math.max(...sink.rooms)).toBeLessThan(100)
  })

  it('is copied when frame_max makes its pieces small', () => {
    const { sink } = written(
      writer => deliver(writer, { ...plainDelivery, bodyBytes: 1_000_000 }),
      4096,
      65_536,
    )
    expect(sink.passedOn).toEqual([])
  })
})

describe('a method that carries content', () => {
  it('goes before the header and the body', () => {
    const delivery = { ...plainDelivery, channel: 7, bodyBytes: 5000 }
    const { frames } = written(writer => {
      writer.content(7, new BasicGetOk(2 ** 40, true, 'x', 'key', 9), contentOf(delivery))
    }, 4096)
    const [method, ...content] = frames
    const reader = new Reader(Buffer.from(method!.payload, 'hex'), 4)
    expect(method).toMatchObject({ kind: 'method', channel: 7 })
    expect(BasicGetOk.read(reader)).toEqual(new BasicGetOk(2 ** 40, true, 'x', 'key', 9))
    expect(content).toEqual(contentFramesOf(delivery, 4096))
  })
})

describe('a method', () => {
  it('is one frame on its channel', () => {
    const { bytes } = written(writer => writer.method(0x0102, new QueueDeclareOk('q', 3, 4)))
    expect(bytes.toString('hex')).toBe(
      '01' + '0102' + '0000000e' + '0032000b' + '0171' + '0000000300000004' + 'ce',
    )
  })

  it('leaves nothing of a longer one before it', () => {
    const { frames } = written(writer => {
      writer.method(1, new QueueDeclareOk('q'.repeat(255), 3, 4))
      writer.method(1, new QueueDeclareOk('q', 3, 4))
    })
    expect(frames.map(({ payload }) => payload.length / 2)).toEqual([268, 14])
  })
})

describe('a confirm', () => {
  it('is basic.ack or basic.nack without requeue, as the methods write them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0xffff }),
        fc.maxSafeNat(),
        fc.boolean(),
        (channel, tag, multiple) => {
          const confirms = written(writer => {
            writer.confirm(channel, MethodId.basicAck, tag, multiple)
            writer.confirm(channel, MethodId.basicNack, tag, multiple)
          })
          const methods = written(writer => {
            writer.method(channel, new BasicAck(tag, multiple))
            writer.method(channel, new BasicNack(tag, multiple, false))
          })
          expect(confirms.frames).toEqual(methods.frames)
        },
      ),
    )
  })
})

describe('bytes around methods', () => {
  it('are a heartbeat as eight octets on channel 0', () => {
    expect(written(writer => writer.heartbeat()).bytes.toString('hex')).toBe('08000000000000ce')
  })

  it('are as they are given, when they are no frame', () => {
    const sink = new CollectingSink()
    const writer = new FrameWriter(sink)
    writer.raw(Buffer.from('AMQP\0\0\x09\x01'))
    expect(writer.bytes.subarray(0, writer.offset).toString()).toBe('AMQP\0\0\x09\x01')
  })
})
