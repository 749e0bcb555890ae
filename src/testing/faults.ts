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
import type { Transport } from '../server/transport'
import { ConfirmFaults, type DueConfirm } from './confirm-faults'
import { type Duration, milliseconds } from './duration'
import { Fault, type FaultOptions } from './fault'
import { FaultyTransport } from './faulty-transport'

export interface FaultyConnection {
  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  readonly name: string
  /** What the client calls itself, its property `connection_name`. */
  readonly clientName: string | undefined
  /** Undefined, as is the virtual host: nobody has logged in yet. */
  readonly user: string | undefined
  readonly vhost: string | undefined
}

export interface FaultyChannel {
  readonly number: number
  readonly connection: FaultyConnection
}

export interface FaultyConsumer {
  readonly tag: string
  readonly queue: string
}

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
  private readonly lasting = new Set<{ end(): void }>()
  private refusals: Fault<unknown>[] = []

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
  refuseConnections({ times }: { readonly times?: number } = {}): Fault<unknown> {
    const fault = new Fault<unknown>(times === undefined ? {} : { times }, () => {
      this.refusals = this.refusals.filter(other => other !== fault)
    })
    this.refusals.push(fault)
    return this.lasts(fault)
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

  /** What the clients that are there send is not read until the fault is ended. */
  stallReads(options: FaultOptions<FaultyConnection> = {}): Fault<FaultyConnection> {
    return this.stall(options, transport => {
      transport.stallReads()
      return () => transport.goOnReading()
    })
  }

  /** What is for the clients that are there is not sent until the fault is ended. */
  stallWrites(options: FaultOptions<FaultyConnection> = {}): Fault<FaultyConnection> {
    return this.stall(options, transport => {
      transport.stallWrites()
      return () => transport.goOnWriting()
    })
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
    if (!this.refusals.some(fault => fault.strikes(undefined))) return new FaultyTransport(transport)
    transport.destroy()
    return undefined
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

  private stall(
    options: FaultOptions<FaultyConnection>,
    stall: (transport: FaultyTransport) => () => void,
  ): Fault<FaultyConnection> {
    const ends: (() => void)[] = []
    const fault = new Fault(options, () => {
      for (const end of ends) end()
    })
    for (const connection of this.connections()) {
      const { transport } = connection
      if (transport instanceof FaultyTransport && fault.strikes(described(connection)))
        ends.push(stall(transport))
    }
    return this.lasts(fault)
  }

  private lasts<T>(fault: Fault<T>): Fault<T> {
    this.lasting.add(fault)
    return fault
  }
}

function described({ status }: Connection): FaultyConnection {
  const { name, user } = status
  return { name, clientName: status.identity.userProvidedName, user, vhost: status.vhost?.name }
}

function cancel(consumer: ChannelConsumer): void {
  consumer.queue.removeConsumer(consumer)
  consumer.cancelled()
}
