/**
 * The whole broker as it should be. It hears through seams what happens and in which order (queues of its own kind, a tap
 * on the messages, events), and has its own opinion of what should: where a message goes, who gets it, what is on disk.
 */
import { type BrokerEvent, INTERNAL_USER } from '../../../src/broker/events/events'
import type { MessageTap, TappedConnection } from '../../../src/broker/events/message-tap'
import type { ChannelConsumer } from '../../../src/channel/channel-consumer'
import type { Message } from '../../../src/message'
import type { Consumer } from '../../../src/queues/consumer'
import { NO_POSITION } from '../../../src/queues/entries'
import type { QueueDefinition } from '../../../src/queues/queue'
import { type Findings, PartFindings } from '../findings'
import type { Mover } from '../steps/moves'
import type { Conversation, SentMessage } from '../world/conversation'
import type { AccessModel } from './access-model'
import { Arrivals, texts } from './arriving'
import { DeadLetterModel } from './dead-letter-model'
import { DuplicatesModel } from './duplicates-model'
import { fateOf, mayComeAgain } from './fates'
import { REPLY_TO } from './needs'
import { Permitted } from './permitted'
import { identityOf, type Plain, plainTable } from './plain'
import { type EntryModel, QueueModel } from './queue-model'
import { type PolicyModel, policyFor, queueTerms } from './queue-terms'
import type { Snapshot } from './snapshot'
import { TopologyModel, type Ways, withoutDelay } from './topology-model'
import { requireTurn } from './whose-turn'

export interface ModelSurroundings {
  readonly findings: Findings
  readonly access: AccessModel
  /** An alarm is raised: who publishes must wait from then on. */
  readonly isAlarmed: boolean
  /** Who does what happens now. */
  readonly actor: string
  now(): number
  sent(id: string): SentMessage | undefined
  /** The conversation that goes on there; undefined: whoever had it is gone. */
  conversation(connectionName: string, channel: number): Conversation | undefined
}

export class BrokerModel implements MessageTap {
  readonly queues = new Map<string, QueueModel>()
  readonly topology = new TopologyModel(name => this.queues.has(name))
  readonly letters: DeadLetterModel
  readonly permitted: Permitted
  readonly duplicates: DuplicatesModel
  readonly arrivals: Arrivals
  readonly consumers = new Map<QueueModel, Set<Consumer>>()
  /** Where what waits in a queue goes while somebody moves it. */
  readonly moves = new Map<QueueModel, Mover>()
  policies: PolicyModel[] = []
  readonly findings: PartFindings
  /** Of all channels since the broker started. */
  readonly totals = { delivered: 0, redelivered: 0, returned: 0, published: 0, publishedInTx: 0 }
  /** Published since it was last asked. */
  routed: SentMessage[] = []
  /** Connections that published something although an alarm was raised. */
  readonly heldUp = new Set<number>()

  constructor(
    private readonly around: ModelSurroundings,
    /** What a broker before this one left on the disk. */
    kept: Snapshot,
  ) {
    this.findings = new PartFindings(around.findings)
    this.policies = [...kept.policies]
    this.permitted = new Permitted(around.access, this.topology, this.findings)
    this.duplicates = new DuplicatesModel(kept.seen, this.findings, {
      now: () => around.now(),
      headersOf: id => this.headersOf(id),
      mayComeAgain: id => mayComeAgain(this, around.sent(id), id),
      fateOf: id => fateOf(around.sent(id ?? '')),
    })
    const { topology, duplicates } = this
    const waysOf = (exchange: string, keys: readonly string[], id: string, headers: Plain): Ways =>
      topology.ways(exchange, keys, headers, duplicates.said(id))
    this.letters = new DeadLetterModel(
      { topology, waysOf, headersOf: id => this.headersOf(id) },
      this.findings,
    )
    this.arrivals = new Arrivals(around, this.letters, this.findings)
    for (const exchange of kept.exchanges) this.topology.exchanges.set(exchange.name, exchange)
    for (const binding of kept.bindings) this.topology.bind(binding)
  }

  /** The virtual host is gone: what is left of it goes over the next turns. */
  end(): void {
    this.findings.isOver = this.topology.isOver = true
    for (const queue of this.queues.values()) queue.isDeleted = true
    this.moves.clear()
  }

