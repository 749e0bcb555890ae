/**
 * What goes wrong between clients and a broker, at a test's word. Now: connections and channels are closed, consumers
 * cancelled; these say how many they struck. Until it is ended: a `Fault`, which strikes whatever comes.
 */
import { type AmqpError, ConnectionForced } from '../../amqp/errors'
import type { Broker } from '../../broker/broker'
import type { QueueMaker } from '../../broker/vhost'
import type { ChannelConsumer } from '../../channel/channel-consumer'
import type { Clock } from '../../clock'
import { Queue } from '../../queues/queue'
import type { Connections } from '../../server/connections'
import type { OutboundPeer } from '../../server/outbound-peer'
import type { Transport } from '../../server/transport'
import { type Duration, milliseconds } from '../time/duration'
import { ConfirmFaults, type DueConfirm } from './confirm-faults'
import { DeliveryFaults, type FaultyDelivery, type ReorderOptions } from './delivery-faults'
import { Fault, type FaultOptions } from './fault'
import {
  CHANNEL_ERRORS,
  type CloseChannels,
  type CloseConnections,
  CONNECTION_ERRORS,
  OPENING_ERRORS,
  type RefuseOpening,
  TEXT,
} from './fault-errors'
import type { FaultyTransport } from './faulty-transport'
import { LiveConnections } from './live-connections'
import { OpeningFaults } from './opening-faults'
import { PublisherBlocks } from './publisher-blocks'
import { RandomFaults, type RandomOptions } from './random-faults'
import { randomTargets } from './random-targets'
import { type FaultyPublish, ReturnFaults } from './return-faults'
import {
  type ComingConnection,
  type FrameCount,
  type StallOptions,
  TransportFaults,
} from './transport-faults'
import type { FaultyConnection, FaultyConsumer } from './victims'

export class Faults {
  private readonly connections = new LiveConnections()
  private readonly confirms: ConfirmFaults
  private readonly transports = new TransportFaults(
    () => this.connections.transports(),
    transport => this.connections.describe(transport),
  )
  private readonly returns = new ReturnFaults()
  private readonly deliveries: DeliveryFaults
  private readonly openings = new OpeningFaults(
    peer => this.connections.find(({ session }) => session?.peer === peer),
    ({ transport }) => this.connections.describe(transport),
    ({ session, transport }) => {
      if (session !== undefined) this.returns.watch(session, () => this.connections.describe(transport))
    },
  )
  private readonly lasting = new Set<{ end(): void }>()

  private readonly blocks = new PublisherBlocks()

  constructor(clock: Clock) {
    this.confirms = new ConfirmFaults(clock)
    this.deliveries = new DeliveryFaults(clock)
  }

  /** A connection.close with a code and a text. Returns how many were closed. */
  closeConnections({ code = 320, text = TEXT, ...options }: CloseConnections = {}): number {
    const fault = new Fault(options)
    for (const connection of this.connections.all()) {
      if (!fault.strikes(this.connections.describe(connection.transport))) continue
      const error: AmqpError = new CONNECTION_ERRORS[code](text)
      connection.forceClose(error)
    }
    return fault.struck
  }

  /** Without a word, as when a cable is cut. Returns how many were dropped. */
  dropConnections(options: FaultOptions<FaultyConnection> = {}): number {
    const fault = new Fault(options)
    for (const connection of this.connections.all()) {
      if (!fault.strikes(this.connections.describe(connection.transport))) continue
      this.connections.drop(connection)
    }
    return fault.struck
  }

  /** New connections are dropped before they have said a word. */
  refuseConnections(options: FaultOptions<ComingConnection> = {}): Fault<ComingConnection> {
    return this.lasts(this.transports.refuse(options))
  }

  /**
   * connection.close behind so many frames, of connections that are there and of those to come: what was received before is
   * obeyed and answered, what comes behind it is not. @throws RangeError
   */
  closeAfter(
    frames: FrameCount,
    { code = 320, text = TEXT, ...options }: CloseConnections = {},
  ): Fault<FaultyConnection> {
    const cut = this.connections.closing(() => new CONNECTION_ERRORS[code](text))
    return this.lasts(this.transports.cutAfter(frames, options, cut))
  }

  /**
   * Without a word behind so many frames: what was received before is obeyed, but what it would be answered with is not sent
   * any more. @throws RangeError
   */
  dropAfter(frames: FrameCount, options: FaultOptions<FaultyConnection> = {}): Fault<FaultyConnection> {
    return this.lasts(this.transports.cutAfter(frames, options, at => this.connections.dropping(at)))
  }

  /** connection.close in the place of connection.open-ok: who logged in may not open the virtual host. */
  refuseOpening({ code = 530, text = TEXT, ...options }: RefuseOpening = {}): Fault<FaultyConnection> {
    return this.lasts(this.openings.refuse(options, () => new OPENING_ERRORS[code](text)))
  }

  /** A channel.close with a code and a text. Returns how many were closed. */
  closeChannels({ code = 406, text = TEXT, ...options }: CloseChannels = {}): number {
    const fault = new Fault(options)
    for (const connection of this.connections.all()) {
      for (const channel of [...connection.status.channels]) {
        const victim = { number: channel.number, connection: this.connections.describe(connection.transport) }
        if (fault.strikes(victim)) channel.forceClose(new CHANNEL_ERRORS[code](text))
      }
    }
    return fault.struck
  }

