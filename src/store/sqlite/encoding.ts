/**
 * A batch as one buffer, on its way from the broker's thread to the one that owns the database, and the layout of a
 * run's data, which is what the database keeps. All numbers little endian, positions as doubles.
 *
 *   batch   operation, operation, … 0
 *   run     1, queue, count, data bytes, first position, last position, data
 *   marks   2, queue, head, delivered        all before head is settled; all before delivered went out once
 *   settled 3, queue, count, position …      settled out of order: behind head
 *   remove  4, queue
 *   from    5, queue, position                   settled from there on, before this batch's runs
 *   record  6, number, bytes, data               for several queues; numbered within the batch, before who shares it
 *   share   7, queue, number, record bytes, properties bytes, position     a run of one entry, whose record is that
 *
 *   data    count × [ position − first, record bytes, properties bytes ], then the records one behind the other
 */

export const Operation = {
  end: 0,
  run: 1,
  marks: 2,
  settled: 3,
  remove: 4,
  from: 5,
  record: 6,
  share: 7,
} as const

export const RUN_HEADER_BYTES = 4 * 4 + 2 * 8
export const MARKS_BYTES = 2 * 4 + 2 * 8
export const SETTLED_HEADER_BYTES = 3 * 4
export const POSITION_BYTES = 8
export const REMOVE_BYTES = 2 * 4
export const FROM_BYTES = 2 * 4 + 8
export const RECORD_HEADER_BYTES = 3 * 4
export const SHARE_BYTES = 5 * 4 + 8
export const END_BYTES = 4

/** What precedes the records in a run's data, for each of them. */
export const ENTRY_BYTES = 3 * 4

/** The two highest bits of the number of properties bytes are the entry's marks. */
export const MARK = 2 ** 30