  heard(event: BrokerEvent, actor: string): void {
    this.permitted.heard(event, actor)
    if (event.kind === 'exchange.deleted') this.duplicates.exchangeGone(event.name)
    this.topology.heard(event)
    if (event.kind === 'queue.deleted' && actor === INTERNAL_USER) this.wentByItself(event.name)
    this.findings.saw(event.kind)
  }

  /** A queue was declared, or comes back. */
  queueMade(definition: QueueDefinition, delays?: string): QueueModel {
    const { id, name, durable, owner, autoDelete, arguments: args } = definition
    const facts = { id, name, isDurable: durable, isExclusive: owner !== undefined, isAutoDelete: autoDelete }
    const queue = new QueueModel({ ...facts, arguments: plainTable(args) }, this.findings, delays)
    if (delays === undefined)
      queue.terms = queueTerms(queue.facts.arguments, policyFor(name, this.policies)?.definition)
    this.used(queue)
    this.queues.set(name, queue)
    this.consumers.set(queue, new Set())
    return queue
  }

  used(queue: QueueModel): void {
    queue.lastUsed = queue.maybeUsed = this.around.now()
  }

  /** basic.get was answered with nothing. */
  foundNothing(queue: QueueModel): void {
    const first = queue.firstReady
    queue.expect(
      first === undefined || first.dueFrom <= this.around.now(),
      `${first?.id} waits, and was not got`,
    )
  }

  /** A queue that nobody deleted is gone. */
  private wentByItself(name: string): void {
    const queue = this.queues.get(name)
    if (queue === undefined || queue.isDelaying) return
    const isConsumed = (this.consumers.get(queue)?.size ?? 0) > 0
    const isIdle = this.around.now() - queue.lastUsed >= queue.terms.expires
    const isLeft = queue.facts.isAutoDelete && queue.hadConsumers
    queue.expect(!isConsumed && (isIdle || isLeft || queue.facts.isExclusive), 'it went by itself')
    this.findings.saw(isLeft ? 'queue deleted with its last consumer' : 'queue expired')
  }

  setPolicies(policies: PolicyModel[]): void {
    for (const queue of this.queues.values()) {
      if (queue.isDelaying) continue
      const [before, after] = [this.policies, policies].map(all => policyFor(queue.name, all))
      queue.terms = queueTerms(queue.facts.arguments, after?.definition)
      if (!queue.terms.isDeduplicating) queue.keys.clear()
      // Whoever is told anew how long it may be idle begins to count.
      queue.maybeUsed = this.around.now()
      if (JSON.stringify(before) !== JSON.stringify(after)) this.used(queue)
    }
    this.policies = policies
  }

  published(
    message: Message,
    queues: readonly { readonly name: string }[],
    from: TappedConnection,
    channel: number,
  ): void {
    const id = identityOf(message)
    const conversation = this.around.conversation(from.connectionName, channel)
    if (conversation === undefined) return
    if (this.around.isAlarmed && this.heldUp.has(conversation.port))
      this.findings.wrong(`${id} was taken although connection ${conversation.port} should wait`)
    if (this.around.isAlarmed) this.heldUp.add(conversation.port)
    else this.heldUp.clear()
    const sent = conversation.underWay.shift()
    if (sent === undefined || sent.id !== id)
      return this.findings.wrong(`${id} was published on channel ${channel}, and not ${sent?.id}`)
    this.permitted.published(sent, from.user.name)
    const keys = [sent.routingKey, ...texts(sent, 'CC'), ...texts(sent, 'BCC')]
    sent.noted = this.duplicates.notedOf(id)
    const ways = this.topology.ways(sent.exchange, keys, this.headersOf(id), this.duplicates.said(id))
    const names = queues.map(({ name }) => name)
    const isRight = ways.isOneOf
      ? names.every(name => ways.queues.has(name))
      : names.length === ways.queues.size && names.every(name => ways.queues.has(name))
    if (!isRight)
      this.findings.wrong(
        `${id} for ${sent.exchange}/${sent.routingKey} went to [${names}] instead of [${[...ways.queues]}]`,
      )
    sent.routed = names.flatMap(name => this.queues.get(name) ?? [])
    sent.awaited = new Set(sent.routed)
    if (sent.isInTx) this.totals.publishedInTx++
    else {
      this.totals.published++
      this.routed.push(sent)
    }
    if (names.length === 0) this.findings.saw('published to nowhere')
    if (names.length > 0 || !sent.isMandatory) return
    sent.isUnroutable = true
    if (sent.isInTx) return // it comes back with the commit
    conversation.returnsNow(sent)
    this.totals.returned++
  }

