/**
 * The journeys of the last messages, found again from queue to queue: by the very object that is published, by the bytes
 * that a dead letter shares with what died, or else, after a delay or a transaction, by what the message is. Bounded.
 */
import type { Broker } from '../../broker/broker'
import {
  joinedTaps,
  type MessageTap,
  type TappedConnection,
  type TappedReader,
  tapsIn,
} from '../../broker/events/message-tap'
import { explain } from '../../broker/explain'
import type { QueueMaker, Vhost } from '../../broker/vhost'
import type { Clock } from '../../clock'
import type { Message } from '../../message'
import { DelayQueue } from '../../queues/delay-queue'
import type { Queue } from '../../queues/queue'
import type { Journey } from './journey'
import { LeftPlaces } from './left-places'
import { PublishedMessage } from './published-message'
import { RecordedQueue, type Recorder } from './recorded-queue'
import { propertiesOf } from './seen-message'

export interface JournalBounds {
  /** Messages of which the journey is kept; the oldest are forgotten first. 0: none. Default 10000. */
  readonly messages?: number
  /** Octets of their bodies. Default 64 MiB. */
  readonly bodyBytes?: number
}

/** How far back a message is looked for that may be one of before. */
const LOOKED_BACK_MAX = 1000

export class Journal implements Recorder {
  /** The oldest first. */
  messages: PublishedMessage[] = []
  /** Hears of dead letters that no queue takes. */
  onLostLetter: ((queue: RecordedQueue, journey: Journey) => void) | undefined
  private readonly vhosts = new Map<string, Vhost>()
  private bodyBytes = 0
  private readonly messagesMax: number
  private readonly bodyBytesMax: number
  private last: { readonly message: Message; readonly journey: Journey } | undefined
  private lastViewed:
    | { readonly bytes: Buffer; readonly start: number; readonly journey: Journey }
    | undefined

  private readonly left = new LeftPlaces()

  constructor(
    private readonly clock: Clock,
    { messages = 10_000, bodyBytes = 64 * 1024 * 1024 }: JournalBounds = {},
  ) {
    this.messagesMax = messages
    this.bodyBytesMax = bodyBytes
  }

  /** Undefined: there is nothing to be written down, and queues are as always. */
  get makeQueue(): QueueMaker | undefined {
    if (this.messagesMax === 0) return undefined
    return (definition, options, around, vhost) => new RecordedQueue(definition, options, around, this, vhost)
  }

  /** From now on, also in virtual hosts to come. What did not come back with it is lost. */
  watch(broker: Broker): void {
    if (this.messagesMax === 0) return
    this.left.settle(this.clock.now())
    const tap = (vhost: Vhost): void => {
      this.vhosts.set(vhost.name, vhost)
      vhost.firehose = joinedTaps([...tapsIn(vhost.firehose), new VhostTap(vhost, this)])
    }
    for (const vhost of broker.vhosts.values()) tap(vhost)
    broker.events.listen(event => {
      const vhost = event.kind === 'vhost.created' ? broker.vhosts.get(event.name) : undefined
      if (vhost !== undefined) tap(vhost)
    })
  }

  /** The broker is gone, and its queues with it. */
  leave(): void {
    this.left.gather(this.messages)
    this.last = this.lastViewed = undefined
  }

  leftIn(queueId: number): ReadonlyMap<number, Journey> {
    return this.left.in(queueId)
  }

  clear(): void {
    for (const { journey } of this.messages) forgetPlaces(journey)
    this.messages = []
    this.bodyBytes = 0
    this.last = this.lastViewed = undefined
  }

  published(vhost: Vhost, message: Message, queues: readonly Queue[], by: string): void {
    const journey = this.begin(vhost.name, message, by)
    const at = this.clock.now()
    if (queues.length === 0) journey.add({ at, kind: 'unroutable', queue: undefined, detail: '' })
    const ways = queues.length === 0 ? new Map<string, string>() : waysTo(vhost, message)
    for (const { name } of queues) {
      journey.awaited.add(name)
      journey.add({ at, kind: 'routed', queue: name, detail: ways.get(name) ?? '' })
    }
    this.last = { message, journey }
  }

  /** Of a message that is being published. */
  journeyOf(message: Message): Journey | undefined {
    return this.last?.message === message ? this.last.journey : undefined
  }

  viewed(journey: Journey, { bodyBytes: bytes, bodyStart: start }: Message): void {
    this.lastViewed = { bytes, start, journey }
  }