  /** connection.blocked, for connections that publish, until the fault is ended. */
  blockPublishers(reason = 'low on memory'): Fault<unknown> {
    return this.lasts(this.blocks.add(reason))
  }

  /** Publishes are answered with basic.nack, though they are in their queues. */
  nackConfirms(options: FaultOptions<DueConfirm> = {}): Fault<DueConfirm> {
    return this.lasts(this.confirms.add(options, undefined))
  }

  /** Publishes are answered later, in the broker's time. */
  delayConfirms(by: Duration, options: FaultOptions<DueConfirm> = {}): Fault<DueConfirm> {
    return this.lasts(this.confirms.add(options, milliseconds(by)))
  }

  /**
   * Publishes go nowhere, as if nothing were bound: a mandatory one comes back (basic.return, 312 NO_ROUTE), any other one is
   * dropped, and both are confirmed.
   */
  returnPublishes(options: FaultOptions<FaultyPublish> = {}): Fault<FaultyPublish> {
    return this.lasts(this.returns.add(options))
  }

  /**
   * An acknowledgement is lost: the message that was acknowledged is delivered again, as redelivered, and the next
   * acknowledgement counts.
   */
  duplicateDeliveries(options: FaultOptions<FaultyDelivery> = {}): Fault<FaultyDelivery> {
    return this.lasts(this.deliveries.loseAcks(options))
  }

  /**
   * A message is out with nobody until the one behind it was delivered, and comes then, as redelivered: as when the consumer
   * that got it first lost its connection. @throws RangeError for what is no length of time
   */
  reorderDeliveries(options: ReorderOptions = {}): Fault<FaultyDelivery> {
    return this.lasts(this.deliveries.reorder(options))
  }

  /** basic.cancel, as when a queue is deleted. Returns how many were cancelled. */
  cancelConsumers(options: FaultOptions<FaultyConsumer> = {}): number {
    const fault = new Fault(options)
    for (const connection of this.connections.all()) {
      for (const channel of [...connection.status.channels])
        for (const consumer of channel.status.consumers) {
          const { tag, queue } = consumer
          if (fault.strikes({ tag, queue: queue.name })) cancel(consumer)
        }
    }
    return fault.struck
  }

  /** What clients send is not read until the fault is ended: of those that are there, and if asked for of new ones. */
  stallReads(options: StallOptions = {}): Fault<FaultyConnection> {
    const stall = (transport: FaultyTransport) => {
      transport.stallReads()
      return () => transport.goOnReading()
    }
    return this.lasts(this.transports.stall(options, stall))
  }

  /** What is for clients is not sent until the fault is ended. */
  stallWrites(options: StallOptions = {}): Fault<FaultyConnection> {
    const stall = (transport: FaultyTransport) => {
      transport.stallWrites()
      return () => transport.goOnWriting()
    }
    return this.lasts(this.transports.stall(options, stall))
  }

  /**
   * Whatever chance has, the same for the same seed in the same traffic. The seed is in its text, and in that of errors of
   * waiting. @throws RangeError
   */
  random(options: RandomOptions = {}): RandomFaults {
    const { confirms, returns, deliveries, openings, transports, connections } = this
    const closing = connections.closing(() => new ConnectionForced(TEXT))
    const targets = randomTargets({
      confirms,
      returns,
      deliveries,
      openings,
      transports,
      closing,
      connections,
    })
    const fault = new RandomFaults(targets, options)
    this.lasting.add(fault)
    return fault
  }

  /** What happens by chance, for people: the seeds bring it back. Empty: nothing does. */
  describeRandom(): string {
    return [...this.lasting].filter(fault => fault instanceof RandomFaults).join('\n')
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    for (const fault of [...this.lasting]) fault.end()
    this.lasting.clear()
  }

  /** Whom the faults are for: after a restart, somebody else. */
  attach({ broker, connections }: { readonly broker: Broker; readonly connections: Connections }): void {
    this.connections.attach({ [Symbol.iterator]: () => connections[Symbol.iterator]() })
    this.blocks.attach(broker.alarms)
  }

  through(transport: Transport): Transport | undefined {
    return this.transports.through(transport)
  }

  watch(peer: OutboundPeer): void {
    this.confirms.watch(peer)
    this.openings.watch(peer)
  }

  /** Queues of which deliveries may go wrong. */
  queuesOf(make: QueueMaker = plainQueue): QueueMaker {
    this.deliveries.begin()
    return (definition, options, around, vhost) => {
      const queue = make(definition, options, around, vhost)
      this.deliveries.watch(queue, vhost)
      return queue
    }
  }

  private lasts<T>(fault: Fault<T>): Fault<T> {
    this.lasting.add(fault)
    return fault
  }
}

const plainQueue: QueueMaker = (...parts) => new Queue(parts[0], parts[1], parts[2])

function cancel(consumer: ChannelConsumer): void {
  consumer.queue.removeConsumer(consumer)
  consumer.cancelled()
}
