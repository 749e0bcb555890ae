/** What may be planted in a world, to see that it is found: a disk, a queue or a transport that is not what it seems. */
import type { Broker } from '../../../src/broker/broker'
import type { SeenKeys } from '../../../src/broker/deduplication'
import type { DelayQueue } from '../../../src/queues/delay-queue'
import type { QueueOptions } from '../../../src/queues/options'
import type { QueueDefinition, QueueSurroundings } from '../../../src/queues/queue'
import type { Transport } from '../../../src/server/transport'
import type { BrokerModel } from '../model/broker-model'
import type { WatchedQueue } from '../watched/watched-queue'
import type { DiskWatch, SimulatedDisk } from './disk'

export interface Faults {
  readonly disk?: (file: string, watch: DiskWatch, afterCrash: boolean) => SimulatedDisk
  readonly queue?: new (
    definition: QueueDefinition,
    options: QueueOptions,
    around: QueueSurroundings,
    model: BrokerModel,
  ) => WatchedQueue
  readonly delays?: (queue: DelayQueue) => void
  readonly filter?: (filter: SeenKeys) => void
  readonly broker?: (broker: Broker) => void
  readonly transport?: (transport: Transport) => Transport
}
