/** A durable queue on SQLite: what is left of it after a restart or a crash, and backlogs that do not stay in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { encodeProperties } from '../../src/amqp/properties'
import { lookAtHeads } from '../../src/broker/recovery'
import { Message } from '../../src/message'
import { browse } from '../../src/queues/browse'
import { NO_POSITION, NOT_LOADED } from '../../src/queues/entries'
import { queueOptions } from '../../src/queues/options'
import { passOn, waiting } from '../../src/queues/pass-on'
import { Queue } from '../../src/queues/queue'
import { readyListFor } from '../../src/queues/ready-list-for'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store'
import { FakeConsumer, type SeenDelivery } from '../support/fake-consumer'
import { heldBytes, MIB } from '../support/held-bytes'
import { ManualClock } from '../support/manual-clock'
import { ManualTurn } from '../support/manual-turn'
import { bodyOf, messageWith, overwriteChunkOf } from '../support/messages'
import { noDeaths } from '../support/queues'
import { TakingDisk } from '../support/taking-disk'

/** Of a priority queue. */
const SEGMENTS_IN_MEMORY = 1

const folders: string[] = []

function newDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-spec-'))
  folders.push(folder)
  return join(folder, 'leveret.db')
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** One life of a broker with one queue: what the database holds of it is there from the start. */
class Life {
  readonly turn = new ManualTurn()
  readonly disk: TakingDisk
  readonly queue: Queue
  /** Turns ended: everything that was asked for until then is kept. */
  onKept: () => void = () => {}

  constructor(file: string, maxPriority = 0) {
    this.disk = new TakingDisk(file, 'os')
    const store = new SqliteStore(this.turn, this.disk)
    const [stored] = this.disk.definitions.queues
    const record = { id: 7, vhost: '/', name: 'q', autoDelete: false }
    const definition = { ...record, durable: true, owner: undefined, arguments: new Map() }
    const options = { ...queueOptions(new Map()), maxPriority }
    const around = {
      clock: new ManualClock(),
      turn: this.turn,
      store,
      deadLetters: noDeaths,
      unused: () => {},
    }
    this.queue = new Queue(definition, options, around, readyListFor(options, SEGMENTS_IN_MEMORY))
    if (stored === undefined)
      store.change({ kind: 'queue', record: { ...record, arguments: new Uint8Array() } })
    else {
      this.queue.restore(stored)
      lookAtHeads([this.queue].values())
    }
  }

  /** Turns, and what the disk says in between, until nothing is left to do. */
  async endTurns(): Promise<void> {
    let asked = -1
    for (let quiet = 0; quiet < 3; quiet++) {
      if (this.turn.runAll() > 1 || this.disk.reads !== asked) quiet = 0
      asked = this.disk.reads
      await new Promise(resolve => setImmediate(resolve))
    }
    this.onKept()
  }

  /** basic.get, which may have to wait for the disk. */
  async get(): Promise<{ position: number; body: string; redelivered: boolean } | undefined> {
    const message = new Message()
    let position = this.queue.get(message)
    while (position === NOT_LOADED) {
      const loaded = new Promise<void>(resolve => this.queue.whenLoaded(resolve))
      await this.endTurns()
      await loaded
      position = this.queue.get(message)
    }
    if (position === NO_POSITION) return undefined
    return { position, body: bodyOf(message), redelivered: this.queue.isRedelivered(position) }
  }

  /** Settles what `get` gives, so many times. */
  async consume(count: number): Promise<string[]> {
    const bodies: string[] = []
    for (let i = 0; i < count; i++) {
      const got = (await this.get())!
      bodies.push(got.body)
      this.queue.settle(got.position)
    }
    return bodies
  }

  memoryOf(position: number): WeakRef<ArrayBufferLike> {
    const message = new Message()
    this.queue.view(position, message)
    return new WeakRef(message.bodyBytes.buffer)
  }

  get memoryBytes(): number {
    return this.queue.ready.segments.reduce((sum, segment) => sum + segment.memoryBytes, 0)
  }

  /** What is done to a queue when memory is short. */
  rest(): void {
    if (this.queue.consumers.isIdle) this.queue.backlog.rest()
  }

  enqueue(bodies: readonly string[], persistent = true): void {
    for (const body of bodies) this.queue.enqueue(messageWith(body, { persistent }))
  }
}

