/** A queue against a model that is too simple to be wrong: arrays of numbers, one for each message there ever was. */
import fc from 'fast-check'
import { FakeConsumer, type SeenDelivery } from '../support/fake-consumer'
import { bodyOf, messageWith, overwriteChunkOf } from '../support/messages'
import { arrangedQueue, getFrom } from '../support/queues'

interface Out {
  readonly message: number
  readonly position: number
  /** Undefined: basic.get took it. */
  readonly consumer: FakeConsumer | undefined
}

/** What is done, and a number that chooses what it is done with. */
type Step = readonly [keyof typeof steps, number]

const steps = {
  enqueue: (world: World, n: number) => world.enqueue(n),
  enqueueMany: (world: World, n: number) => {
    for (let i = 0; i < n % 50; i++) world.enqueue(n + i)
  },
  get: (world: World) => world.get(),
  settle: (world: World, n: number) => world.finish(n, 'settle'),
  settleMany: (world: World, n: number) => {
    for (let i = 0; i < n % 50; i++) world.finish(0, 'settle')
  },
  requeue: (world: World, n: number) => world.finish(n, 'requeue'),
  requeueAll: (world: World) => {
    while (world.out.length > 0) world.finish(world.out.length - 1, 'requeue')
  },
  purge: (world: World) => world.purge(),
  consume: (world: World, n: number) => world.consume(n),
  cancel: (world: World, n: number) => world.cancel(n),
  allowMore: (world: World, n: number) => world.allowMore(n),
  turn: (world: World) => world.endTurn(),
  commit: (world: World) => world.store.commit(),
}

class World {
  readonly store
  /** Deliveries that are not settled. */
  out: Out[] = []
  private readonly queue
  private readonly turn
  private enqueued = 0
  /** The message that is being enqueued. */
  private coming = -1
  private settled = 0
  /** Messages that wait, first to last. */
  private waiting: number[] = []
  private readonly putBack = new Set<number>()
  private readonly persistent = new Set<number>()
  private consumers: FakeConsumer[] = []

  constructor(private readonly durable: boolean) {
    const { queue, turn, store } = arrangedQueue({ durable })
    this.queue = queue
    this.turn = turn
    this.store = store
  }

  enqueue(n: number): void {
    const message = this.enqueued++
    const isPersistent = n % 2 === 0
    if (isPersistent && this.durable) this.persistent.add(message)
    this.waiting.push(message)
    const sent = messageWith(bodyFor(message, n), { persistent: isPersistent })
    this.coming = message
    const ticket = this.queue.enqueue(sent)
    this.coming = -1
    overwriteChunkOf(sent)
    expect(ticket).toBe(this.persistent.has(message) ? this.store.gathering : 0)
  }

  get(): void {
    const got = getFrom(this.queue)
    const message = this.waiting.shift()
    expect(got === undefined ? undefined : messageIn(bodyOf(got.message))).toBe(message)
    if (got === undefined || message === undefined) return
    expect(this.queue.isRedelivered(got.position)).toBe(this.putBack.has(message))
    this.out.push({ message, position: got.position, consumer: undefined })
  }

  finish(n: number, how: 'settle' | 'requeue'): void {
    const [one] = this.out.splice(n % Math.max(this.out.length, 1), 1)
    if (one === undefined) return
    const { message, position, consumer } = one
    const isKept = this.persistent.has(message)
    if (how === 'settle') this.settled++
    else {
      this.putBack.add(message)
      this.waiting = [...this.waiting, message].sort((a, b) => a - b)
    }
    expect(this.queue[how](position)).toBe(isKept ? this.store.gathering : 0)
    if (consumer !== undefined && consumer.credit++ === 0) this.queue.creditReturned()
  }

  purge(): void {
    const dropped = this.waiting.length
    this.waiting = []
    this.settled += dropped
    expect(this.queue.purge()).toBe(dropped)
  }

  consume(n: number): void {
    const tag = `${n}`
    const consumer = new FakeConsumer({ tag, priority: n % 3, noAck: n % 2 === 0, credit: n % 20 })
    consumer.onDelivery = delivery => this.delivered(delivery)
    this.consumers.push(consumer)
    this.queue.addConsumer(consumer)
  }

  cancel(n: number): void {
    const [consumer] = this.consumers.splice(n % Math.max(this.consumers.length, 1), 1)
    if (consumer !== undefined) this.queue.removeConsumer(consumer)
  }

  /** The peer reads again, or was given a larger prefetch count. */
  allowMore(n: number): void {
    const consumer = this.consumers[n % Math.max(this.consumers.length, 1)]
    if (consumer === undefined) return
    consumer.credit += 1 + (n % 10)
    this.queue.creditReturned()
  }

  /** After a turn nothing waits that somebody would take. */
  endTurn(): void {
    this.turn.runAll()
    const willing = this.consumers.filter(({ credit }) => credit > 0)
    expect(this.waiting.length === 0 || willing.length === 0).toBe(true)
  }

  check(): void {
    const { queue } = this
    expect({
      ready: queue.messageCount,
      out: queue.unacknowledgedCount,
      consumers: queue.consumers.count,
    }).toEqual({
      ready: this.waiting.length,
      out: this.out.length,
      consumers: this.consumers.length,
    })
    const { enqueued, settled } = queue.counters
    expect([enqueued, settled]).toEqual([this.enqueued, this.settled])
    expect(enqueued - settled).toBe(queue.messageCount + queue.unacknowledgedCount)
  }

  /** The store holds exactly the persistent messages that are not settled, in bytes that nobody spoiled. */
  checkStore(): void {
    this.store.commit()
    const kept = [...this.store.kept.values()].map(record => messageIn(record.slice(1 + 4 + 2)))
    const live = [...this.waiting, ...this.out.map(({ message }) => message)]
    expect(kept.sort((a, b) => a - b)).toEqual(
      live.filter(message => this.persistent.has(message)).sort((a, b) => a - b),
    )
  }

  private delivered({ consumer, body, position, redelivered }: SeenDelivery): void {
    const message = messageIn(body)
    expect(message).toBe(this.waiting.shift())
    expect(redelivered).toBe(this.putBack.has(message))
    expect(this.consumers).toContain(consumer)
    const preferred = this.consumers.filter(
      ({ priority, credit }) => priority > consumer.priority && credit > 0,
    )
    expect(preferred).toEqual([])
    // Taken in the call that enqueued it, and settled: there was nothing to keep.
    if (consumer.noAck && message === this.coming) this.persistent.delete(message)
    if (consumer.noAck) this.settled++
    else this.out.push({ message, position, consumer })
  }
}

/** The number of a message and then as many octets as to reach into the next segment soon, some of them shared. */
function bodyFor(message: number, n: number): string {
  return `${message}`.padEnd([0, 10, 100, 3000, 20_000, 40_000][n % 6] as number, '.')
}

function messageIn(body: string): number {
  return Number.parseInt(body, 10)
}

const anyStep: fc.Arbitrary<Step> = fc.tuple(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('enqueue', 'settle', 'allowMore', 'turn') },
    { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])) },
  ) as fc.Arbitrary<keyof typeof steps>,
  fc.nat(1000),
)

describe('a queue', () => {
  it.each([true, false])('does what an array would, whatever is asked of it; durable: %s', durable => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 80, size: 'max' }), chosen => {
        const world = new World(durable)
        for (const [step, n] of chosen) {
          steps[step](world, n)
          world.check()
        }
        world.endTurn()
        world.checkStore()
      }),
    )
  })
})
