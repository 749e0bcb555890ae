/**
 * Whether an entry that the store gave back is a message: address and properties are where it says, and are such. A damaged
 * disk is no peer whose mistake costs a channel: what cannot be read must not get as far as a queue.
 */
import { PropertiesScan } from '../amqp/properties'
import { addressBytesAt, Message } from '../message'
import type { StoredEntry } from '../store/message-store'

export function areReadable(entries: readonly StoredEntry[]): boolean {
  const reading = { message: new Message(), scan: new PropertiesScan(), address: NO_ADDRESS }
  return entries.every(entry => isReadable(entry, reading))
}

interface Reading {
  readonly message: Message
  readonly scan: PropertiesScan
  /** That of the entry before, which is readable. Decoding them all cost a drain a tenth of its speed. */
  address: Buffer
}

const NO_ADDRESS = Buffer.alloc(0)

function isReadable(entry: StoredEntry, reading: Reading): boolean {
  const { message, scan, address } = reading
  const { record, start, end, propertiesBytes } = entry
  const addressBytes = addressBytesAt(record, start)
  const bodyBytes = end - start - addressBytes - propertiesBytes
  // NaN: there are not even the octets that say how long it is.
  if (!(bodyBytes >= 0)) return false
  message.viewRecord(record, start, addressBytes, propertiesBytes, bodyBytes)
  try {
    const { length } = address
    if (length !== addressBytes || address.compare(record, start, start + length) !== 0) {
      message.readAddress()
      reading.address = record.subarray(start, start + addressBytes)
    }
    scan.scan(record, message.propertiesStart, message.propertiesEnd)
    return true
  } catch {
    return false
  }
}