function numbered(from: number, to: number, bodyBytes = 0): string[] {
  return Array.from({ length: to - from }, (_, i) => `${from + i}`.padEnd(bodyBytes, '.'))
}

async function restarted(life: Life, file: string): Promise<Life> {
  await life.endTurns()
  await life.disk.close()
  const next = new Life(file)
  await next.endTurns()
  return next
}

describe('a durable queue after a restart', () => {
  it.each([0, 1, 50, 99, 100])(
    'holds what was not settled: 100 messages written together, %i settled',
    async count => {
      const file = newDatabase()
      const first = new Life(file)
      first.enqueue(numbered(0, 100))
      await first.endTurns()
      await first.consume(count)
      const second = await restarted(first, file)
      expect(second.queue.messageCount).toBe(100 - count)
      expect(await second.consume(100 - count)).toEqual(numbered(count, 100))
      expect(await second.get()).toBeUndefined()
      await second.disk.close()
    },
  )

  it('holds what was settled out of order no more, and what was out again, in its place', async () => {
    const file = newDatabase()
    const first = new Life(file)
    first.enqueue(numbered(0, 10))
    await first.endTurns()
    for (let i = 0; i < 8; i++) {
      const { position } = (await first.get())!
      if (i % 2 === 1) first.queue.settle(position)
    }
    const second = await restarted(first, file)
    expect(await second.consume(6)).toEqual(['0', '2', '4', '6', '8', '9'])
    await second.disk.close()
  })

  it('knows what was put back as redelivered, and nothing that was never delivered', async () => {
    const file = newDatabase()
    const first = new Life(file)
    first.enqueue(numbered(0, 3))
    await first.endTurns()
    first.queue.requeue((await first.get())!.position)
    const second = await restarted(first, file)
    const redelivered = [(await second.get())!, (await second.get())!].map(got => got.redelivered)
    expect(redelivered).toEqual([true, false])
    await second.disk.close()
  })

  it('still knows it after another restart', async () => {
    const file = newDatabase()
    const first = new Life(file)
    first.enqueue(['put back'])
    first.queue.requeue((await first.get())!.position)
    const second = await restarted(first, file)
    second.enqueue(['later'])
    const third = await restarted(second, file)
    expect([await third.get(), await third.get()]).toMatchObject([
      { redelivered: true },
      { redelivered: false },
    ])
    await third.disk.close()
  })

  it('has forgotten transient messages', async () => {
    const file = newDatabase()
    const first = new Life(file)
    for (const [index, body] of numbered(0, 20).entries()) first.enqueue([body], index % 3 === 0)
    const second = await restarted(first, file)
    expect(await second.consume(7)).toEqual(['0', '3', '6', '9', '12', '15', '18'])
    expect(second.queue.messageCount).toBe(0)
    await second.disk.close()
  })

  it('says how many it holds before any of them was read', async () => {
    const file = newDatabase()
    const first = new Life(file)
    for (let i = 0; i < 600; i += 7) {
      first.enqueue(numbered(i, Math.min(i + 7, 600), 10_000))
      await first.endTurns()
    }
    for (let i = 0; i < 600; i++) {
      const { position } = (await first.get())!
      if (i < 50 || i % 3 === 0) first.queue.settle(position)
    }
    const left = first.queue.unacknowledgedCount
    await first.endTurns()
    await first.disk.close()
    const second = new Life(file)
    expect([left, second.queue.messageCount]).toEqual([367, 367])
    await second.endTurns()
    expect(second.queue.messageCount).toBe(367)
    await second.disk.close()
  })

  it('says how many it holds behind a head among transient messages', async () => {
    const file = newDatabase()
    const first = new Life(file)
    for (const [index, body] of numbered(0, 30).entries()) first.enqueue([body], index % 3 !== 0)
    await first.endTurns()
    await first.consume(11)
    await first.endTurns()
    await first.disk.close()
    const second = new Life(file)
    expect(second.queue.messageCount).toBe(13)
    expect(second.queue.purge()).toBe(13)
    await second.endTurns()
    expect(second.queue.messageCount).toBe(0)
    await second.disk.close()
  })

  it('takes nothing new for redelivered because of what was out before', async () => {
    const file = newDatabase()
    const first = new Life(file)
    first.enqueue(['out and forgotten'], false)
    await first.get()
    first.enqueue(['settled before it was written'])
    await first.consume(1)
    const second = await restarted(first, file)
    second.enqueue(['new'])
    const third = await restarted(second, file)
    expect(await third.get()).toMatchObject({ body: 'new', redelivered: false })
    await third.disk.close()
  })

  it('stays purged, and keeps what came after', async () => {
    const file = newDatabase()
    const first = new Life(file)
    first.enqueue(numbered(0, 100))
    await first.endTurns()
    await first.consume(10)
    first.queue.purge()
    first.enqueue(['after'])
    const second = await restarted(first, file)
    expect(second.queue.messageCount).toBe(1)
    expect(await second.consume(1)).toEqual(['after'])
    await second.disk.close()
  })
})

