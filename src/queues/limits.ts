/**
 * How much may wait in a queue, and what happens when it would be more: x-max-length, x-max-length-bytes, x-overflow.
 * Bytes are those that are certain: after a restart nothing dies of a guess.
 */
import type { Overflow, QueueOptions } from './options'

export class Limits {
  private constructor(
    private readonly maxLength: number,
    private readonly maxBytes: number,
    private readonly overflow: Overflow,
  ) {}

  /** Undefined: there is none. */
  static of({ maxLength, maxLengthBytes, overflow }: QueueOptions): Limits | undefined {
    if (maxLength === undefined && maxLengthBytes === undefined) return undefined
    return new Limits(
      maxLength ?? Number.POSITIVE_INFINITY,
      maxLengthBytes ?? Number.POSITIVE_INFINITY,
      overflow,
    )
  }

  get deadLettersRefused(): boolean {
    return this.overflow === 'reject-publish-dlx'
  }

  /** Whether one more message must not come in; `bodyBytes`: its own. */
  refuses(length: number, bytes: number, bodyBytes: number): boolean {
    return this.overflow !== 'drop-head' && this.areExceeded(length + 1, bytes + bodyBytes)
  }

  /** Whether something must go from the head. */
  dropsHead(length: number, bytes: number): boolean {
    return this.overflow === 'drop-head' && this.areExceeded(length, bytes)
  }

  /** Whether it is worth knowing how many bytes there are. */
  isInDoubt(bytes: number, unsure: number): boolean {
    return bytes > this.maxBytes && bytes - unsure <= this.maxBytes
  }

  private areExceeded(length: number, bytes: number): boolean {
    return length > this.maxLength || bytes > this.maxBytes
  }
}
