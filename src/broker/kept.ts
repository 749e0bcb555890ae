/** Waits until a change would outlive a crash: no change is answered before. */
import type { CommitTicket } from '../store/message-store'
import type { Broker } from './broker'

export function kept(broker: Broker, ticket: CommitTicket): Promise<void> {
  return new Promise(resolve => whenKept(broker, ticket, resolve))
}

/** Runs at once when it is already safe. */
export function whenKept({ store, commits }: Broker, ticket: CommitTicket, run: () => void): void {
  const asking = {
    runTurn: () => {
      if (store.committed >= ticket) run()
      else commits.wake(asking)
    },
  }
  asking.runTurn()
}