  entering(queue: RecordedQueue, message: Message): Journey {
    const journey = this.known(queue, message) ?? this.begin(queue.vhost, message, 'the broker')
    journey.awaited.delete(queue.name)
    journey.entries++
    return journey
  }

  nowhere(queue: RecordedQueue, journey: Journey): void {
    // A delayed message is in a queue of which nothing is written down.
    const others = this.vhosts.get(queue.vhost)?.queues.values() ?? []
    for (const other of others) if (other instanceof DelayQueue) return
    journey.isDying = false
    const step = { kind: 'unroutable', queue: undefined, detail: 'as a dead letter' } as const
    journey.add({ at: this.clock.now(), ...step })
    this.onLostLetter?.(queue, journey)
  }

  private known(queue: RecordedQueue, message: Message): Journey | undefined {
    const { last, lastViewed } = this
    if (last?.message === message && last.journey.awaited.has(queue.name)) return last.journey
    const { bodyBytes, bodyStart } = message
    if (lastViewed?.bytes === bodyBytes && lastViewed.start === bodyStart && lastViewed.journey.isDying)
      return lastViewed.journey
    const body = bodyBytes.subarray(bodyStart, message.bodyEnd)
    const oldest = Math.max(0, this.messages.length - LOOKED_BACK_MAX)
    for (let at = this.messages.length - 1; at >= oldest; at--) {
      const { vhost, journey, bytes } = this.messages[at] as PublishedMessage
      if (vhost === queue.vhost && isOnItsWay(journey, queue) && bytes.equals(body)) return journey
    }
    return undefined
  }

  private begin(vhost: string, message: Message, by: string): Journey {
    const published = new PublishedMessage(vhost, message)
    const { journey, bytes } = published
    journey.add({ at: this.clock.now(), kind: 'published', queue: undefined, detail: `by ${by}` })
    this.messages.push(published)
    this.bodyBytes += bytes.length
    while (this.messages.length > this.messagesMax || this.bodyBytes > this.bodyBytesMax) {
      const oldest = this.messages.shift()
      if (oldest === undefined) break
      this.bodyBytes -= oldest.bytes.length
      forgetPlaces(oldest.journey)
    }
    return journey
  }
}

class VhostTap implements MessageTap {
  constructor(
    private readonly vhost: Vhost,
    private readonly journal: Journal,
  ) {}

  published(message: Message, queues: readonly Queue[], from: TappedConnection, channel: number): void {
    this.journal.published(this.vhost, message, queues, described(from, channel))
  }

  delivered(
    _message: Message,
    queue: string,
    redelivered: boolean,
    to: TappedConnection,
    channel: number,
    position: number,
    { tag, noAck }: TappedReader,
  ): void {
    const from = this.vhost.queues.get(queue)
    if (!(from instanceof RecordedQueue)) return
    const reader = tag === undefined ? 'basic.get' : `consumer ${tag}`
    const again = redelivered ? ', redelivered' : ''
    from.delivered(position, noAck, `to ${reader} of ${described(to, channel)}${again}`)
  }
}

/** It left one place and has not come to the next. */
function isOnItsWay({ awaited, isDying }: Journey, { name }: RecordedQueue): boolean {
  if (isDying || awaited.has(name)) return true
  for (const waitingIn of awaited) if (waitingIn.startsWith('amq.delayed.')) return true
  return false
}

function forgetPlaces({ places }: Journey): void {
  for (const place of places) place.queue.unrecord(place)
  places.clear()
}

function described(who: TappedConnection, channel: number): string {
  const { connectionName, user } = who
  return `${who.identity()?.userProvidedName ?? connectionName} channel ${channel} (${user.name})`
}

/** By which bindings each queue is reached, in words. */
function waysTo(vhost: Vhost, message: Message): Map<string, string> {
  const ways = new Map<string, string>()
  if (message.exchange === '') return ways
  const { headers, ...properties } = propertiesOf(message)
  const { exchange, routingKey } = message
  const { bindings } = explain(vhost, exchange, { routingKey, properties, headers })
  for (const { binding, matched, reached } of bindings) {
    const { source, destination } = binding
    if (!matched || !reached || destination.kind !== 'queue') continue
    const way = `by binding ${JSON.stringify(binding.routingKey)} of ${JSON.stringify(source)}`
    const before = ways.get(destination.name)
    ways.set(destination.name, before === undefined ? way : `${before}, ${way}`)
  }
  return ways
}
