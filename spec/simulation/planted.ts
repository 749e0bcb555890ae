/** Faults planted in a world, each a small lie of a disk, a queue or a wire. The simulation must find every one. */
import type { Message } from '../../src/message'
import type { Consumer } from '../../src/queues/consumer'
import type { DeathReason } from '../../src/queues/dead-letter'
import { NO_DEADLINE } from '../../src/queues/deadlines'
import type { DelayQueue } from '../../src/queues/delay-queue'
import { NO_POSITION } from '../../src/queues/entries'
import type { Transport, TransportEvents } from '../../src/server/transport'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../../src/store/message-store'
import type { Batch } from '../../src/store/sqlite/batch-writer'
import { onceIn, type Planted, plant } from './planting'
import { WatchedQueue } from './watched/watched-queue'
import { SimulatedDisk } from './world/disk'

class LosesBatch extends SimulatedDisk {
  private readonly now = onceIn(7)

  protected override write(batch: Batch): void {
    if (batch.definitions.length > 0 || !this.now()) super.write(batch)
  }
}

class ConfirmsTooEarly extends SimulatedDisk {
  override commit(batch: Batch, done: () => void): void {
    let isTold = false
    const told = (): void => {
      if (!isTold) done()
      isTold = true
    }
    // The writing still comes, behind a disk that was just told to do it.
    super.load(0, 0, -1, () => told())
    super.commit(batch, told)
  }
}

class ForgetsDeliveries extends SimulatedDisk {
  constructor(...[file, watch]: ConstructorParameters<typeof SimulatedDisk>) {
    super(file, watch, false)
  }
}

class LosesAcks extends WatchedQueue {
  private readonly now = onceIn(5)

  override settle(position: number): CommitTicket {
    return this.now() ? NOTHING_TO_WAIT_FOR : super.settle(position)
  }
}

class LosesMessages extends WatchedQueue {
  private readonly now = onceIn(9)

  override enqueue(message: Message): CommitTicket {
    return this.now() ? NOTHING_TO_WAIT_FOR : super.enqueue(message)
  }
}

class DeliversTwice extends WatchedQueue {
  private readonly now = onceIn(9)

  override addConsumer(consumer: Consumer): void {
    const deliver = consumer.deliver.bind(consumer)
    consumer.deliver = (...args) => {
      deliver(...args)
      if (this.now()) deliver(...args)
    }
    super.addConsumer(consumer)
  }
}

class SwapsTwo extends WatchedQueue {
  private readonly now = onceIn(9)

  constructor(...args: ConstructorParameters<typeof WatchedQueue>) {
    super(...args)
    const take = this.ready.take.bind(this.ready)
    this.ready.take = () => {
      const first = take()
      if (first < 0 || !this.now()) return first
      const second = take()
      if (second < 0) return first
      this.ready.putBack(first)
      return second
    }
  }
}

class OverlooksPrefetch extends WatchedQueue {
  override addConsumer(consumer: Consumer): void {
    consumer.hasCredit = () => true
    super.addConsumer(consumer)
  }
}

class NeverRedelivers extends WatchedQueue {
  constructor(...args: ConstructorParameters<typeof WatchedQueue>) {
    super(...args)
    this.ready.isRedelivered = () => false
  }
}

class NeverExpires extends WatchedQueue {
  constructor(...args: ConstructorParameters<typeof WatchedQueue>) {
    super(...args)
    this.ready.deadline = () => NO_DEADLINE
  }
}

class LosesDeadLetters extends WatchedQueue {
  override drop(position: number, reason: DeathReason): CommitTicket {
    this.model.dies(this.twin, position, reason)
    return this.forget(position)
  }
}

class FindsNothing extends WatchedQueue {
  private readonly now = onceIn(9)

  constructor(...args: ConstructorParameters<typeof WatchedQueue>) {
    super(...args)
    const take = this.ready.take.bind(this.ready)
    this.ready.take = () => (this.now() ? NO_POSITION : take())
  }
}

class NeverGoes extends WatchedQueue {
  override expired(): void {}
}

class Miscounts extends WatchedQueue {
  private readonly now = onceIn(20)

  override forget(position: number): CommitTicket {
    if (this.now()) this.counters.settled++
    return super.forget(position)
  }
}

class ForgetsLimits extends WatchedQueue {
  override configure(options: WatchedQueue['options']): void {
    super.configure({ ...options, maxLength: undefined, maxLengthBytes: undefined })
  }
}

class ForgetsCounts extends WatchedQueue {
  override restore(stored: Parameters<WatchedQueue['restore']>[0]): void {
    super.restore({ ...stored, deliveryCounts: [] })
  }
}

class LetsDuplicatesPass extends WatchedQueue {
  constructor(...args: ConstructorParameters<typeof WatchedQueue>) {
    super(...args)
    this.rules.original = () => undefined
  }
}

class KeepsKeys extends WatchedQueue {
  constructor(...args: ConstructorParameters<typeof WatchedQueue>) {
    super(...args)
    this.rules.forget = () => {}
  }
}

class LosesWhatIsMoved extends WatchedQueue {
  private readonly now = onceIn(5)