describe('a long backlog', () => {
  it.each([
    ['persistent messages', 1],
    ['transient messages', 0],
    ['both', 2],
    ['one that is transient in hundreds', 100],
  ])('is brought back from the disk in order: %s', async (_, share) => {
    const life = new Life(newDatabase())
    const bodies = numbered(0, 600, 10_000)
    for (const [index, body] of bodies.entries()) {
      life.enqueue([body], share > 2 ? index % share !== 0 : share > 0 && index % share === 0)
      if (index % 20 === 0) await life.endTurns()
    }
    expect(life.queue.messageCount).toBe(600)
    expect(await life.consume(600)).toEqual(bodies)
    expect(life.disk.loads + life.disk.unspills).toBeGreaterThan(10)
    await life.disk.close()
  })

  it('is asked of the disk once, however many wait for it', async () => {
    const file = newDatabase()
    const first = new Life(file)
    first.enqueue(numbered(0, 10))
    await first.endTurns()
    await first.disk.close()
    const second = new Life(file)
    const loaded = jest.fn()
    for (let i = 0; i < 3; i++) second.queue.whenLoaded(loaded)
    await second.endTurns()
    expect([second.disk.loads, loaded.mock.calls.length]).toEqual([1, 3])
    await second.disk.close()
  })

  it('costs no memory for the positions between its messages', async () => {
    const file = newDatabase()
    const first = new Life(file)
    first.enqueue(['stays out'])
    await first.get()
    const passing = messageWith('passes')
    const view = new Message()
    for (let i = 0; i < 1_000_000; i++) {
      first.queue.enqueue(passing)
      first.queue.settle(first.queue.get(view))
    }
    first.enqueue(['last'])
    const before = await heldBytes()
    const second = await restarted(first, file)
    expect((await heldBytes()) - before).toBeLessThan(2 * MIB)
    expect(await second.consume(2)).toEqual(['stays out', 'last'])
    await second.disk.close()
  })

  it('stays in memory until it is written', async () => {
    const life = new Life(newDatabase())
    const bodies = numbered(0, 300, 10_000)
    life.enqueue(bodies)
    expect(await life.consume(300)).toEqual(bodies)
    expect(life.disk.loads).toBe(0)
    await life.disk.close()
  })

  it('does not stay in memory', async () => {
    const file = newDatabase()
    const life = new Life(file)
    const before = await heldBytes()
    const bodies = numbered(0, 20, 10_000)
    for (let i = 0; i < 200; i++) {
      life.enqueue(bodies)
      await life.endTurns()
    }
    expect(life.queue.messageCount).toBe(4000)
    expect((await heldBytes()) - before).toBeLessThan(6 * MIB) // of 38
    await life.disk.close()
    const closed = await heldBytes()
    const next = new Life(file)
    await next.endTurns()
    expect(next.queue.messageCount).toBe(4000)
    expect((await heldBytes()) - closed).toBeLessThan(MIB / 2)
    expect(next.disk.loads).toBe(1)
    await next.disk.close()
  })

  it.each([
    ['persistent', true, 0],
    ['transient', false, 0],
    ['persistent, of which some were taken', true, 30],
  ])('leaves memory when nobody takes from it and memory is short: %s', async (_, persistent, taken) => {
    const life = new Life(newDatabase())
    const bodies = numbered(0, 500, 10_000)
    life.enqueue(bodies, persistent)
    await life.endTurns()
    expect(await life.consume(taken)).toEqual(bodies.slice(0, taken))
    life.rest()
    await life.endTurns()
    expect(life.memoryBytes).toBeLessThan(taken === 0 ? 1000 : 300_000) // of 5 million
    life.enqueue(numbered(500, 550, 10_000), persistent)
    await life.endTurns()
    expect(await life.consume(550 - taken)).toEqual(numbered(taken, 550, 10_000))
    await life.disk.close()
  })

  it('leaves memory again when it has grown since', async () => {
    const life = new Life(newDatabase())
    life.enqueue(numbered(0, 25, 10_000))
    await life.endTurns()
    life.rest()
    life.enqueue(numbered(25, 50, 10_000))
    await life.endTurns()
    expect(life.memoryBytes).toBeGreaterThan(200_000)
    const another = new Life(newDatabase())
    const memory = life.memoryOf(49)
    life.rest()
    expect(life.memoryBytes).toBeLessThan(1000)
    // Nobody else has it either, now that another message was kept last.
    another.enqueue(['kept'])
    await heldBytes()
    expect(memory.deref()).toBeUndefined()
    await another.endTurns()
    await another.disk.close()
    expect(await life.consume(50)).toEqual(numbered(0, 50, 10_000))
    await life.disk.close()
  })

  it('stays in memory when a consumer would take it', async () => {
    const life = new Life(newDatabase())
    const consumer = new FakeConsumer({ credit: 3 })
    life.queue.addConsumer(consumer)
    life.enqueue(numbered(0, 2, 10_000))
    await life.endTurns()
    life.rest()
    life.enqueue(numbered(2, 100, 10_000))
    await life.endTurns()
    expect(consumer.deliveries).toHaveLength(3)
    life.rest()
    consumer.credit = 97
    life.queue.creditReturned()
    await life.endTurns()
    expect(consumer.deliveries.map(({ body }) => body)).toEqual(numbered(0, 100, 10_000))
    await life.disk.close()
  })
})

