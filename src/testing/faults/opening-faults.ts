/** Connections that log in and may not open their virtual host; and the moment when one is open, for whoever waits for it. */
import type { AmqpError } from '../../amqp/errors'
import { ConnectionOpenOk } from '../../amqp/methods'
import type { Connection } from '../../server/connection'
import type { OutboundPeer } from '../../server/outbound-peer'
import { Fault, type FaultOptions } from './fault'
import type { FaultyConnection } from './victims'

interface RefusedOpening {
  readonly fault: Fault<FaultyConnection>
  error(): AmqpError
}

export class OpeningFaults {
  private refusals: RefusedOpening[] = []

  constructor(
    private readonly connectionOf: (peer: OutboundPeer) => Connection | undefined,
    private readonly describe: (connection: Connection) => FaultyConnection,
    private readonly opened: (connection: Connection) => void,
  ) {}

  refuse(options: FaultOptions<FaultyConnection>, error: () => AmqpError): Fault<FaultyConnection> {
    const fault = new Fault(options, () => {
      this.refusals = this.refusals.filter(other => other.fault !== fault)
    })
    this.refusals.push({ fault, error })
    return fault
  }

  watch(peer: OutboundPeer): void {
    const send = peer.send.bind(peer)
    peer.send = (channel, method) => {
      if (!(method instanceof ConnectionOpenOk) || this.mayOpen(peer)) send(channel, method)
    }
  }

  private mayOpen(peer: OutboundPeer): boolean {
    const connection = this.connectionOf(peer)
    if (connection === undefined) return true
    const refusal = this.refusals.find(({ fault }) => fault.strikes(this.describe(connection)))
    if (refusal === undefined) this.opened(connection)
    else connection.forceClose(refusal.error())
    return refusal === undefined
  }
}
