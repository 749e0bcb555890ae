/** Waits until a change would outlive a crash: no change is answered before. */

import type { CommitTicket } from '../store/message-store'
import type { Broker } from './broker'

export function kept(broker: Broker, ticket: CommitTicket): Promise<void> {
  return new Promise(resolve => {
    const asking = {
      runTurn: () => {
        if (broker.store.committed >= ticket) resolve()
        else broker.commits.wake(asking)
      },
    }
    asking.runTurn()
  })
}