interface Out {
  readonly message: number
  readonly position: number
  readonly consumer: FakeConsumer | undefined
}

type Step = readonly [keyof typeof steps, number]

const steps = {
  enqueue: (world: World, n: number) => world.enqueue(n),
  enqueueMany: (world: World, n: number) => {
    for (let i = 0; i < n % 60; i++) world.enqueue(n % 2 === 0 ? n : n + i)
  },
  get: (world: World) => world.get(),
  getMany: async (world: World, n: number) => {
    for (let i = 0; i < n % 30; i++) await world.get()
  },
  settle: (world: World, n: number) => world.finish(n, 'settle'),
  settleMany: (world: World, n: number) => {
    for (let i = 0; i < n % 40; i++) world.finish(n * i, 'settle')
  },
  settleAll: (world: World) => {
    while (world.out.length > 0) world.finish(0, 'settle')
  },
  requeue: (world: World, n: number) => world.finish(n, 'requeue'),
  purge: (world: World, n: number) => (n % 3 === 0 ? world.purge() : undefined),
  consume: (world: World, n: number) => world.consume(n),
  rest: (world: World) => world.rest(),
  browse: (world: World, n: number) => world.browse(n),
  passOn: (world: World, n: number) => world.passOn(n),
  turn: (world: World) => world.endTurns(),
  restart: (world: World) => world.restart(),
  crash: (world: World) => world.crash(),
}

/** The model: numbers of messages that wait and that are out, and what of them was kept last. */
class World {
  out: Out[] = []
  private life: Life
  private next = 0
  private waiting: number[] = []
  private readonly persistent = new Set<number>()
  private readonly delivered = new Set<number>()
  private readonly putBack = new Set<number>()
  /** What the disk holds. */
  private kept: { live: number[]; putBack: Set<number> } = { live: [], putBack: new Set() }

  private readonly priorities: number[] = []
  private firstOfLife = 0

  constructor(
    private readonly file: string,
    private readonly maxPriority: number,
  ) {
    this.life = this.newLife()
  }

