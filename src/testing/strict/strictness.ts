/**
 * Strict mode: tells its rules what clients do, as taps, events and connections have it, and keeps what they mind. A broker
 * that is not strict is not listened to.
 */
import type { BrokerEvent } from '../../broker/events/events'
import { joinedTaps, type MessageTap, type TappedConnection, tapsIn } from '../../broker/events/message-tap'
import type { Redeclared, Vhost } from '../../broker/vhost'
import type { Clock } from '../../clock'
import type { RunningBroker } from '../../embed/composition'
import type { Message } from '../../message'
import type { Queue } from '../../queues/queue'
import type { Connection } from '../../server/connection'
import type { Journal } from '../seeing/journal'
import type { Journey } from '../seeing/journey'
import { RecordedQueue } from '../seeing/recorded-queue'
import { argumentRule } from './argument-rule'
import { autoAckRule, prefetchRule } from './consuming-rules'
import { type Listener, listenTo } from './conversation'
import { errorRule } from './error-rule'
import { transientRule, unconfirmedRule, unroutableRule } from './publishing-rules'
import { exchangeNamed, type Place, quoted, type Rule, type Speaker, type StrictEye } from './rule'
import type { StrictRuleName } from './rules'
import { acknowledgementRule, unackedRule } from './settling-rules'
import { rulesIn, type StrictOptions } from './strict-options'
import { Violations } from './violations'

const RULES: readonly (readonly [StrictRuleName, (eye: StrictEye) => Rule])[] = [
  ['unroutable', unroutableRule],
  ['acknowledgements', acknowledgementRule],
  ['unacked', unackedRule],
  ['arguments', argumentRule],
  ['prefetch', prefetchRule],
  ['errors', errorRule],
  ['autoAck', autoAckRule],
  ['unconfirmed', unconfirmedRule],
  ['transient', transientRule],
]

export interface StrictWishes {
  readonly strict: boolean | StrictOptions
  /** Redeclarations are answered as if nothing differed. */
  readonly isLenient: boolean
}

export class Strictness implements StrictEye, Listener {
  speaker: Speaker | undefined
  /** Whether violations are to fail the test by themselves. */
  readonly isStrict: boolean
  readonly violations: Violations
  private readonly wanted: ReadonlySet<StrictRuleName>
  private readonly rules: readonly Rule[]
  private readonly isLenient: boolean
  private readonly connections = new WeakMap<TappedConnection, Connection>()

  constructor(
    clock: Clock,
    private readonly journal: Journal,
    { strict, isLenient }: StrictWishes,
  ) {
    this.isStrict = strict !== false
    this.isLenient = isLenient
    this.wanted = rulesIn(strict)
    const onViolation = typeof strict === 'object' ? strict.onViolation : undefined
    this.violations = new Violations(clock, onViolation)
    this.rules = RULES.filter(([name]) => this.wanted.has(name)).map(([, make]) => make(this))
  }

  /** Whether there can be violations. */
  get isWatching(): boolean {
    return this.rules.length > 0 || this.isLenient
  }

  /** From now on, also in virtual hosts to come. After the journal: who asks it for a journey comes later. */
  watch({ broker, connections }: Pick<RunningBroker, 'broker' | 'connections'>): void {
    if (!this.isWatching) return
    if (this.minds('deadLetters'))
      this.journal.onLostLetter = (queue, journey) => this.lostLetter(queue, journey)
    for (const vhost of broker.vhosts.values()) this.tap(vhost)
    broker.events.listen(event => {
      if (event.kind === 'vhost.created') this.tap(broker.vhosts.get(event.name))
      if (event.kind === 'connection.created') this.listenTo(connections, event.connection.pid)
      this.happened(event)
    })
  }

  /** What is done about declarations that differ from what is there; undefined: they are refused. */
  get onRedeclared(): ((redeclared: Redeclared) => void) | undefined {
    return this.isLenient ? redeclared => this.redeclared(redeclared) : undefined
  }

  minds(rule: StrictRuleName): boolean {
    return this.wanted.has(rule)
  }

  note(rule: StrictRuleName, by: Speaker, text: string, place: Place): void {
    const { session, vhost, channel } = by
    const clientName = session.identity()?.userProvidedName
    const { connectionName: connection, user } = session
    this.violations.note({
      rule,
      text,
      vhost: vhost.name,
      user: user.name,
      connection,
      clientName,
      channel,
      ...place,
    })
  }

  journeyOf(message: Message): Journey | undefined {
    return this.journal.journeyOf(message)
  }

  journeyIn(queue: Queue | undefined, position: number): Journey | undefined {
    return queue instanceof RecordedQueue ? queue.journeyAt(position) : undefined
  }

  asked(...said: Parameters<Listener['asked']>): void {
    for (const rule of this.rules) rule.asked?.(...said)
  }

  refused(...said: Parameters<Listener['refused']>): void {
    for (const rule of this.rules) rule.refused?.(...said)
  }

  private happened(event: BrokerEvent): void {
    for (const rule of this.rules) rule.happened?.(event, this.speaker)
  }

  private listenTo(connections: Iterable<Connection>, pid: string): void {
    for (const connection of connections) {
      const { session } = connection
      if (connection.pid !== pid || session === undefined) continue
      this.connections.set(session, connection)
      listenTo(connection, session, this)
    }
  }

  private tap(vhost: Vhost | undefined): void {
    if (vhost === undefined || this.rules.length === 0) return
    const speaker = (session: TappedConnection, channel: number): Speaker => {
      return { vhost, session, channel, connection: this.connections.get(session), isLeaving: false }
    }
    const tap: MessageTap = {
      published: (message, queues, from, channel) => {
        const by = speaker(from, channel)
        for (const rule of this.rules) rule.published?.(message, queues, by)
      },
      delivered: (_message, queue, _redelivered, to, channel, position, reader) => {
        const hearer = speaker(to, channel)
        for (const rule of this.rules) rule.delivered?.({ queue, position, reader }, hearer)
      },
    }
    vhost.firehose = joinedTaps([...tapsIn(vhost.firehose), tap])
  }

  private lostLetter({ name: queue, vhost, options }: RecordedQueue, journey: Journey): void {
    const exchange = options.deadLetterExchange ?? ''
    const text = `lost a dead letter of queue ${quoted(queue)} to ${exchangeNamed(exchange)}: no queue took it`
    this.violations.note({ rule: 'deadLetters', text, vhost, queue, exchange, journey })
  }

  private redeclared({ vhost, kind, name, user, difference }: Redeclared): void {
    if (this.isStrict && !this.wanted.has('redeclare')) return
    const text = `declared ${kind} ${quoted(name)} again: ${difference.message}`
    const place: Place = kind === 'queue' ? { queue: name } : { exchange: name }
    if (this.speaker !== undefined) this.note('redeclare', this.speaker, text, place)
    else this.violations.note({ rule: 'redeclare', text, vhost, user, ...place })
  }
}
