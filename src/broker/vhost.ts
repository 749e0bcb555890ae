/**
 * One virtual host: its exchanges and queues, who is bound to whom, and where a message goes. Changes of topology
 * are in `exchange-declarations`, `queue-declarations` and `bindings`, which alone write to the maps here.
 */
import { NotFound, type PreconditionFailed } from '../amqp/errors'
import { DefaultExchange } from '../exchanges/default-exchange'
import type { Destination } from '../exchanges/destination'
import type { Exchange } from '../exchanges/exchange'
import { type PredeclaredExchange, predeclaredExchanges } from '../exchanges/predeclared'
import { type ExchangeLookup, Router } from '../exchanges/router'
import { createExchange } from '../exchanges/types'
import type { Message } from '../message'
import { DelayQueue, type DelayQueueSurroundings } from '../queues/delay-queue'
import type { QueueDefaults, QueueOptions } from '../queues/options'
import type { Queue, QueueDefinition, QueueSurroundings } from '../queues/queue'
import type { DefinitionStore } from '../store/definition-store'
import type { MessageStore } from '../store/message-store'
import { QueueJournal } from '../store/queue-journal'
import { MessageTally } from '../structures/message-tally'
import type { BrokerCounters } from './broker-counters'
import { noTraffic } from './broker-counters'
import type { Compat } from './compat'
import { DeadLetters, type DeadLettersSurroundings } from './dead-letters'
import { DefinitionLog } from './definition-log'
import { DelayedDelivery } from './delayed-delivery'
import type { Events } from './events/events'
import type { MessageTap } from './events/message-tap'
import type { ResourceLimits } from './limits'
import { describeResource } from './names'
import { NOTHING_NOTED, type Note } from './notes'
import { Policies } from './policies/policies'
import { copyingWork, VISITS_PER_WORK } from './routed'
import type { Transfer } from './transfer'
import { NO_METADATA, type VhostMetadata } from './vhost-metadata'

/** Whoever wants to see what happens in queues has queues of its own kind made. */
export type QueueMaker = (
  definition: QueueDefinition,
  options: QueueOptions,
  around: QueueSurroundings,
  vhost: string,
) => Queue

/** A declaration of what is there, with other properties. */
export interface Redeclared {
  readonly vhost: string
  readonly kind: 'queue' | 'exchange'
  readonly name: string
  /** Who declares it. */
  readonly user: string
  /** What RabbitMQ answers. */
  readonly difference: PreconditionFailed
}

export interface VhostSurroundings extends DeadLettersSurroundings {
  readonly store: MessageStore & DefinitionStore
  readonly events: Events
  readonly compat: Compat
  readonly limits: ResourceLimits
  readonly counters: BrokerCounters
  readonly queueDefaults: QueueDefaults
  readonly makeQueue?: QueueMaker | undefined
  /** Hears of what is declared again with other properties, which then stays as it is. Default: that is refused. */
  readonly onRedeclared?: ((redeclared: Redeclared) => void) | undefined
  /** Numbers queues across all virtual hosts: the store knows them by these. */
  nextQueueId(): number
  /** The last consumer of an auto-delete queue went. */
  unused(vhost: Vhost, queue: Queue): void
}

/** Counts messages by route, and tells exchanges and queues when it is asked to. */
export interface RouteCounts {
  gather(): void
}

/** The queues a message goes to; `stable` when every message with this exchange and key goes there. */
export interface Routing {
  readonly queues: readonly Queue[]
  readonly stable: boolean
  /** To find them, and to copy the message into them: in units of `WORK_PER_TURN`. */
  readonly work: number
}

