/** amqplib's codec, generated from the specification by others: an independent opinion on every byte of ours. */
export interface AmqplibField {
  readonly name: string
  readonly type: string
}

interface AmqplibCodec {
  info(id: number): { readonly name: string; readonly args: readonly AmqplibField[] }
  /** A whole method frame. */
  encodeMethod(id: number, channel: number, fields: object): Buffer
  /** From the arguments of a method, or (id 60) from flags and properties. */
  decode(id: number, bytes: Buffer): Record<string, unknown>
  /** A whole header frame. */
  encodeProperties(id: number, channel: number, size: number, fields: object): Buffer
}

export const amqplibCodec: AmqplibCodec = require('../../node_modules/amqplib/lib/defs.js')

const FRAME_HEADER_BYTES = 7
const CONTENT_HEADER_BYTES = 12

export function amqplibMethod(id: number, fields: object): Buffer {
  return amqplibCodec.encodeMethod(id, 0, fields).subarray(FRAME_HEADER_BYTES, -1)
}

export function amqplibProperties(fields: object): Buffer {
  const frame = amqplibCodec.encodeProperties(60, 0, 0, fields)
  return frame.subarray(FRAME_HEADER_BYTES + CONTENT_HEADER_BYTES, -1)
}
