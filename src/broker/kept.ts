/** Waits until a change would outlive a crash and holds for everything that is there: no change is answered before. */
import type { CommitTicket } from '../store/message-store'
import type { Broker } from './broker'

export async function kept(broker: Broker, ticket: CommitTicket): Promise<void> {
  await new Promise<void>(resolve => whenKept(broker, ticket, resolve))
  for (const { policies } of broker.vhosts.values())
    if (policies.applied !== undefined) await policies.applied
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
