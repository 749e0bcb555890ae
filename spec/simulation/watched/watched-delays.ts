/**
 * The queues in which delayed messages wait, watched like all others: which goes when, and where to. The broker makes them
 * itself, so each is given its watching methods when it is heard of.
 */
import type { Vhost } from '../../../src/broker/vhost'
import type { Message } from '../../../src/message'
import { DelayQueue, type DelayQueueSurroundings } from '../../../src/queues/delay-queue'
import type { BrokerModel } from '../model/broker-model'
import { identityOf } from '../model/plain'
import type { EntryModel, QueueModel } from '../model/queue-model'
import type { Faults } from '../world/faults'

export class WatchedDelays {
  private readonly watched = new Set<DelayQueue>()

  constructor(
    private readonly vhost: Vhost,
    private readonly model: BrokerModel,
    private readonly now: () => number,
    private readonly plant: Faults['delays'],
  ) {
    const around = vhost.forDelayQueues as { release: DelayQueueSurroundings['release'] }
    const release = around.release.bind(around)
    around.release = (queue, message) => this.release(queue, message, release)
  }

  /** Those that are not watched yet. */
  watchNew(): void {
    for (const queue of this.vhost.queues.values()) {
      if (queue instanceof DelayQueue && !this.watched.has(queue)) this.watch(queue)
    }
  }

  private watch(queue: DelayQueue): void {
    this.watched.add(queue)
    this.plant?.(queue)
    const { model } = this
    const twin = model.queueMade(queue.definition, queue.exchange)
    const { enqueue, get, settle, forget, delete: remove } = queue
    queue.enqueue = message => {
      model.arrivals.entering(twin, queue.ready.tail, message)
      const ticket = enqueue.call(queue, message)
      model.arrivals.entered(twin, false)
      return ticket
    }
    queue.get = into => {
      const position = get.call(queue, into)
      if (position >= 0) goes(twin, position, this.now())
      return position
    }
    queue.settle = position => {
      twin.settle(position)
      return settle.call(queue, position)
    }
    queue.forget = position => {
      twin.forget(position)
      return forget.call(queue, position)
    }
    queue.delete = () => {
      model.queueGone(twin)
      return remove.call(queue)
    }
  }

  /** It comes to all the queues its exchange leads to now, in this very call. */
  private release(queue: DelayQueue, message: Message, release: DelayQueueSurroundings['release']): number {
    const { model } = this
    const id = identityOf(message)
    const entry = model.queues.get(queue.name)?.inState('out')[0]
    if (entry?.id !== id) {
      model.findings.wrong(`${id} was released, and not ${entry?.id}`)
      return 0
    }
    model.findings.saw('released')
    const { queues, isOneOf } = model.waysOfReleased(queue.exchange, entry)
    const due = new Set([...queues].flatMap(name => model.queues.get(name) ?? []))
    const { isUnblinded } = entry
    model.arrivals.passing = { entry, due, came: new Set(), isReleased: true, isUnblinded }
    const work = release(queue, message)
    model.arrivals.passing = undefined
    for (const { name } of isOneOf ? [] : due)
      model.findings.wrong(`${id} was released by ${queue.exchange} and did not come to queue ${name}`)
    return work
  }
}

function goes(twin: QueueModel, position: number, now: number): void {
  const entry = twin.entries.get(position)
  if (entry === undefined) return twin.wrong(`position ${position} was released, where nothing is`)
  twin.delivered++
  twin.expect(entry.releaseFrom <= now, `${entry.id} was released ${entry.releaseFrom - now} ms too early`)
  const before = twin.inState('ready').find(other => isBefore(other, entry))
  twin.expect(before === undefined, `${entry.id} was released before ${before?.id}`)
  entry.state = 'out'
}

/** For certain: what is of before a restart is due at some time between two. */
function isBefore(one: EntryModel, other: EntryModel): boolean {
  if (one.releaseUntil < other.releaseFrom) return true
  const isExact = one.releaseFrom === one.releaseUntil && other.releaseFrom === other.releaseUntil
  return isExact && one.releaseFrom === other.releaseFrom && one.position < other.position
}
