/** Which faults chance may have strike, of all that there are: those that strike what comes, one by one. */
import { NotAllowed } from '../../amqp/errors'
import type { ConfirmFaults, DueConfirm } from './confirm-faults'
import type { DeliveryFaults, FaultyDelivery } from './delivery-faults'
import type { Fault, FaultOptions } from './fault'
import { TEXT } from './fault-errors'
import type { Cut, FaultyTransport } from './faulty-transport'
import type { LiveConnections } from './live-connections'
import type { OpeningFaults } from './opening-faults'
import type { FaultyPublish, ReturnFaults } from './return-faults'
import type { ComingConnection, FrameDue, TransportFaults } from './transport-faults'
import type { FaultyConnection } from './victims'

/** In the broker's time. */
const DELAY_MS = 100

export interface RandomTargets {
  dropConnections(isDue: FrameDue): Fault<FaultyConnection>
  closeConnections(isDue: FrameDue): Fault<FaultyConnection>
  refuseConnections(options: FaultOptions<ComingConnection>): Fault<ComingConnection>
  refuseOpening(options: FaultOptions<FaultyConnection>): Fault<FaultyConnection>
  nackConfirms(options: FaultOptions<DueConfirm>): Fault<DueConfirm>
  delayConfirms(options: FaultOptions<DueConfirm>): Fault<DueConfirm>
  returnPublishes(options: FaultOptions<FaultyPublish>): Fault<FaultyPublish>
  duplicateDeliveries(options: FaultOptions<FaultyDelivery>): Fault<FaultyDelivery>
  reorderDeliveries(options: FaultOptions<FaultyDelivery>): Fault<FaultyDelivery>
}

export interface FaultParts {
  readonly confirms: ConfirmFaults
  readonly returns: ReturnFaults
  readonly deliveries: DeliveryFaults
  readonly openings: OpeningFaults
  readonly transports: TransportFaults
  readonly connections: LiveConnections
  /** Closes the connection over a transport. */
  closing(transport: FaultyTransport): Cut
}

export function randomTargets(parts: FaultParts): RandomTargets {
  const { confirms, returns, deliveries, openings, transports, connections } = parts
  return {
    dropConnections: isDue => transports.cutAt('received', isDue, {}, at => connections.dropping(at)),
    closeConnections: isDue => transports.cutAt('received', isDue, {}, at => parts.closing(at)),
    refuseConnections: options => transports.refuse(options),
    refuseOpening: options => openings.refuse(options, () => new NotAllowed(TEXT)),
    nackConfirms: options => confirms.add(options, undefined),
    delayConfirms: options => confirms.add(options, DELAY_MS),
    returnPublishes: options => returns.add(options),
    duplicateDeliveries: options => deliveries.loseAcks(options),
    reorderDeliveries: options => deliveries.reorder(options),
  }
}
