/** The headers of a message with the types and the order they have on the wire, which amqplib's decoder does not keep. */

/** `[name, type, value]`: the type is its letter in the field table, the value of a table again a list of these. */
export type TypedField = [name: string, type: string, value: unknown]

const CONTENT_TYPE = 0x8000
const CONTENT_ENCODING = 0x4000
const HEADERS = 0x2000

/** From the flags and values of a header frame; none if the message has no headers. */
export function typedHeaders(propertyBytes: Buffer): TypedField[] {
  const flags = propertyBytes.readUInt16BE(0)
  if ((flags & HEADERS) === 0) return []
  const reader = new FieldReader(propertyBytes, 2)
  if (flags & CONTENT_TYPE) reader.shortString()
  if (flags & CONTENT_ENCODING) reader.shortString()
  return reader.table()
}

/** What follows the headers, and what stands before them: all other properties, byte for byte. */
export function otherPropertyBytes(propertyBytes: Buffer): Buffer {
  const flags = propertyBytes.readUInt16BE(0)
  const reader = new FieldReader(propertyBytes, 2)
  if (flags & CONTENT_TYPE) reader.shortString()
  if (flags & CONTENT_ENCODING) reader.shortString()
  const start = reader.position
  if (flags & HEADERS) reader.table()
  return Buffer.concat([
    Buffer.from([(flags & ~HEADERS) >> 8, flags & 0xff]),
    propertyBytes.subarray(2, start),
    propertyBytes.subarray(reader.position),
  ])
}

class FieldReader {
  constructor(
    private readonly bytes: Buffer,
    public position: number,
  ) {}

  shortString(): string {
    return this.take(this.bytes.readUInt8(this.position++)).toString()
  }

  table(): TypedField[] {
    const end = this.end()
    const fields: TypedField[] = []
    while (this.position < end) fields.push([this.shortString(), ...this.typedValue()])
    return fields
  }

  private typedValue(): [type: string, value: unknown] {
    const type = this.take(1).toString('latin1')
    return [type, this.value(type)]
  }

  private value(type: string): unknown {
    switch (type) {
      case 'S':
        return this.take(this.uint32()).toString()
      case 'x':
        return Buffer.from(this.take(this.uint32()))
      case 'l':
      case 'L':
        return Number(this.take(8).readBigInt64BE())
      case 'T':
        return Number(this.take(8).readBigUInt64BE())
      case 'I':
        return this.take(4).readInt32BE()
      case 's':
        return this.take(2).readInt16BE()
      case 'b':
        return this.take(1).readInt8()
      case 't':
        return this.take(1).readUInt8() !== 0
      case 'B':
        return this.take(1).readUInt8()
      case 'u':
        return this.take(2).readUInt16BE()
      case 'i':
        return this.uint32()
      case 'f':
        return this.take(4).readFloatBE()
      case 'D':
        return `${this.take(1).readUInt8()} ${this.uint32()}`
      case 'd':
        return this.take(8).readDoubleBE()
      case 'F':
        return this.table()
      case 'A':
        return this.array()
      case 'V':
        return null
      default:
        throw new Error(`the server sent a field of type ${type}`)
    }
  }

  private array(): [type: string, value: unknown][] {
    const end = this.end()
    const values: [string, unknown][] = []
    while (this.position < end) values.push(this.typedValue())
    return values
  }

  private end(): number {
    const bytes = this.uint32()
    return this.position + bytes
  }

  private uint32(): number {
    return this.take(4).readUInt32BE()
  }

  private take(count: number): Buffer {
    this.position += count
    return this.bytes.subarray(this.position - count, this.position)
  }
}
