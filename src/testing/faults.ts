/**
 * What goes wrong between clients and a broker, at a test's word. Now: connections and channels are closed, consumers
 * cancelled; these say how many they struck. Until it is ended: a `Fault`, which strikes whatever comes.
 */
import type { AmqpError } from '../amqp/errors'
import type { Broker } from '../broker/broker'
import type { QueueMaker } from '../broker/vhost'
import type { ChannelConsumer } from '../channel/channel-consumer'
import type { Clock } from '../clock'
import { Queue } from '../queues/queue'
import type { Connection } from '../server/connection'
import type { Connections } from '../server/connections'
import type { OutboundPeer } from '../server/outbound-peer'
import { connectionName, type Transport } from '../server/transport'
import { ConfirmFaults, type DueConfirm } from './confirm-faults'
import { DeliveryFaults, type FaultyDelivery, type ReorderOptions } from './delivery-faults'
import { type Duration, milliseconds } from './duration'
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
import { FaultyTransport } from './faulty-transport'
import { OpeningFaults } from './opening-faults'
import { PublisherBlocks } from './publisher-blocks'
import { type FaultyPublish, ReturnFaults } from './return-faults'
import {
  type ComingConnection,
  type FrameCount,
  type StallOptions,
  TransportFaults,
} from './transport-faults'
import { describedConnection, type FaultyConnection, type FaultyConsumer } from './victims'

interface StruckBroker {
  readonly broker: Broker
  readonly connections: Connections
}

export class Faults {
  private readonly confirms: ConfirmFaults
  private readonly transports = new TransportFaults(
    () => this.live(),
    transport => this.describedAt(transport),
  )
  private readonly returns = new ReturnFaults()
  private readonly deliveries: DeliveryFaults
  private readonly openings = new OpeningFaults(
    peer => this.find(({ session }) => session?.peer === peer),
    described,
    connection => {
      if (connection.session !== undefined)
        this.returns.watch(connection.session, () => described(connection))
    },
  )
  private readonly lasting = new Set<{ end(): void }>()

  private readonly dropped = new WeakSet<Connection>()
  private struck: StruckBroker | undefined
  private readonly blocks = new PublisherBlocks()

  constructor(clock: Clock) {
    this.confirms = new ConfirmFaults(clock)
    this.deliveries = new DeliveryFaults(clock)
  }

  /** A connection.close with a code and a text. Returns how many were closed. */
  closeConnections({ code = 320, text = TEXT, ...options }: CloseConnections = {}): number {
    const fault = new Fault(options)
    for (const connection of this.connections()) {
      if (!fault.strikes(described(connection))) continue
      const error: AmqpError = new CONNECTION_ERRORS[code](text)
      connection.forceClose(error)
    }
    return fault.struck
  }

  /** Without a word, as when a cable is cut. Returns how many were dropped. */
  dropConnections(options: FaultOptions<FaultyConnection> = {}): number {
    const fault = new Fault(options)
    for (const connection of this.connections()) {
      if (!fault.strikes(described(connection))) continue
      this.dropped.add(connection)
      connection.destroy()
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
    const error = (): AmqpError => new CONNECTION_ERRORS[code](text)
    return this.lasts(
      this.transports.cutAfter(frames, options, transport => {
        const connection = this.connectionOver(transport)
        return () => connection?.forceClose(error())
      }),
    )
  }

  /**
   * Without a word behind so many frames: what was received before is obeyed, but what it would be answered with is not sent
   * any more. @throws RangeError
   */
  dropAfter(frames: FrameCount, options: FaultOptions<FaultyConnection> = {}): Fault<FaultyConnection> {
    return this.lasts(this.transports.cutAfter(frames, options, () => 'drop'))
  }

  /** connection.close in the place of connection.open-ok: who logged in may not open the virtual host. */
  refuseOpening({ code = 530, text = TEXT, ...options }: RefuseOpening = {}): Fault<FaultyConnection> {
    return this.lasts(this.openings.refuse(options, () => new OPENING_ERRORS[code](text)))
  }

  /** A channel.close with a code and a text. Returns how many were closed. */
  closeChannels({ code = 406, text = TEXT, ...options }: CloseChannels = {}): number {
    const fault = new Fault(options)
    for (const connection of this.connections()) {
      for (const channel of [...connection.status.channels]) {
        const victim = { number: channel.number, connection: described(connection) }
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
    for (const connection of this.connections()) {
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

  /** Nothing goes wrong any more. */
  clear(): void {
    for (const fault of [...this.lasting]) fault.end()
    this.lasting.clear()
  }

  /** Whom the faults are for: after a restart, somebody else. */
  attach(struck: StruckBroker): void {
    this.struck = struck
    this.blocks.attach(struck.broker.alarms)
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

  /** Not those that are going already. */
  private connections(): Connection[] {
    const isThere = (connection: Connection) =>
      (connection.state === 'open' || connection.state === 'handshake') && !this.dropped.has(connection)
    return [...(this.struck?.connections ?? [])].filter(isThere)
  }

  private live(): FaultyTransport[] {
    return this.connections().flatMap(({ transport }) =>
      transport instanceof FaultyTransport ? [transport] : [],
    )
  }

  private connectionOver(transport: Transport): Connection | undefined {
    return this.find(connection => connection.transport === transport)
  }

  private find(isMeant: (connection: Connection) => boolean): Connection | undefined {
    return [...(this.struck?.connections ?? [])].find(isMeant)
  }

  /** Also when there is no connection over it yet. */
  private describedAt(transport: FaultyTransport): FaultyConnection {
    const connection = this.connectionOver(transport)
    const { number } = transport
    if (connection !== undefined) return describedConnection(connection, number)
    const name = connectionName(transport)
    return { name, number, clientName: undefined, user: undefined, vhost: undefined }
  }

  private lasts<T>(fault: Fault<T>): Fault<T> {
    this.lasting.add(fault)
    return fault
  }
}

function described(connection: Connection): FaultyConnection {
  const { transport } = connection
  return describedConnection(connection, transport instanceof FaultyTransport ? transport.number : 0)
}

const plainQueue: QueueMaker = (...parts) => new Queue(parts[0], parts[1], parts[2])

function cancel(consumer: ChannelConsumer): void {
  consumer.queue.removeConsumer(consumer)
  consumer.cancelled()
}
