/**
 * Large records that several queues are given in one batch: on their way to the disk and on it there is one of each,
 * whatever a fanout makes of them. Numbers them, and writes them in front of the queues' operations.
 */
import { Operation, RECORD_HEADER_BYTES } from './encoding'
import type { QueueBatch } from './queue-batch'

/** Records by their number in the batch. */
export class SharedRecords {
  private readonly numbers = new Map<Buffer, number>()
  private bytes = 0

  /** Finds those that several entries of these queues have, and has the queues refer to them. */
  static of(queues: Iterable<QueueBatch>): SharedRecords {
    const shared = new SharedRecords()
    const once = new Set<Buffer>()
    const large = [...queues].filter(queue => queue.hasLargeRecords)
    for (const queue of large) {
      queue.eachLargeRecord(record => {
        if (once.has(record)) shared.number(record)
        else once.add(record)
      })
    }
    if (shared.numbers.size > 0) for (const queue of large) queue.share(shared.numbers)
    return shared
  }

  get byteLength(): number {
    return this.bytes
  }

  /** Writes them at an offset and returns the offset behind them. */
  write(into: Buffer, at: number): number {
    for (const [record, number] of this.numbers) {
      at = into.writeUInt32LE(Operation.record, at)
      at = into.writeUInt32LE(number, at)
      at = into.writeUInt32LE(record.length, at)
      at += record.copy(into, at)
    }
    return at
  }

  private number(record: Buffer): void {
    if (this.numbers.has(record)) return
    this.numbers.set(record, this.numbers.size)
    this.bytes += RECORD_HEADER_BYTES + record.length
  }
}