export class Vhost implements ExchangeLookup {
  readonly exchanges = new Map<string, Exchange>()
  readonly queues = new Map<string, Queue>()
  /** The exchanges that have bindings to a queue or exchange, for when it goes. */
  readonly sources = new Map<Destination, Set<Exchange>>()
  /** The exclusive queues of each connection, for when it goes. */
  readonly exclusiveQueues = new Map<object, Set<Queue>>()
  /** Queues that nobody declared among the queues: behind a reply-to, and of delayed exchanges. */
  undeclaredQueueCount = 0
  /** Grows with every change that can change a route. */
  routingRevision = 0
  /** What administrators say of it. */
  metadata: VhostMetadata = NO_METADATA
  /** What the channels counted that are closed. */
  readonly endedChannels = new MessageTally()
  /** What the connections received and sent that are closed. */
  readonly endedTraffic = noTraffic()
  /** Where publishers keep counts that are to be gathered. */
  readonly routeCaches = new Set<RouteCounts>()
  /** Copies every message that comes and goes, while it is switched on. */
  firehose: MessageTap | undefined = undefined
  /** Messages that are being moved. */
  readonly transfers = new Set<Transfer>()
  readonly forQueues: QueueSurroundings
  readonly forDelayQueues: DelayQueueSurroundings
  readonly log: DefinitionLog
  private readonly deadLetters: DeadLetters
  readonly policies: Policies
  private readonly router = new Router(this)
  private readonly reached = new Set<Destination>()
  private lastNotes: Note[] | undefined

  constructor(
    readonly name: string,
    readonly around: VhostSurroundings,
  ) {
    this.log = new DefinitionLog(name, around.store, around.events)
    this.deadLetters = new DeadLetters(this, around)
    this.policies = new Policies(this, around.queueDefaults, around.turn)
    this.forQueues = {
      clock: around.clock,
      deadLetters: this.deadLetters,
      turn: around.turn,
      store: around.store,
      journal: id => new QueueJournal(id, around.store),
      unused: queue => around.unused(this, queue),
    }
    const delayed = new DelayedDelivery(this)
    this.forDelayQueues = {
      ...this.forQueues,
      delayOf: message => delayed.delayOf(message),
      release: (queue, message) => delayed.release(queue, message),
    }
    this.exchanges.set('', new DefaultExchange(queue => this.addressableQueue(queue)))
    for (const exchange of predeclaredExchanges) this.predeclare(exchange)
  }

  /** An exchange that is there from the beginning, in every run: the store need not know. */
  predeclare({ name, type, internal }: PredeclaredExchange): Exchange {
    const declaration = { name, durable: true, autoDelete: false, internal, arguments: new Map() }
    const exchange = createExchange(type, declaration)
    this.exchanges.set(name, exchange)
    return exchange
  }

  /** The broker ends: nothing happens by itself any more. */
  stop(): void {
    this.deadLetters.stop()
    for (const transfer of this.transfers) transfer.cancel()
    for (const queue of this.queues.values()) queue.stop()
  }

  exchange(name: string): Exchange | undefined {
    return this.exchanges.get(name)
  }

  /** @throws NotFound `no exchange 'x' in vhost '/'` */
  requireExchange(name: string): Exchange {
    const exchange = this.exchanges.get(name)
    if (exchange === undefined) throw new NotFound(`no ${describeResource('exchange', name, this.name)}`)
    return exchange
  }

  /** @throws NotFound `no queue 'q' in vhost '/'` */
  requireQueue(name: string): Queue {
    const queue = this.queues.get(name)
    if (queue === undefined) throw new NotFound(`no ${describeResource('queue', name, this.name)}`)
    return queue
  }

  /** An exchange has seen a key for the first time, in the message that is being routed. */
  note(note: Note): void {
    if (this.lastNotes === undefined) this.lastNotes = [note]
    else this.lastNotes.push(note)
  }

  /** What exchanges noted of the message that was routed last. */
  get notes(): readonly Note[] {
    return this.lastNotes ?? NOTHING_NOTED
  }

  /** A queue that the default exchange leads to: what is delayed comes by its own exchange only. */
  private addressableQueue(name: string): Queue | undefined {
    const queue = this.queues.get(name)
    return queue instanceof DelayQueue ? undefined : queue
  }

  /** Where a message goes under its routing keys: its own and those of CC and BCC. */
  route(exchange: Exchange, message: Message, routingKeys: readonly string[]): Routing {
    const { reached, router } = this
    this.lastNotes = undefined
    const before = router.visits
    const stable = router.route(exchange, message, routingKeys, reached)
    const queues: Queue[] = []
    for (const destination of reached) {
      const queue = this.queues.get(destination.name)
      if (queue !== undefined) queues.push(queue)
    }
    reached.clear()
    return { queues, stable, work: (router.visits - before) / VISITS_PER_WORK + copyingWork(queues) }
  }
}
