/**
 * Looks at the whole broker once in each sampling interval and keeps what moved. Nothing is kept of what never did, and
 * nothing is told to it: it reads the plain numbers that queues, exchanges, channels and connections count.
 *
 * What it keeps of a thing hangs on the thing itself, weakly: it goes when the thing goes.
 */
import type { Broker } from '../broker/broker'
import { addTraffic, type Traffic } from '../broker/broker-counters'
import type { Vhost } from '../broker/vhost'
import type { ChannelStatus } from '../channel/channel-status'
import type { Clock, Timer } from '../clock'
import type { Exchange } from '../exchanges/exchange'
import type { Logger } from '../logger'
import type { Queue } from '../queues/queue'
import { tallyOfQueue } from '../queues/queue-tally'
import type { Connection } from '../server/connection'
import type { Connections } from '../server/connections'
import { MessageTally } from '../structures/message-tally'
import { ConsumerCapacity } from './consumer-capacity'
import { History, type HistoryKind, type SampleTimes } from './history'
import { CHURN, KINDS, LENGTHS, TRAFFIC } from './kept-kinds'
import { recordTally, STATS_GROUPS, type StatsGroups } from './message-stats'
import { MovedThings } from './moved-things'
import type { NodeProbe } from './node-probe'

export interface SampledBroker {
  readonly broker: Broker
  readonly connections: Connections
  readonly clock: Clock
  readonly probe: NodeProbe
  /** Hears of defects: nobody's messages depend on a sampling. */
  readonly logger: Logger
}

/** Things looked at in one turn: some milliseconds when all of them moved. */
const PER_STEP = 1000

export class Sampler implements SampleTimes {
  global = new History(KINDS.global)
  readonly consumerCapacity = new ConsumerCapacity()
  firstSlot = 0
  lastSlot = 0
  private things = new MovedThings()
  private readonly scratch = new MessageTally()
  private timer: Timer | undefined
  private now = 0
  /** What is left of the sampling that goes on. */
  private rest: Generator<void> | undefined

  constructor(
    private readonly around: SampledBroker,
    readonly intervalMs: number,
  ) {}

  start(): void {
    this.now = this.around.clock.now()
    this.firstSlot = this.lastSlot = this.slotNow()
    this.sample()
    this.again()
  }

  stop(): void {
    this.timer?.cancel()
    this.timer = this.rest = undefined
  }

  /** Forgets the past: it begins now. */
  reset(): void {
    this.things = new MovedThings()
    this.global = new History(KINDS.global)
    this.firstSlot = this.lastSlot
    this.sample()
  }

  /** Undefined: it never moved. */
  historyOf(thing: object): History | undefined {
    return this.things.historyOf(thing)
  }

  /** When a sampling last found that it had moved, in milliseconds since the epoch. */
  movedAt(thing: object): number | undefined {
    return this.things.movedAt(thing)
  }

  /** Brings counts that publishers keep by route to the exchanges and queues. */
  gather(): void {
    for (const vhost of this.around.broker.vhosts.values()) {
      for (const routes of vhost.routeCaches) routes.gather()
    }
  }

  /** Looks at everything, if that is not too much: the rest is looked at in later turns. */
  sample(): void {
    this.now = this.around.clock.now()
    const slot = this.slotNow()
    if (slot < this.lastSlot) this.firstSlot = slot // somebody set the clock back
    this.lastSlot = slot
    this.rest = this.steps(slot)
    this.runTurn()
  }

  /** A step of the sampling. */
  runTurn(): void {
    try {
      const isDone = this.rest?.next().done ?? true
      if (isDone) this.rest = undefined
      else this.around.broker.turn.readOn(this)
    } catch (err) {
      this.rest = undefined
      this.around.logger.error({ err }, 'a sampling failed by a defect of ours')
    }
  }

  private *steps(slot: number): Generator<void> {
    this.gather()
    const { vhosts } = this.around.broker
    const sums = new Map<Vhost, Sums>()
    for (const vhost of vhosts.values()) sums.set(vhost, sumsOf(vhost))
    yield* this.sampleConnections(sums)
    const lengths = { ready: 0, unacked: 0 }
    for (const [vhost, sum] of sums) yield* this.sampleVhost(vhost, sum, lengths)
    this.recordLengths(this.global, lengths.ready, lengths.unacked)
    this.recordChurn()
    this.around.probe.read((name, value) => this.global.recordOther(slot, name, value))
  }

  private again(): void {
    const { intervalMs } = this
    // At the beginning of the next slot: none is left out because timers are late.
    const delay = intervalMs - (this.around.clock.now() % intervalMs)
    this.timer = this.around.clock.after(delay, () => {
      // Who does not get through in time leaves a sample out.
      if (this.rest === undefined) this.sample()
      this.again()
    })
  }

  private slotNow(): number {
    return Math.floor(this.now / this.intervalMs)
  }

  private *sampleConnections(sums: ReadonlyMap<Vhost, Sums>): Generator<void> {
    const { broker, connections } = this.around
    const { tally, traffic } = sumsOf(broker.counters)
    let seen = 0
    for (const connection of connections) {
      if (++seen % PER_STEP === 0) yield
      this.sampleConnection(connection)
      const { vhost } = connection.status
      const sum = vhost === undefined ? undefined : sums.get(vhost)
      addTraffic(traffic, connection.status)
      if (sum !== undefined) addTraffic(sum.traffic, connection.status)
      for (const { status } of connection.status.channels) {
        if (++seen % PER_STEP === 0) yield
        this.sampleChannel(status)
        tally.add(this.scratch)
        sums.get(status.vhost)?.tally.add(this.scratch)
      }
    }
    recordTally(this.global, this.lastSlot, tally, STATS_GROUPS.channel)
    this.recordTraffic(this.global, traffic)
  }

