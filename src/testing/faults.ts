/**
 * What goes wrong between clients and a broker, at a test's word. Now: connections and channels are closed, consumers
 * cancelled; these say how many they struck. Until it is ended: a `Fault`, which strikes whatever comes.
 */
import {
  AccessRefused,
  type AmqpError,
  ConnectionForced,
  ContentTooLarge,
  InternalError,
  NotFound,
  PreconditionFailed,
  ResourceError,
  ResourceLocked,
} from '../amqp/errors'
import type { RaisedAlarm } from '../broker/alarms'
import type { Broker } from '../broker/broker'
import type { ChannelConsumer } from '../channel/channel-consumer'
import type { Clock } from '../clock'
import type { Connection } from '../server/connection'
import type { Connections } from '../server/connections'
import type { OutboundPeer } from '../server/outbound-peer'
import { connectionName, type Transport } from '../server/transport'
import { ConfirmFaults, type DueConfirm } from './confirm-faults'
import { type Duration, milliseconds } from './duration'
import { Fault, type FaultOptions } from './fault'
import { FaultyTransport } from './faulty-transport'
import {
  type ComingConnection,
  type FrameCount,
  type StallOptions,
  TransportFaults,
} from './transport-faults'
import {
  describedConnection,
  type FaultyChannel,
  type FaultyConnection,
  type FaultyConsumer,
} from './victims'

const CONNECTION_ERRORS = { 320: ConnectionForced, 506: ResourceError, 541: InternalError } as const
const CHANNEL_ERRORS = {
  311: ContentTooLarge,
  403: AccessRefused,
  404: NotFound,
  405: ResourceLocked,
  406: PreconditionFailed,
} as const

export interface CloseConnections extends FaultOptions<FaultyConnection> {
  /** Default 320, connection-forced. */
  readonly code?: keyof typeof CONNECTION_ERRORS
  readonly text?: string
}

export interface CloseChannels extends FaultOptions<FaultyChannel> {
  /** Default 406, precondition-failed. */
  readonly code?: keyof typeof CHANNEL_ERRORS
  readonly text?: string
}

const TEXT = 'a fault of the test'

/** Publishers wait, of whatever broker is there. */
interface Block {
  readonly reason: string
  alarm: RaisedAlarm | undefined
}

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
  private readonly lasting = new Set<{ end(): void }>()

  private readonly dropped = new WeakSet<Connection>()
  private struck: StruckBroker | undefined
  private readonly blocks = new Set<Block>()

  constructor(clock: Clock) {
    this.confirms = new ConfirmFaults(clock)
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
    const block: Block = { reason, alarm: this.struck?.broker.alarms.raise(reason) }
    this.blocks.add(block)
    return this.lasts(
      new Fault<unknown>({}, () => {
        this.blocks.delete(block)
        block.alarm?.clear()
      }),
    )
  }

  /** Publishes are answered with basic.nack, though they are in their queues. */
  nackConfirms(options: FaultOptions<DueConfirm> = {}): Fault<DueConfirm> {
    return this.lasts(this.confirms.add(options, undefined))
  }

  /** Publishes are answered later, in the broker's time. */
  delayConfirms(by: Duration, options: FaultOptions<DueConfirm> = {}): Fault<DueConfirm> {
    return this.lasts(this.confirms.add(options, milliseconds(by)))
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
    for (const block of this.blocks) block.alarm = struck.broker.alarms.raise(block.reason)
  }

  through(transport: Transport): Transport | undefined {
    return this.transports.through(transport)
  }

  watch(peer: OutboundPeer): void {
    this.confirms.watch(peer)
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
    for (const connection of this.struck?.connections ?? [])
      if (connection.transport === transport) return connection
    return undefined
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

function cancel(consumer: ChannelConsumer): void {
  consumer.queue.removeConsumer(consumer)
  consumer.cancelled()
}
