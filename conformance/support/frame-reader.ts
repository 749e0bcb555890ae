/**
 * Bytes in, frames and whole methods (with their content) out. It trusts nothing: a frame that does not end in 0xCE, or
 * content that does not follow its method, is an error of the server and fails the test.
 */
import { decodeMethod, decodeProperties } from './codec'
import type { Arrival, Content } from './inbox'
import type { MethodName } from './methods'

export interface Frame {
  readonly type: number
  readonly channel: number
  readonly payload: Buffer
}

export class FrameReader {
  private rest: Buffer = Buffer.alloc(0)

  /** Bytes received that are no whole frame yet. */
  get unread(): Buffer {
    return this.rest
  }

  *read(chunk: Buffer): Generator<Frame> {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    while (this.rest.length >= 7) {
      const bytes = 8 + this.rest.readUInt32BE(3)
      if (this.rest.length < bytes) return
      if (this.rest[bytes - 1] !== 0xce)
        throw new Error(`the server sent a frame that ends in ${this.rest[bytes - 1]}`)
      const frame = {
        type: this.rest[0] ?? 0,
        channel: this.rest.readUInt16BE(1),
        payload: this.rest.subarray(7, bytes - 1),
      }
      this.rest = this.rest.subarray(bytes)
      yield frame
    }
  }
}

const withContent: readonly MethodName[] = ['basic.deliver', 'basic.return', 'basic.get-ok']

/** Puts the frames of one channel together. */
export class MethodAssembler {
  private method: { name: MethodName; fields: object } | undefined
  private header: { bodyBytes: number; propertyBytes: Buffer } | undefined
  private chunks: Buffer[] = []
  private bytes = 0

  /** A whole arrival, or nothing while content is missing. */
  add(frame: Frame): Arrival | undefined {
    if (frame.type === 1) return this.addMethod(frame.payload)
    if (frame.type === 2) return this.addHeader(frame.payload)
    if (frame.type === 3) return this.addBody(frame.payload)
    throw new Error(`the server sent a frame of type ${frame.type}`)
  }

  private addMethod(payload: Buffer): Arrival | undefined {
    const method = decodeMethod(payload)
    if (this.method !== undefined)
      throw new Error(`the server sent ${method.name} before the content of ${this.method.name}`)
    if (!withContent.includes(method.name)) return { ...method, content: undefined } as unknown as Arrival
    this.method = method
    return undefined
  }

  private addHeader(payload: Buffer): Arrival | undefined {
    if (this.method === undefined || this.header !== undefined)
      throw new Error('the server sent a header out of turn')
    this.header = {
      bodyBytes: Number(payload.readBigUInt64BE(4)),
      propertyBytes: Buffer.from(payload.subarray(12)),
    }
    return this.finished()
  }

  private addBody(payload: Buffer): Arrival | undefined {
    if (this.header === undefined) throw new Error('the server sent a body before its header')
    this.chunks.push(Buffer.from(payload))
    this.bytes += payload.length
    return this.finished()
  }

  private finished(): Arrival | undefined {
    const { method, header, chunks } = this
    if (method === undefined || header === undefined || this.bytes < header.bodyBytes) return undefined
    if (this.bytes > header.bodyBytes) throw new Error('the server sent more body than its header said')
    const content: Content = {
      properties: decodeProperties(header.propertyBytes) ?? {},
      propertyBytes: header.propertyBytes,
      body: Buffer.concat(chunks),
      frameBytes: chunks.map(chunk => chunk.length),
    }
    this.method = undefined
    this.header = undefined
    this.chunks = []
    this.bytes = 0
    return { ...method, content } as unknown as Arrival
  }
}