  delivered(
    message: Message,
    queueName: string,
    isRedelivered: boolean,
    to: TappedConnection,
    channel: number,
    position: number,
    reader: { readonly tag?: string; readonly noAck: boolean },
  ): void {
    const queue = this.queues.get(queueName)
    const id = identityOf(message)
    if (queue === undefined)
      return this.findings.wrong(`${id} was delivered from ${queueName}, which is not there`)
    const { coming } = this.arrivals
    const at = position === NO_POSITION ? (coming?.position ?? NO_POSITION) : position
    const entry = queue.goesOut(at, id, isRedelivered, this.around.now(), coming?.position === at)
    if (entry === undefined) return
    this.totals.delivered++
    if (isRedelivered) {
      this.totals.redelivered++
      this.findings.saw('redelivered')
    }
    if (this.around.access.accounts[to.user.name] === undefined)
      this.findings.wrong(`${id} was delivered to ${to.user.name}, who is deleted`)
    if (reader.tag === undefined) this.permitted.read(queueName, to.user.name, `got ${id}`)
    requireTurn(queue, [...(this.consumers.get(queue) ?? [])], reader)
    if (position === NO_POSITION) queue.handedOn(at)
    const conversation = this.around.conversation(to.connectionName, channel)
    if (conversation === undefined) return
    const deliveryTag = ++conversation.deliveries
    entry.holder = `${conversation.port}/${channel}/${deliveryTag}`
    const { exchange, routingKey } = entry
    const isChanged = entry.deaths.length > 0 || entry.returns > 0 || entry.isReleased
    const consumerTag = reader.tag ?? undefined
    conversation.expected.push({
      ...{ id, queue, deliveryTag, consumerTag, isRedelivered, exchange, routingKey },
      ...{ noAck: reader.noAck, isChanged, failures: entry.failures },
    })
  }

  dies(queue: QueueModel, position: number, reason: string): void {
    this.findings.saw(`died: ${reason}`)
    if (queue.terms.isAtLeastOnce) this.findings.saw(`died: ${reason}, at least once`)
    const entry = queue.drops(position, reason, this.around.now())
    if (entry !== undefined) this.letters.dies(queue, entry, reason)
  }

  buried(queue: QueueModel, position: number): void {
    const entry = queue.entries.get(position)
    if (entry === undefined) return queue.wrong(`position ${position} was buried, where nothing was`)
    this.letters.buried(queue, entry)
  }

  queueGone(queue: QueueModel): void {
    queue.isDeleted = true
    this.letters.leaving(queue)
    this.queues.delete(queue.name)
    this.consumers.delete(queue)
  }

  /** Somebody who asked is about to take all that waits. */
  purged(queue: QueueModel): void {
    const { actor } = this.around
    if (actor !== INTERNAL_USER) this.permitted.read(queue.name, actor, 'purge')
  }

  consumerCame(queue: QueueModel, consumer: Consumer): void {
    const { user } = (consumer as ChannelConsumer).session
    if (!queue.name.startsWith(REPLY_TO)) this.permitted.read(queue.name, user.name, 'consume')
    const consumers = this.consumers.get(queue)
    const isAlone = consumers?.size === 0
    const others = [...(consumers ?? [])]
    queue.expect(
      isAlone || (!consumer.exclusive && !others.some(other => other.exclusive)),
      'two consumers, one exclusive',
    )
    consumers?.add(consumer)
    queue.hadConsumers = true
  }

  consumerLeft(queue: QueueModel, consumer: Consumer): void {
    this.consumers.get(queue)?.delete(consumer)
    this.used(queue)
  }

  waysOfReleased(exchange: string, { id, routingKeys }: EntryModel): Ways {
    return this.topology.ways(
      exchange,
      routingKeys,
      withoutDelay(this.headersOf(id)),
      this.waited(exchange, id),
    )
  }

  /** The exchange that it waited at has judged it before. */
  private waited(exchange: string, id: string): (at: string) => boolean {
    const foreseen = this.duplicates.foreseen(id)
    return at => at !== exchange && foreseen(at)
  }

  headersOf(id: string): Plain {
    return this.around.sent(id)?.properties.headers ?? {}
  }
}
