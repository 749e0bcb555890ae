/** Looks into a data directory without starting a broker: for `leveret inspect`. */
import { type InspectedMessage, type Inspection, inspectionOf, messagesIn } from '../broker/inspection'
import { lookIntoStore } from '../store/look-into-store'

export type {
  InspectedBinding,
  InspectedExchange,
  InspectedLimits,
  InspectedMessage,
  InspectedParameter,
  InspectedPolicy,
  InspectedQueue,
  InspectedUser,
  InspectedVhost,
  Inspection,
} from '../broker/inspection'

/** @throws UnusableDatabase, whose message says why it cannot be looked into */
export function inspectDataDir(dataDir: string): Inspection {
  return lookIntoStore(dataDir, inspectionOf)
}

/** The first messages of a queue. Undefined: there is no such queue. @throws UnusableDatabase */
export function inspectMessages(
  dataDir: string,
  queue: { readonly vhost: string; readonly name: string },
  limit: number,
  bodyBytesShown: number,
): InspectedMessage[] | undefined {
  return lookIntoStore(dataDir, view => messagesIn(view, queue, limit, bodyBytesShown))
}
