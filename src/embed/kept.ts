/** Promises of the embedded API end when what was changed would outlive a crash. */
import type { Broker } from '../broker/broker'
import { kept } from '../broker/kept'
import type { CommitTicket } from '../store/message-store'

/** False: there was nothing to change, and nothing to wait for. */
export type Kept = (ticket: CommitTicket | undefined) => Promise<boolean>

export function keeperOf(broker: Broker): Kept {
  return async ticket => {
    if (ticket === undefined) return false
    await kept(broker, ticket)
    return true
  }
}
