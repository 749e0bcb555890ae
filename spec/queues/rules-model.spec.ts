/**
 * A queue with rules against a model of arrays: limits, expiry, priorities, counted and delayed redelivery, dead letters
 * in flight, purges and restarts in any order. Whatever was done, nothing is lost, given twice or miscounted.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { encodeProperties } from '../../src/amqp/properties'
import { type QueueOptions, queueOptions } from '../../src/queues/options'
import { REFUSED } from '../../src/queues/queue'
import { FakeConsumer } from '../support/fake-consumer'
import { ManualClock } from '../support/manual-clock'
import { messageWith, overwriteChunkOf } from '../support/messages'
import { RuledLife } from '../support/ruled-life'

interface Known {
  readonly id: number
  readonly bytes: number
  readonly priority: number
  /** 0: never. */
  readonly deadline: number
  readonly persistent: boolean
  count: number
}

type Step = readonly [keyof typeof steps, number]

const steps = {
  enqueue: (world: World, n: number) => world.enqueue(n),
  enqueueMany: (world: World, n: number) => {
    for (let i = 0; i < n % 60; i++) world.enqueue(n + i * 7)
  },
  get: (world: World) => world.get(),
  getMany: async (world: World, n: number) => {
    for (let i = 0; i < n % 20; i++) await world.get()
  },
  settle: (world: World, n: number) => world.settle(n),
  reject: (world: World, n: number) => world.reject(n),
  requeue: (world: World, n: number) => world.requeue(n, n % 2 === 0),
  requeueAll: (world: World, n: number) => {
    while (world.out.length > 0) world.requeue(0, n % 2 === 0)
  },
  advance: (world: World, n: number) => world.advance(n),
  bury: (world: World) => world.bury(),
  purge: (world: World, n: number) => (n % 2 === 0 ? world.purge() : undefined),
  limit: (world: World, n: number) => world.limit(n),
  consume: (world: World, n: number) => world.consume(n),
  leaveMemory: (world: World) => world.leaveMemory(),
  restart: (world: World) => world.restart(),
}

class World {
  out: { readonly known: Known; readonly position: number; readonly consumer?: FakeConsumer }[] = []
  private consumer: FakeConsumer | undefined
  /** The message that is being enqueued. */
  private coming: Known | undefined
  private life: RuledLife
  private readonly clock = new ManualClock()
  private next = 0
  private waiting: Known[] = []
  private delayed: { readonly known: Known; readonly due: number }[] = []
  private dying: Known[] = []
  private readonly deaths: string[] = []
  private wasOnDisk = false

  constructor(
    private readonly file: string,
    private options: QueueOptions,
  ) {
    this.life = new RuledLife(file, this.clock, options)
  }

  enqueue(n: number): void {
    const {
      messageTtl,
      maxPriority,
      overflow,
      maxLength = Infinity,
      maxLengthBytes = Infinity,
    } = this.options
    const id = this.next++
    const ttl = ([undefined, undefined, 0, 60, 500] as const)[n % 5]
    const priority = n % 7
    const body = n % 11 === 0 ? '' : `${id}`.padEnd([5, 300, 15_000, 40_000][n % 4]!, '.')
    const properties = encodeProperties({ priority, ...(ttl === undefined ? {} : { expiration: `${ttl}` }) })
    const persistent = n % 3 !== 0
    const message = messageWith(body, { persistent, properties, routingKey: `${id}` })
    if (ttl !== undefined) message.ttl = ttl
    const isOver = this.waiting.length + 1 > maxLength || this.bytes + body.length > maxLengthBytes
    const isRefused = overflow !== 'drop-head' && isOver
    const least = Math.min(ttl ?? Infinity, messageTtl ?? Infinity)
    const deadline = least === Infinity ? 0 : this.clock.now() + least
    const known = {
      id,
      bytes: body.length,
      priority: Math.min(priority, maxPriority),
      deadline,
      persistent,
      count: 0,
    }
    this.coming = known
    const before = this.out.length
    const ticket = this.life.queue.enqueue(message)
    overwriteChunkOf(message)
    this.coming = undefined
    expect(ticket === REFUSED).toBe(isRefused)
    if (!isRefused && this.out.length === before) this.wait(known)
  }

  /** One consumer at a time: it takes so many, and more when it settles some. */
  consume(n: number): void {
    if (this.consumer !== undefined) this.life.queue.removeConsumer(this.consumer)
    const consumer = new FakeConsumer({ credit: n % 10 })
    consumer.onDelivery = ({ position }, message) => {
      message.readAddress()
      this.delivered(Number(message.routingKey), position, consumer)
    }
    this.consumer = consumer
    this.life.queue.addConsumer(consumer)
  }

