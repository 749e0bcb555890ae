/** What has become of a message whose key an exchange has noted. */
import type { SentMessage } from '../world/conversation'
import type { BrokerModel } from './broker-model'

/** Of a message that was part of a transaction; plain: it was not. */
export type Fate = 'plain' | 'open' | 'committed' | 'unknown'

export function fateOf(sent: SentMessage | undefined): Fate {
  if (sent?.isInTx !== true) return 'plain'
  if (sent.routed.length === 0) return 'unknown'
  return sent.awaited.size === sent.routed.length ? 'open' : 'committed'
}

/** It did not get where it was led, or may still turn out not to. */
export function mayComeAgain(
  { arrivals, letters }: BrokerModel,
  sent: SentMessage | undefined,
  id: string,
): boolean {
  const isMoving = arrivals.passing?.entry.id === id
  return sent?.isRefused === true || sent?.isInTx === true || isMoving || letters.isDying(id)
}