  enqueue(n: number): void {
    const message = this.next++
    const persistent = n % 5 !== 0
    if (persistent) this.persistent.add(message)
    const priority = n % 7
    this.priorities.push(Math.min(priority, this.maxPriority))
    this.wait(message)
    const body = `${message}`.padEnd([5, 3000, 15_000, 40_000][n % 4]!, '.')
    const sent = messageWith(body, { persistent, properties: encodeProperties({ priority }) })
    this.life.queue.enqueue(sent)
    overwriteChunkOf(sent)
  }

  async get(): Promise<void> {
    const got = await this.life.get()
    const message = this.waiting.shift()
    expect(got === undefined ? undefined : Number.parseInt(got.body, 10)).toBe(message)
    if (got === undefined || message === undefined) return
    this.seen(message, got.redelivered)
    this.out.push({ message, position: got.position, consumer: undefined })
  }

  finish(n: number, how: 'settle' | 'requeue'): void {
    const [one] = this.out.splice(n % Math.max(this.out.length, 1), 1)
    if (one === undefined) return
    if (how === 'requeue') {
      this.putBack.add(one.message)
      this.wait(one.message)
    }
    this.life.queue[how](one.position)
    if (one.consumer !== undefined && one.consumer.credit++ === 0) this.life.queue.creditReturned()
  }

  purge(): void {
    expect(this.life.queue.purge()).toBe(this.waiting.length)
    this.waiting = []
  }

  consume(n: number): void {
    const consumer = new FakeConsumer({ noAck: n % 3 === 0, credit: n % 40 })
    consumer.onDelivery = delivery => this.deliveredTo(delivery)
    this.life.queue.addConsumer(consumer)
  }

  async endTurns(): Promise<void> {
    await this.life.endTurns()
    expect([this.life.queue.messageCount, this.life.queue.unacknowledgedCount]).toEqual([
      this.waiting.length,
      this.out.length,
    ])
  }

  rest(): void {
    this.life.rest()
  }

  /** Shows what waits, or everything, and changes nothing. */
  async browse(n: number): Promise<void> {
    await this.endTurns()
    const state = (['ready', 'all', 'unacked'] as const)[n % 3]!
    const request = { state, offset: n % 50, limit: 100, truncate: 5 }
    const { items } = await this.meanwhile(browse(this.life.queue, request))
    const isShown = (message: number): boolean => (state === 'unacked' ? out : all).includes(message)
    const out = this.out.map(one => one.message)
    const all = state === 'ready' ? this.waiting : [...this.waiting, ...out]
    for (const { body, redelivered } of items) {
      const message = Number.parseInt(body.toString(), 10)
      expect(isShown(message)).toBe(true)
      if (this.putBack.has(message)) expect(redelivered).toBe(true)
    }
    const ids = items.map(({ body }) => Number.parseInt(body.toString(), 10))
    const shown = state === 'unacked' ? out.length : all.length
    expect(new Set(ids).size).toBe(Math.max(0, Math.min(100, shown - request.offset)))
    if (state === 'ready') expect(ids).toEqual(this.waiting.slice(request.offset, request.offset + 100))
  }

  /** The first few go elsewhere, without ever being delivered. */
  async passOn(n: number): Promise<void> {
    await this.endTurns()
    const walk = waiting(this.life.queue, undefined)
    for (let left = n % 30; left > 0; ) {
      const batch = await this.meanwhile(walk.next(left))
      if (batch === undefined) break
      for (const position of batch.positions) {
        let body = ''
        passOn(this.life.queue, position, new Message(), message => {
          body = bodyOf(message)
          return true
        })
        expect(Number.parseInt(body, 10)).toBe(this.waiting.shift())
        left--
      }
    }
    walk.end()
  }

  /** Everything is kept before the end. */
  async restart(): Promise<void> {
    await this.endTurns()
    await this.crash()
  }

  /** What was not kept yet is lost, and only that. */
  async crash(): Promise<void> {
    await this.life.disk.close()
    this.life = this.newLife()
    this.out = []
    this.waiting = this.kept.live.sort(this.inOrder)
    this.firstOfLife = this.next
    this.putBack.clear()
    for (const message of this.kept.putBack) this.putBack.add(message)
    await this.endTurns()
  }

  async end(): Promise<void> {
    await this.restart()
    while (this.waiting.length > 0) await this.get()
    await this.get()
    await this.life.disk.close()
  }