  async get(): Promise<void> {
    await this.rest()
    const got = await this.life.get()
    const known = this.waiting.shift()
    expect(got?.body.length).toBe(known?.bytes)
    if (got === undefined || known === undefined) return
    if (known.bytes > 0) expect(Number.parseInt(got.body, 10)).toBe(known.id)
    this.out.push({ known, position: got.position })
  }

  settle(n: number): void {
    const one = this.pick(n)
    if (one !== undefined) this.life.queue.settle(one.position)
  }

  reject(n: number): void {
    const one = this.pick(n)
    if (one === undefined) return
    this.life.queue.reject(one.position)
    this.die(one.known, 'rejected')
  }

  requeue(n: number, failed: boolean): void {
    const one = this.pick(n)
    if (one === undefined) return
    this.life.queue.requeue(one.position, failed)
    const { known } = one
    const { deliveryLimit = Infinity, delayedRetry } = this.options
    known.count++
    if (known.count > deliveryLimit) this.die(known, 'delivery_limit')
    else if (
      delayedRetry !== undefined &&
      (delayedRetry.type === 'all' || (delayedRetry.type === 'failed') === failed)
    ) {
      const delay = Math.min(delayedRetry.min * known.count, delayedRetry.max ?? Infinity)
      this.delayed.push({ known, due: this.clock.now() + delay })
    } else this.wait(known)
  }

  async advance(n: number): Promise<void> {
    await this.rest()
    this.clock.advance(n)
    const now = this.clock.now()
    const back = this.delayed
      .filter(({ due }) => due <= now)
      .sort((a, b) => a.due - b.due || a.known.id - b.known.id)
    this.delayed = this.delayed.filter(({ due }) => due > now)
    for (const { known } of back) this.wait(known)
  }

  bury(): void {
    this.life.bury()
    this.dying = []
  }

  async purge(): Promise<void> {
    await this.rest()
    expect(this.life.queue.purge()).toBe(this.waiting.length)
    this.waiting = []
  }

  /** A policy comes: other limits, from now on. */
  async limit(n: number): Promise<void> {
    await this.rest()
    const maxLength = ([undefined, 0, 3, 20] as const)[n % 4]
    this.options = { ...this.options, maxLength }
    this.life.queue.configure(this.options)
    this.dropHeads()
  }

  async restart(): Promise<void> {
    await this.rest()
    await this.life.end()
    expect(this.clock.pending).toBe(0)
    this.wasOnDisk = true
    this.life = new RuledLife(this.file, this.clock, this.options)
    const all = [
      ...this.waiting,
      ...this.out.map(({ known }) => known),
      ...this.delayed.map(({ known }) => known),
    ]
    this.waiting = [...all, ...this.dying].filter(({ persistent }) => persistent).sort(inOrder)
    for (const known of this.waiting) known.count = 0
    this.out = []
    this.consumer = undefined
    this.delayed = []
    this.dying = []
  }

  /** All turns end; then the queue is what the model is. */
  async rest(): Promise<void> {
    await this.life.endTurns()
    this.expire()
    this.dropHeads()
    this.expire()
    const { queue, dying } = this.life
    expect([queue.messageCount, queue.unacknowledgedCount, queue.delayedCount]).toEqual([
      this.waiting.length,
      this.out.length,
      this.delayed.length,
    ])
    if (queue.ready.bytesUnsure === 0) expect(queue.messageBytes).toBe(this.bytes)
    expect(queue.messageBytes).toBeGreaterThanOrEqual(this.bytes)
    expect(dying.map(({ reason, body }) => `${this.seen(reason)} ${body.length}`).sort()).toEqual(
      this.dying.map(({ id, bytes }) => `${this.seen(this.deaths[id])} ${bytes}`).sort(),
    )
  }

  /** What is done to a queue when memory is short. */
  leaveMemory(): void {
    const { consumers, backlog } = this.life.queue
    if (!consumers.isIdle) return
    backlog.rest()
    this.wasOnDisk = true
  }

  async end(): Promise<void> {
    await this.restart()
    await this.rest()
    while (this.waiting.length > 0) await this.get()
    await this.get()
    this.bury()
    while (this.out.length > 0) this.settle(0)
    await this.life.endTurns()
    await this.life.end()
    const last = new RuledLife(this.file, this.clock, this.options)
    await last.endTurns()
    expect(last.queue.messageCount).toBe(0)
    last.queue.delete()
    expect(this.clock.pending).toBe(0)
    await last.disk.close()
  }

