/**
 * The body of one message out of several frames. What is large is assembled as the record that queues keep, address and
 * properties in front of it, so that it is not copied once more.
 */
import { type Message, SHARED_RECORD_BYTES } from '../message'

export class BodyAssembly {
  private bytes = NO_BYTES
  private bodyAt = 0

  /** Adds what came behind the first `received` bytes of `size`. `isScarce`: memory is. */
  add(
    message: Message,
    size: number,
    received: number,
    bytes: Buffer,
    start: number,
    end: number,
    isScarce = false,
  ): void {
    if (received === 0) this.begin(message, size)
    const at = this.bodyAt + received
    const needed = at + (end - start)
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(isScarce ? needed : this.roomFor(needed, this.bodyAt + size))
      this.bytes.copy(grown, 0, 0, at)
      this.bytes = grown
    }
    bytes.copy(this.bytes, at, start, end)
  }

  /** Points the message at its body, which is complete. */
  giveTo(message: Message, size: number): void {
    message.bodyBytes = this.bytes
    message.bodyStart = this.bodyAt
    message.bodyEnd = this.bodyAt + size
    if (this.bodyAt > 0) message.record = this.bytes
    this.letGo()
  }

  letGo(): void {
    this.bytes = NO_BYTES
    this.bodyAt = 0
  }

  /**
   * What is announced but never sent takes no memory, and what is sent no more than it must while there is little. From
   * an eighth on the rest is believed: the half and the whole of 128 MiB need not be there at once.
   */
  private roomFor(needed: number, whole: number): number {
    return needed >= whole / 8 ? whole : Math.max(needed, this.bytes.length * 2)
  }

  private begin(message: Message, size: number): void {
    this.letGo()
    if (size < SHARED_RECORD_BYTES) return
    const { addressBytes, addressStart, addressEnd, propertiesBytes, propertiesStart, propertiesEnd } =
      message
    this.bytes = Buffer.concat([
      addressBytes.subarray(addressStart, addressEnd),
      propertiesBytes.subarray(propertiesStart, propertiesEnd),
    ])
    this.bodyAt = this.bytes.length
  }
}

const NO_BYTES = Buffer.alloc(0)
