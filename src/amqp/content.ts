/**
 * The bytes of a message as they came, in three ranges, wherever they lie: a received chunk, a queue's segment,
 * a buffer of its own. A view: whoever keeps a message longer than the call it was handed to copies it.
 *
 *   address      exchange and routing key, two shortstrs: the same bytes in basic.publish, deliver, return, get-ok
 *   properties   property flags and fields: the content header behind class, weight and body size
 *   body         the body without its framing
 */
export class Content {
  addressBytes: Buffer = NO_BYTES
  addressStart = 0
  addressEnd = 0
  propertiesBytes: Buffer = NO_BYTES
  propertiesStart = 0
  propertiesEnd = 0
  bodyBytes: Buffer = NO_BYTES
  bodyStart = 0
  bodyEnd = 0

  get bodyLength(): number {
    return this.bodyEnd - this.bodyStart
  }

  /** All three ranges together. */
  get byteLength(): number {
    return this.addressEnd - this.addressStart + (this.propertiesEnd - this.propertiesStart) + this.bodyLength
  }
}

const NO_BYTES = Buffer.alloc(0)