  private get bytes(): number {
    return this.waiting.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** What comes back from the disk piece by piece may expire before it is too much, or be too much before it expires. */
  private seen(reason: string | undefined): string | undefined {
    return this.wasOnDisk && reason === 'maxlen' ? 'expired' : reason
  }

  private pick(n: number) {
    const [one] = this.out.splice(n % Math.max(this.out.length, 1), 1)
    if (one?.consumer !== undefined && one.consumer.credit++ === 0) this.life.queue.creditReturned()
    return one
  }

  private delivered(id: number, position: number, consumer: FakeConsumer): void {
    if (this.coming !== undefined) {
      // Straight from who sent it: nothing may wait that came before.
      expect([this.coming.id, this.waiting.length]).toEqual([id, 0])
      this.out.push({ known: this.coming, position, consumer })
      return
    }
    while (this.waiting.length > 0 && this.isDue(this.waiting[0]!)) this.die(this.waiting.shift()!, 'expired')
    const known = this.waiting.shift()
    expect(known?.id).toBe(id)
    if (known !== undefined) this.out.push({ known, position, consumer })
  }

  private isDue({ deadline }: Known): boolean {
    return deadline !== 0 && deadline <= this.clock.now()
  }

  private wait(known: Known): void {
    this.waiting = [...this.waiting, known].sort(inOrder)
    this.dropHeads()
  }

  private dropHeads(): void {
    const { overflow, maxLength = Infinity, maxLengthBytes = Infinity } = this.options
    while (overflow === 'drop-head' && (this.waiting.length > maxLength || this.bytes > maxLengthBytes))
      this.die(this.waiting.shift()!, 'maxlen')
  }

  private expire(): void {
    const isDue = (known: Known) => this.isDue(known)
    const gone =
      this.options.ttlMode === 'exact'
        ? this.waiting.filter(isDue)
        : this.waiting.slice(0, firstNot(this.waiting, isDue))
    this.waiting = this.waiting.filter(known => !gone.includes(known))
    for (const known of gone) this.die(known, 'expired')
  }

  private die(known: Known, reason: string): void {
    if (this.options.deadLetterExchange === undefined) return
    this.deaths[known.id] = reason
    this.dying.push(known)
  }
}

function inOrder(a: Known, b: Known): number {
  return b.priority - a.priority || a.id - b.id
}

function firstNot(all: readonly Known[], is: (known: Known) => boolean): number {
  const at = all.findIndex(known => !is(known))
  return at === -1 ? all.length : at
}

const anyStep = fc.tuple(
  fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
  fc.nat(1000),
) as fc.Arbitrary<Step>

const anyOptions: fc.Arbitrary<QueueOptions> = fc
  .record({
    messageTtl: fc.constantFrom(undefined, undefined, 0, 100, 800),
    ttlMode: fc.constantFrom('head' as const, 'exact' as const),
    maxLength: fc.constantFrom(undefined, undefined, 0, 1, 10),
    maxLengthBytes: fc.constantFrom(undefined, undefined, undefined, 0, 20_000),
    overflow: fc.constantFrom('drop-head' as const, 'reject-publish' as const),
    maxPriority: fc.constantFrom(0, 0, 3, 255),
    deadLetterExchange: fc.constantFrom(undefined, 'dlx'),
    deliveryLimit: fc.constantFrom(undefined, 0, 2),
    delayedRetry: fc.constantFrom(
      undefined,
      { type: 'all' as const, min: 40, max: 100 },
      { type: 'failed' as const, min: 40, max: undefined },
      { type: 'returned' as const, min: 200, max: 200 },
    ),
  })
  .map(rules => ({ ...queueOptions(new Map()), ...rules }))

/** Each run opens the database several times. `RUNS=1000` looks further. */
const RUNS = Number(process.env['RUNS'] ?? 80)

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function newDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-spec-'))
  folders.push(folder)
  return join(folder, 'leveret.db')
}

/** What had come to the head while nobody was to read what is behind it never expired. */
const expiredUnseen: [QueueOptions, Step[]] = [
  queueOptions(new Map()),
  [
    ['enqueueMany', 69],
    ['enqueueMany', 922],
    ['restart', 0],
    ['consume', 241],
    ['leaveMemory', 0],
    ['getMany', 24],
  ],
]

/** A limit took effect when what was to go was in memory again, and others had expired by then. */
const expiredInstead: [QueueOptions, Step[]] = [
  { ...queueOptions(new Map()), ttlMode: 'exact' },
  [
    ['enqueueMany', 3],
    ['limit', 86],
    ['restart', 0],
    ['enqueueMany', 131],
  ],
]

const examples = [expiredUnseen, expiredInstead]

describe('a queue with rules', () => {
  it('does what arrays would, whatever its rules and whatever is asked of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyOptions,
        fc.array(anyStep, { minLength: 1, maxLength: 50, size: 'max' }),
        async (options, chosen) => {
          const world = new World(newDatabase(), options)
          for (const [step, n] of chosen) {
            await steps[step](world, n)
            await world.rest()
          }
          await world.end()
        },
      ),
      { numRuns: RUNS, examples },
    )
  }, 600_000)
})
