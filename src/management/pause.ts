/**
 * Long work in slices: between two of them sockets are read and messages delivered. What an answer takes the processor for
 * must not be seen in anybody's latency.
 */
import type { Broker } from '../broker/broker'

/** Goes on in another turn of the event loop. */
export function pause({ turn }: Broker): Promise<void> {
  return new Promise(resume => turn.readOn({ runTurn: resume }))
}