  override enqueue(message: Message): CommitTicket {
    const isMoved = this.model.arrivals.passing?.isReleased === false
    return isMoved && this.now() ? NOTHING_TO_WAIT_FOR : super.enqueue(message)
  }
}

class KeepsWhatIsMoved extends WatchedQueue {
  override forget(position: number): CommitTicket {
    const { arrivals } = this.model
    if (arrivals.passing === undefined || arrivals.passing.entry !== this.twin.entries.get(position))
      return super.forget(position)
    this.ready.untake(position)
    return NOTHING_TO_WAIT_FOR
  }
}

class LeavesItsRows extends WatchedQueue {
  override delete(): CommitTicket {
    const { persistence } = this.backlog as unknown as { persistence: { remove(): CommitTicket } | undefined }
    if (persistence !== undefined) persistence.remove = () => NOTHING_TO_WAIT_FOR
    return super.delete()
  }
}

function neverReleases(queue: DelayQueue): void {
  queue.runTurn = () => {}
}

function releasesTooEarly(queue: DelayQueue): void {
  Reflect.set(queue.ready, 'delayOf', () => 1)
}

function releasesInto(nowhere: DelayQueue): void {
  const { get } = nowhere
  nowhere.get = into => {
    const position = get.call(nowhere, into)
    if (position < 0) return position
    nowhere.settle(position)
    return NO_POSITION
  }
}

/** Too rare to be met within a few seeds: `mended.spec.ts` plants it. */
export class KeepsRows extends WatchedQueue {
  constructor(...args: ConstructorParameters<typeof WatchedQueue>) {
    super(...args)
    const { persistence } = this.backlog as unknown as { persistence: { passed(): void } | undefined }
    if (persistence !== undefined) persistence.passed = () => {}
  }
}

/** A wire that does something to what the broker writes. */
function writing(change: (chunk: Uint8Array) => Uint8Array): (transport: Transport) => Transport {
  return transport =>
    Object.create(transport, {
      listen: { value: (events: TransportEvents) => transport.listen(events) },
      write: { value: (chunk: Uint8Array, written?: () => void) => transport.write(change(chunk), written) },
    })
}

function saysTwice(): (transport: Transport) => Transport {
  const now = onceIn(30)
  return writing(chunk => (now() ? Buffer.concat([chunk, chunk]) : chunk))
}

function damages(): (transport: Transport) => Transport {
  const now = onceIn(30)
  return writing(chunk => {
    if (now()) chunk[chunk.length - 1]! ^= 1
    return chunk
  })
}

export const planted: Readonly<Record<string, Planted>> = {
  'a disk that loses a batch and says it has it': plant(() => ({
    disk: (...args) => new LosesBatch(...args),
  })),
  'a disk that says it has what it is still to write': plant(() => ({
    disk: (...args) => new ConfirmsTooEarly(...args),
  })),
  'a disk that forgets what was delivered': plant(() => ({
    disk: (...args) => new ForgetsDeliveries(...args),
  })),
  'a queue that loses an acknowledgement': plant(() => ({ queue: LosesAcks })),
  'a queue that loses a message': plant(() => ({ queue: LosesMessages })),
  'a queue that delivers a message twice': plant(() => ({ queue: DeliversTwice })),
  'a queue that swaps two messages': plant(() => ({ queue: SwapsTwo })),
  'a consumer that gets more than it takes': plant(() => ({ queue: OverlooksPrefetch })),
  'a queue that never says redelivered': plant(() => ({ queue: NeverRedelivers })),
  'a queue in which nothing expires': plant(() => ({ queue: NeverExpires })),
  'a queue that loses its dead letters': plant(() => ({ queue: LosesDeadLetters })),
  'a queue that finds nothing though something waits': plant(() => ({ queue: FindsNothing })),
  'a queue that stays though nobody uses it': plant(() => ({ queue: NeverGoes })),
  'a queue that miscounts': plant(() => ({ queue: Miscounts })),
  'a queue that does not know its limits': plant(() => ({ queue: ForgetsLimits })),
  'a queue that forgets how often messages came back': plant(() => ({ queue: ForgetsCounts }), 'retries'),
  'a queue that lets duplicates pass': plant(() => ({ queue: LetsDuplicatesPass }), 'duplicates'),
  'a queue that knows messages that are gone': plant(() => ({ queue: KeepsKeys }), 'duplicates'),
  'a move that loses messages': plant(() => ({ queue: LosesWhatIsMoved }), 'moves'),
  'a move that leaves them where they were, too': plant(() => ({ queue: KeepsWhatIsMoved }), 'moves'),
  'a queue that goes and leaves its messages on the disk': plant(() => ({ queue: LeavesItsRows })),
  'a delay that never ends': plant(() => ({ delays: neverReleases }), 'delays'),
  'a delay that ends too early': plant(() => ({ delays: releasesTooEarly }), 'delays'),
  'a delay after which nothing comes': plant(() => ({ delays: releasesInto }), 'delays'),
  'a wire that says something twice': plant(() => ({ transport: saysTwice() })),
  'a wire that changes a bit': plant(() => ({ transport: damages() })),
}
