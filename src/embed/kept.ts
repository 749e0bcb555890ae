/** Waits until what was changed would outlive a crash. */
import type { Broker } from '../broker/broker'
import type { CommitTicket } from '../store/message-store'

/** False: there was nothing to change, and nothing to wait for. */
export type Kept = (ticket: CommitTicket | undefined) => Promise<boolean>

export function keeperOf(broker: Broker): Kept {
  return async ticket => {
    if (ticket === undefined) return false
    await new Promise<void>(resolve => {
      const asking = {
        runTurn: () => {
          if (broker.store.committed >= ticket) resolve()
          else broker.commits.wake(asking)
        },
      }
      asking.runTurn()
    })
    return true
  }
}
