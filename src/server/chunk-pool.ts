/** Output chunks that connections borrow while they have bytes to write, so that idle ones hold none. Bounded. */

export const CHUNK_BYTES = 128 * 1024

/** For connections that write little: a reply, a heartbeat. */
export const SMALL_CHUNK_BYTES = 4 * 1024

const CHUNKS_KEPT = 32
const SMALL_CHUNKS_KEPT = 256

export class ChunkPool {
  private readonly large: Buffer[] = []
  private readonly small: Buffer[] = []

  /** A chunk of at least `room` bytes; `isBusy`: much more is expected behind them. */
  take(room: number, isBusy: boolean): Buffer {
    if (room <= SMALL_CHUNK_BYTES && !isBusy) {
      return this.small.pop() ?? Buffer.allocUnsafeSlow(SMALL_CHUNK_BYTES)
    }
    if (room <= CHUNK_BYTES) return this.large.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
    return Buffer.allocUnsafeSlow(room)
  }

  give(chunk: Buffer): void {
    if (chunk.length === CHUNK_BYTES && this.large.length < CHUNKS_KEPT) this.large.push(chunk)
    else if (chunk.length === SMALL_CHUNK_BYTES && this.small.length < SMALL_CHUNKS_KEPT)
      this.small.push(chunk)
  }
}
