/** A connection of the load generator without a socket: keeps what is written until the spec says it is through. */
import type { Wire } from '../../src/load/connection'

export class FakeWire implements Wire {
  readonly methods: number[] = []
  readonly writes: Buffer[] = []
  private readonly waiting: (() => void)[] = []

  write(bytes: Uint8Array, written?: () => void): void {
    this.writes.push(Buffer.from(bytes))
    if (written !== undefined) this.waiting.push(written)
  }

  otherMethod(bytes: Buffer, at: number): void {
    this.methods.push(bytes.readUInt32BE(at + 7))
  }

  /** The socket has taken the oldest writes. */
  takeWrites(amount = this.waiting.length): void {
    for (const written of this.waiting.splice(0, amount)) written()
  }

  get bytesWritten(): number {
    return this.writes.reduce((sum, bytes) => sum + bytes.length, 0)
  }
}

export function methodFrame(id: number, args: string): Buffer {
  const payload = Buffer.from(id.toString(16).padStart(8, '0') + args.replace(/\s/g, ''), 'hex')
  return rawFrame(1, payload)
}

export function rawFrame(type: number, payload: Buffer): Buffer {
  const head = Buffer.from([type, 0, 1, 0, 0, 0, 0])
  head.writeUInt32BE(payload.length, 3)
  return Buffer.concat([head, payload, Buffer.of(0xce)])
}