  private sampleConnection({ status }: Connection): void {
    const history = this.moved(status, status.bytesReceived + status.bytesSent, KINDS.connection)
    if (history !== undefined) this.recordTraffic(history, status)
  }

  /** Leaves its tally in `scratch`. */
  private sampleChannel(status: ChannelStatus): void {
    const { scratch } = this
    status.noteTime(this.now)
    scratch.clear()
    status.tallyInto(scratch)
    const mark = scratch.publish + scratch.confirm + scratch.deliverGet + scratch.getEmpty + scratch.ack
    this.recordMoved(status, mark, STATS_GROUPS.channel, KINDS.channel)
  }

  private *sampleVhost(
    vhost: Vhost,
    { tally, traffic }: Sums,
    all: { ready: number; unacked: number },
  ): Generator<void> {
    let ready = 0
    let unacked = 0
    let moves = 0
    let seen = 0
    for (const queue of vhost.queues.values()) {
      if (++seen % PER_STEP === 0) yield
      ready += queue.messageCount
      unacked += queue.unacknowledgedCount
      moves += this.sampleQueue(queue)
    }
    for (const exchange of vhost.exchanges.values()) {
      if (++seen % PER_STEP === 0) yield
      this.sampleExchange(exchange)
    }
    all.ready += ready
    all.unacked += unacked
    const bytes = traffic.bytesReceived + traffic.bytesSent
    const mark = bytes + moves + tally.publish + tally.confirm + tally.deliverGet + tally.getEmpty + tally.ack
    const history = this.moved(vhost, mark, KINDS.vhost)
    if (history === undefined) return
    recordTally(history, this.lastSlot, tally, STATS_GROUPS.channel)
    this.recordTraffic(history, traffic)
    this.recordLengths(history, ready, unacked)
  }

  /** Returns what moves when anything in it does. */
  private sampleQueue(queue: Queue): number {
    this.consumerCapacity.sample(queue, this.now)
    const { enqueued, delivered, settled, requeued } = queue.counters
    const { publish, getEmpty, ack } = queue.tally
    const length = queue.messageCount
    const mark = enqueued + delivered + settled + requeued + publish + getEmpty + ack + length
    const history = this.moved(queue, mark, KINDS.queue)
    if (history === undefined) return mark
    this.scratch.clear()
    tallyOfQueue(queue, this.scratch)
    recordTally(history, this.lastSlot, this.scratch, STATS_GROUPS.queue)
    this.recordLengths(history, length, queue.unacknowledgedCount)
    const { sources } = queue.tally
    if (sources === undefined) return mark
    for (const [exchange, count] of sources) history.recordOther(this.lastSlot, exchange, count)
    history.retainOthers(sources)
    return mark
  }

  private sampleExchange(exchange: Exchange): void {
    this.scratch.clear()
    this.scratch.add(exchange.tally)
    this.recordMoved(exchange, this.scratch.publishIn, STATS_GROUPS.exchange, KINDS.exchange)
  }

  /** What `scratch` holds. */
  private recordMoved(thing: object, mark: number, groups: StatsGroups, kind: HistoryKind): void {
    const history = this.moved(thing, mark, kind)
    if (history !== undefined) recordTally(history, this.lastSlot, this.scratch, groups)
  }

  /** Its history, if it moved since it was looked at last. */
  private moved(thing: object, mark: number, kind: HistoryKind): History | undefined {
    return this.things.moved(thing, mark, kind, this.lastSlot, this.now)
  }

  private recordLengths(history: History, ready: number, unacked: number): void {
    const place = history.kind.placeOf(LENGTHS[0])!
    history.record(this.lastSlot, place, ready + unacked)
    history.record(this.lastSlot, place + 1, ready)
    history.record(this.lastSlot, place + 2, unacked)
  }

  private recordTraffic(history: History, traffic: Readonly<Traffic>): void {
    const { bytesReceived, bytesSent, chunksReceived, chunksSent } = traffic
    const place = history.kind.placeOf(TRAFFIC[0])!
    history.record(this.lastSlot, place, bytesReceived)
    history.record(this.lastSlot, place + 1, bytesSent)
    history.record(this.lastSlot, place + 2, chunksReceived)
    history.record(this.lastSlot, place + 3, chunksSent)
  }

  private recordChurn(): void {
    const { churn } = this.around.broker.counters
    let place = this.global.kind.placeOf(CHURN[0][1])!
    for (const [key] of CHURN) this.global.record(this.lastSlot, place++, churn[key])
  }
}

/** What the channels and connections of a virtual host, or of all, have counted. */
interface Sums {
  readonly tally: MessageTally
  readonly traffic: Traffic
}

/** Those that are closed, to which the others are to be added. */
function sumsOf(ended: {
  readonly endedChannels: MessageTally
  readonly endedTraffic: Readonly<Traffic>
}): Sums {
  const tally = new MessageTally()
  tally.add(ended.endedChannels)
  return { tally, traffic: { ...ended.endedTraffic } }
}
