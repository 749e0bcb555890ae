/** Frames: a stream of publishes parsed, in chunks as sockets give them, and deliveries written into chunks. */
import { type FrameHandler, FrameParser } from '../src/amqp/frame-parser'
import { type ChunkSink, FrameWriter } from '../src/amqp/frame-writer'
import { BasicPublish, MethodId } from '../src/amqp/methods'
import { Message } from '../src/message'
import { compare, type Variant } from './measure'

/** Small enough to stay in the processor's cache, as what was just received is. */
const STREAM_BYTES = 256 * 1024
const STREAMS = 32
const SOCKET_CHUNK_BYTES = 64 * 1024
/** What one segment of TCP holds on most networks. */
const PACKET_BYTES = 1460
const OUTPUT_CHUNK_BYTES = 128 * 1024
const DELIVERIES = 20_000

class Counter implements FrameHandler {
  methods = 0
  bytes = 0

  method(_channel: number, _bytes: Buffer, start: number, end: number): void {
    this.methods++
    this.bytes += end - start
  }

  header(_channel: number, _bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start
  }

  body(_channel: number, _bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start
  }

  heartbeatFrame(): void {}
}

/** One chunk, used again and again: nothing is sent. */
class Discarding implements ChunkSink {
  private readonly chunk = Buffer.alloc(OUTPUT_CHUNK_BYTES)

  nextChunk(): Buffer {
    return this.chunk
  }

  passOn(): void {}
}

function messageOf(bodyBytes: number): Message {
  const message = new Message()
  const record = Buffer.alloc(12 + 3 + bodyBytes, 'b')
  record.write('\x00\x0aload-queue', 'latin1')
  record.write('\x10\x00\x02', 12, 'latin1')
  message.viewRecord(record, 0, 12, 3, bodyBytes)
  return message
}

/** As many publishes as fill a stream, cut into chunks. */
function publishes(bodyBytes: number, chunkBytes: number): { count: number; chunks: Buffer[] } {
  const chunks: Buffer[] = []
  const collecting: ChunkSink = {
    nextChunk: (bytes, used, room) => {
      chunks.push(Buffer.from(bytes.subarray(0, used)))
      return Buffer.alloc(Math.max(room, OUTPUT_CHUNK_BYTES))
    },
    passOn: bytes => chunks.push(bytes),
  }
  const writer = new FrameWriter(collecting)
  const publish = new BasicPublish('', 'load-queue', false, false)
  const message = messageOf(bodyBytes)
  const count = Math.floor(STREAM_BYTES / (bodyBytes + 70))
  for (let i = 0; i < count; i++) writer.content(1, publish, message)
  collecting.nextChunk(writer.bytes, writer.offset, 0)
  const stream = Buffer.concat(chunks)
  const starts = Array.from({ length: Math.ceil(stream.length / chunkBytes) }, (_, i) => i * chunkBytes)
  return { count, chunks: starts.map(start => stream.subarray(start, start + chunkBytes)) }
}

function parse(bodyBytes: number, chunkBytes: number): Variant {
  const { count, chunks } = publishes(bodyBytes, chunkBytes)
  return {
    name: `body of ${bodyBytes} B, chunks of ${chunkBytes} B`,
    run: () => {
      const counter = new Counter()
      const parser = new FrameParser(counter, 131_072)
      for (let i = 0; i < STREAMS; i++) for (const chunk of chunks) parser.push(chunk)
      if (counter.methods !== STREAMS * count)
        throw new Error(`${counter.methods} of ${STREAMS * count} publishes`)
      return counter.methods
    },
  }
}

function deliver(bodyBytes: number, frameMax = 131_072): Variant {
  const message = messageOf(bodyBytes)
  const consumerTag = Buffer.from('\x10amq.ctag-bench-1')
  return {
    name: `basic.deliver, body of ${bodyBytes} B, frame_max ${frameMax}`,
    run: () => {
      const writer = new FrameWriter(new Discarding())
      writer.frameMax = frameMax
      for (let tag = 1; tag <= DELIVERIES; tag++) writer.deliver(1, consumerTag, tag, false, message)
      return DELIVERIES
    },
  }
}

const confirm: Variant = {
  name: 'basic.ack to a publisher',
  run: () => {
    const writer = new FrameWriter(new Discarding())
    for (let tag = 1; tag <= DELIVERIES; tag++) writer.confirm(1, MethodId.basicAck, tag, true)
    return DELIVERIES
  },
}

compare('codec: a publish parsed (method, header and body frame)', [
  parse(16, SOCKET_CHUNK_BYTES),
  parse(16, PACKET_BYTES),
  parse(1024, SOCKET_CHUNK_BYTES),
  parse(1024, PACKET_BYTES),
  parse(16_384, SOCKET_CHUNK_BYTES),
])
compare('codec: a message written', [
  deliver(16),
  deliver(100),
  deliver(1024),
  deliver(16_384),
  deliver(16_384, 4096),
  deliver(65_536),
  confirm,
])
