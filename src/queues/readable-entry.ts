/**
 * Whether an entry that the store gave back is a message: address and properties are where it says, and are such. A damaged
 * disk is no peer whose mistake costs a channel: what cannot be read must not get as far as a queue.
 */
import { PropertiesScan } from '../amqp/properties'
import { addressBytesAt, Message } from '../message'
import type { StoredEntry } from '../store/message-store'

export function areReadable(entries: readonly StoredEntry[]): boolean {
  const message = new Message()
  const scan = new PropertiesScan()
  return entries.every(entry => isReadable(entry, message, scan))
}

function isReadable(entry: StoredEntry, message: Message, scan: PropertiesScan): boolean {
  const { record, start, end, propertiesBytes } = entry
  const addressBytes = addressBytesAt(record, start)
  const bodyBytes = end - start - addressBytes - propertiesBytes
  // NaN: there are not even the octets that say how long it is.
  if (!(bodyBytes >= 0)) return false
  message.viewRecord(record, start, addressBytes, propertiesBytes, bodyBytes)
  try {
    message.readAddress()
    scan.scan(record, message.propertiesStart, message.propertiesEnd)
    return true
  } catch {
    return false
  }
}