  private newLife(): Life {
    const life = new Life(this.file, this.maxPriority)
    life.onKept = () => {
      this.kept = { live: this.live(), putBack: new Set(this.putBack) }
    }
    return life
  }

  /** Turns go on until it is done. */
  private async meanwhile<Result>(done: Promise<Result>): Promise<Result> {
    let isDone = false
    const end = (): void => {
      isDone = true
    }
    done.then(end, end)
    while (!isDone) await this.life.endTurns()
    return done
  }

  private wait(message: number): void {
    this.waiting = [...this.waiting, message].sort(this.inOrder)
  }

  private readonly inOrder = (a: number, b: number): number =>
    this.priorities[b]! - this.priorities[a]! || a - b

  private live(): number[] {
    const all = [...this.waiting, ...this.out.map(({ message }) => message)]
    return all.filter(message => this.persistent.has(message))
  }

  private deliveredTo({ consumer, body, position, redelivered }: SeenDelivery): void {
    const message = Number.parseInt(body, 10)
    expect(message).toBe(this.waiting.shift())
    this.seen(message, redelivered)
    if (!consumer.noAck) this.out.push({ message, position, consumer })
  }

  /** The flag is a must for what was put back, and a lie for what was never delivered. */
  private seen(message: number, redelivered: boolean): void {
    if (this.putBack.has(message)) expect(redelivered).toBe(true)
    // Of those before the last one that was delivered a restart forgets which were, where they go in another order.
    const isForgotten = this.maxPriority > 0 && message < this.firstOfLife
    if (!this.delivered.has(message) && !isForgotten) expect(redelivered).toBe(false)
    this.delivered.add(message)
  }
}

/** Each run opens the database several times. `RUNS=1000` looks further. */
const RUNS = Number(process.env['RUNS'] ?? 50)

const anyStep = fc.tuple(
  fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
  fc.nat(1000),
) as fc.Arbitrary<Step>

/** What was put back was forgotten by the second restart. */
const redeliveredForgotten: Step[] = [
  ['consume', 64],
  ['enqueue', 16],
  ['requeue', 0],
  ['turn', 0],
  ['crash', 0],
  ['enqueue', 16],
]

/** What was settled before the head came back when its segment was read again. */
const settledAway: Step[] = [
  ['enqueueMany', 789],
  ['consume', 526],
  ['turn', 0],
  ['settleAll', 0],
  ['consume', 138],
  ['enqueue', 0],
]

/** What had come back was taken for new when its segment was. */
const redeliveredLeftBehind: Step[] = [
  ['enqueueMany', 142],
  ['turn', 0],
  ['get', 0],
  ['requeue', 0],
  ['rest', 0],
  ['browse', 0],
  ['enqueue', 0],
]

/** What was settled and not committed was there again when its segment was. */
const settledLeftBehind: Step[] = [
  ['enqueue', 22],
  ['enqueueMany', 142],
  ['turn', 0],
  ['get', 0],
  ['settle', 0],
  ['rest', 0],
  ['get', 0],
]

/** What was settled before a purge was held against others after a restart: in the same batch, and in one before. */
const settledAndPurged: Step[] = [
  ['enqueue', 16],
  ['restart', 0],
  ['getMany', 1],
  ['enqueueMany', 2],
  ['passOn', 32],
  ['purge', 0],
  ['enqueue', 1],
]
const settledThenPurged: Step[] = [
  ['enqueue', 16],
  ['restart', 0],
  ['getMany', 1],
  ['enqueueMany', 4],
  ['passOn', 32],
  ['turn', 0],
  ['purge', 0],
  ['enqueue', 1],
]

const examples: [Step[]][] = [
  [settledAndPurged],
  [settledThenPurged],
  [redeliveredForgotten],
  [settledAway],
  [redeliveredLeftBehind],
  [settledLeftBehind],
]

describe('a durable queue', () => {
  it.each([
    ['', 0],
    [', also one with priorities', 3],
  ])(
    'is after restarts and crashes what an array would be that was written down at every commit%s',
    async (_, maxPriority) => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 60, size: 'max' }), async chosen => {
          const world = new World(newDatabase(), maxPriority)
          for (const [step, n] of chosen) await steps[step](world, n)
          await world.end()
        }),
        { numRuns: RUNS, examples },
      )
    },
    600_000,
  )
})
