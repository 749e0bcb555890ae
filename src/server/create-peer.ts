/** Which peer the channels of a connection write to. */
import { OutboundPeer } from './outbound-peer'
import { SentTimePeer } from './sent-time-peer'
import type { ServerSettings } from './settings'

export function createPeer(
  { broker, interceptors }: ServerSettings,
  ...parts: ConstructorParameters<typeof OutboundPeer>
): OutboundPeer {
  if (interceptors?.sentTimestamp !== true) return new OutboundPeer(...parts)
  return new SentTimePeer(broker.clock, ...parts)
}
