/**
 * The frames a load connection sends, encoded before the run. Written apart from `src/amqp` on purpose: a load generator
 * that shares the broker's codec cannot notice that codec's mistakes, and must also run against other brokers.
 */

export const FRAME_END = 0xce
export const frameType = { method: 1, header: 2, body: 3 } as const

/** Class id and method id as one number, as they stand in a method frame. */
export const method = {
  connectionStart: 0x000a_000a,
  connectionStartOk: 0x000a_000b,
  connectionTune: 0x000a_001e,
  connectionTuneOk: 0x000a_001f,
  connectionOpen: 0x000a_0028,
  connectionOpenOk: 0x000a_0029,
  connectionClose: 0x000a_0032,
  connectionBlocked: 0x000a_003c,
  connectionUnblocked: 0x000a_003d,
  channelOpen: 0x0014_000a,
  channelOpenOk: 0x0014_000b,
  channelClose: 0x0014_0028,
  queueDeclare: 0x0032_000a,
  queueDeclareOk: 0x0032_000b,
  queueBind: 0x0032_0014,
  queueBindOk: 0x0032_0015,
  queueDelete: 0x0032_0028,
  queueDeleteOk: 0x0032_0029,
  basicQos: 0x003c_000a,
  basicQosOk: 0x003c_000b,
  basicConsume: 0x003c_0014,
  basicConsumeOk: 0x003c_0015,
  basicPublish: 0x003c_0028,
  basicDeliver: 0x003c_003c,
  basicAck: 0x003c_0050,
  basicNack: 0x003c_0078,
  confirmSelect: 0x0055_000a,
  confirmSelectOk: 0x0055_000b,
} as const

export const protocolHeader = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')

/** A growing byte string with AMQP's integers and strings. */
class Bytes {
  private readonly parts: Buffer[] = []

  u8(value: number): this {
    return this.raw(Buffer.of(value))
  }

  u16(value: number): this {
    return this.raw(Buffer.of(value >>> 8, value & 0xff))
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value & 0xffff)
  }

  short(text: string): this {
    const bytes = Buffer.from(text)
    return this.u8(bytes.length).raw(bytes)
  }

  long(bytes: Buffer): this {
    return this.u32(bytes.length).raw(bytes)
  }

  raw(bytes: Buffer): this {
    this.parts.push(bytes)
    return this
  }

  all(): Buffer {
    return Buffer.concat(this.parts)
  }
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  return new Bytes().u8(type).u16(channel).long(payload).u8(FRAME_END).all()
}

function methodFrame(channel: number, id: number, args: (bytes: Bytes) => Bytes): Buffer {
  return frame(frameType.method, channel, args(new Bytes().u32(id)).all())
}

export function startOk(user: string, password: string): Buffer {
  const capabilities = [
    'basic.nack',
    'publisher_confirms',
    'connection.blocked',
    'authentication_failure_close',
  ]
  const table = capabilities.reduce(
    (bytes, name) => bytes.short(name).raw(Buffer.from('t\x01', 'latin1')),
    new Bytes(),
  )
  const properties = new Bytes().short('product').raw(Buffer.from('S')).long(Buffer.from('leveret bench'))
  properties.short('capabilities').raw(Buffer.from('F')).long(table.all())
  const response = Buffer.from(`\0${user}\0${password}`)
  return methodFrame(0, method.connectionStartOk, bytes =>
    bytes.long(properties.all()).short('PLAIN').long(response).short('en_US'),
  )
}

/** No heartbeats: a load connection is never idle, and a run is short. */
export function tuneOk(channelMax: number, frameMax: number): Buffer {
  return methodFrame(0, method.connectionTuneOk, bytes => bytes.u16(channelMax).u32(frameMax).u16(0))
}

export function connectionOpen(vhost: string): Buffer {
  return methodFrame(0, method.connectionOpen, bytes => bytes.short(vhost).short('').u8(0))
}

export function channelOpen(): Buffer {
  return methodFrame(1, method.channelOpen, bytes => bytes.short(''))
}

export function queueDeclare(queue: string, durable: boolean, queueType: string | undefined): Buffer {
  const args = new Bytes()
  if (queueType !== undefined) args.short('x-queue-type').raw(Buffer.from('S')).long(Buffer.from(queueType))
  return methodFrame(1, method.queueDeclare, bytes =>
    bytes
      .u16(0)
      .short(queue)
      .u8(durable ? 2 : 0)
      .long(args.all()),
  )
}

export function queueBind(queue: string, exchange: string, routingKey: string): Buffer {
  return methodFrame(1, method.queueBind, bytes =>
    bytes.u16(0).short(queue).short(exchange).short(routingKey).u8(0).u32(0),
  )
}

export function queueDelete(queue: string): Buffer {
  return methodFrame(1, method.queueDelete, bytes => bytes.u16(0).short(queue).u8(0))
}

export function basicQos(prefetch: number): Buffer {
  return methodFrame(1, method.basicQos, bytes => bytes.u32(0).u16(prefetch).u8(0))
}

export function basicConsume(queue: string, noAck: boolean): Buffer {
  return methodFrame(1, method.basicConsume, bytes =>
    bytes
      .u16(0)
      .short(queue)
      .short('')
      .u8(noAck ? 2 : 0)
      .u32(0),
  )
}

export function confirmSelect(): Buffer {
  return methodFrame(1, method.confirmSelect, bytes => bytes.u8(0))
}

export interface PublishImage {
  /** `basic.publish`, header and body frames of one message. */
  readonly bytes: Buffer
  /** Where the body begins: the place of the time stamp. */
  readonly bodyAt: number
}

/** Bodies are `size` times "x", but for the first 8 bytes: 0, which is "no stamp". */
export function publishImage(
  exchange: string,
  routingKey: string,
  size: number,
  persistent: boolean,
  frameMax: number,
): PublishImage {
  const publish = methodFrame(1, method.basicPublish, bytes =>
    bytes.u16(0).short(exchange).short(routingKey).u8(0),
  )
  const header = new Bytes().u16(60).u16(0).u32(0).u32(size)
  const parts = [
    publish,
    frame(frameType.header, 1, (persistent ? header.u16(0x1000).u8(2) : header.u16(0)).all()),
  ]
  const body = Buffer.alloc(size, 'x').fill(0, 0, Math.min(8, size))
  for (let at = 0; at < size; at += frameMax - 8) {
    parts.push(frame(frameType.body, 1, body.subarray(at, at + frameMax - 8)))
  }
  const bytes = Buffer.concat(parts)
  return { bytes, bodyAt: publish.length + (parts[1]?.length ?? 0) + 7 }
}

export const ACK_BYTES = 21

/** Writes `basic.ack` in place: one of these may be needed for every message. */
export function writeAck(into: Buffer, at: number, deliveryTag: number, multiple: boolean): void {
  into.writeUInt32BE(0x0100_0100, at)
  into.writeUInt32BE(13, at + 3)
  into.writeUInt32BE(method.basicAck, at + 7)
  into.writeUInt32BE(Math.floor(deliveryTag / 0x1_0000_0000), at + 11)
  into.writeUInt32BE(deliveryTag >>> 0, at + 15)
  into[at + 19] = multiple ? 1 : 0
  into[at + 20] = FRAME_END
}
