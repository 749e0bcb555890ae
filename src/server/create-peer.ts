/** Which peer the channels of a connection write to. */
import { OutboundPeer } from './outbound-peer'
import { SentTimePeer } from './sent-time-peer'
import type { ServerSettings } from './settings'

export function createPeer(
  { broker, interceptors, onPeer }: ServerSettings,
  ...parts: ConstructorParameters<typeof OutboundPeer>
): OutboundPeer {
  const hasSentTime = interceptors?.sentTimestamp === true
  const peer = hasSentTime ? new SentTimePeer(broker.clock, ...parts) : new OutboundPeer(...parts)
  onPeer?.(peer)
  return peer
}
