/** A message as a test looks at it: decoded, and a copy. */
import { type BasicProperties, decodeProperties } from '../../amqp/properties'
import { type PlainTable, toPlain } from '../../amqp/table'
import type { Message } from '../../message'

export type SeenProperties = Readonly<Omit<BasicProperties, 'headers'>>

/** Octets of a body in a line of text. */
const SHOWN_MAX = 60

export class SeenMessage {
  readonly properties: SeenProperties
  readonly headers: PlainTable

  constructor(
    readonly exchange: string,
    readonly routingKey: string,
    { headers, ...properties }: BasicProperties,
    readonly bytes: Buffer,
  ) {
    this.properties = properties
    this.headers = headers === undefined ? {} : toPlain(headers)
  }

  /** The body as UTF-8. */
  get text(): string {
    return this.bytes.toString()
  }

  /** The body as JSON. @throws SyntaxError */
  get json(): unknown {
    return JSON.parse(this.text)
  }

  /** `to "sales" with key "order.new": {"id":1}` */
  toString(): string {
    const { exchange, routingKey } = this
    const where = exchange === '' ? 'the default exchange' : JSON.stringify(exchange)
    return `to ${where} with key ${JSON.stringify(routingKey)}: ${this.shownBody}`
  }

  private get shownBody(): string {
    const { bytes, text } = this
    if (bytes.length === 0) return 'an empty body'
    if (text.includes('\ufffd')) return `${bytes.length} bytes`
    const line = text.slice(0, SHOWN_MAX).replace(/\s+/g, ' ')
    return text.length > SHOWN_MAX ? `${line}… (${bytes.length} bytes)` : line
  }
}

export function propertiesOf({ propertiesBytes, propertiesStart, propertiesEnd }: Message): BasicProperties {
  // A copy: texts in headers are views.
  const properties = Buffer.from(propertiesBytes.subarray(propertiesStart, propertiesEnd))
  return decodeProperties(properties, 0, properties.length)
}
