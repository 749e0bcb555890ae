/** A look into a queue: what it shows, in which order, how much it reads for it, and that it leaves no trace. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { encodeProperties } from '../../src/amqp/properties'
import { fieldTable } from '../../src/amqp/table'
import { Message } from '../../src/message'
import { type BrowsedPage, type BrowseRequest, browse } from '../../src/queues/browse'
import { NOT_LOADED } from '../../src/queues/entries'
import { type QueueOptions, queueOptions } from '../../src/queues/options'
import { Queue } from '../../src/queues/queue'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store'
import { FakeConsumer } from '../support/fake-consumer'
import { ManualClock } from '../support/manual-clock'
import { ManualTurn } from '../support/manual-turn'
import { messageOf, messageWith } from '../support/messages'
import { arrangedQueue, getFrom, noDeaths, queueWith } from '../support/queues'
import { TakingDisk } from '../support/taking-disk'
import { whileTurning } from '../support/while-turning'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A durable queue on a disk of its own. */
class OnDisk {
  readonly turn = new ManualTurn()
  readonly disk: TakingDisk
  readonly queue: Queue

  constructor(
    readonly file: string = newDatabase(),
    options: Partial<QueueOptions> = {},
  ) {
    this.disk = new TakingDisk(file, 'os')
    const store = new SqliteStore(this.turn, this.disk)
    const [stored] = this.disk.definitions.queues
    const record = { id: 7, vhost: '/', name: 'q', autoDelete: false }
    const definition = { ...record, durable: true, owner: undefined, arguments: new Map() }
    const around = {
      clock: new ManualClock(),
      turn: this.turn,
      store,
      deadLetters: noDeaths,
      unused: () => {},
    }
    this.queue = new Queue(definition, { ...queueOptions(new Map()), ...options }, around)
    if (stored === undefined)
      store.change({ kind: 'queue', record: { ...record, arguments: new Uint8Array() } })
    else this.queue.restore(stored)
  }

  /** Enqueues in small batches, so that segments are left to the disk. */
  async fill(bodies: readonly string[], persistent = true): Promise<void> {
    for (let at = 0; at < bodies.length; at += 500) {
      for (const body of bodies.slice(at, at + 500)) this.queue.enqueue(messageWith(body, { persistent }))
      await this.endTurns()
    }
  }

  async endTurns(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      if (this.turn.runAll() > 1) quiet = 0
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  browse(request: Partial<BrowseRequest> = {}): Promise<BrowsedPage> {
    return whileTurning(this.turn, browse(this.queue, { limit: 1000, ...request }))
  }

  get inStore(): number {
    return this.queue.ready.segments.filter(({ residence }) => residence === 'store').length
  }
}

function newDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-spec-'))
  folders.push(folder)
  return join(folder, 'leveret.db')
}

function numbered(from: number, to: number, bodyBytes = 0): string[] {
  return Array.from({ length: to - from }, (_, i) => `${from + i}`.padEnd(bodyBytes, '.'))
}

function bodiesOf({ items }: BrowsedPage): string[] {
  return items.map(({ body }) => body.toString())
}

/** Everything of a queue that a look must leave as it is. */
function traces({ ready, counters }: Queue): unknown {
  const { length, bytes, head, delivered, tail } = ready
  const segments = ready.segments.map(({ first, live, kept, residence, isSpilled }) => {
    return { first, live, kept, residence, isSpilled }
  })
  return { length, bytes, head, delivered, tail, segments, counters: { ...counters } }
}

describe('a look into a queue', () => {
  it('shows what waits, with its address, properties and body', async () => {
    const { queue, turn } = queueWith({})
    const headers = fieldTable({ tenant: 'acme', nested: { deep: [1, 'two'] } })
    const properties = encodeProperties({ headers, priority: 3, contentType: 'text/plain' })
    queue.enqueue(
      messageOf({ exchange: 'x', routingKey: 'a.b', properties, body: 'hello', persistent: true }),
    )
    const page = await whileTurning(turn, browse(queue, { limit: 10 }))
    expect(page).toEqual({
      total: 1,
      offset: 0,
      nextOffset: undefined,
      scanned: 1,
      items: [
        {
          position: 0,
          state: 'ready',
          redelivered: false,
          exchange: 'x',
          routingKey: 'a.b',
          properties: { headers, priority: 3, contentType: 'text/plain' },
          body: Buffer.from('hello'),
          bodyBytes: 5,
          persistent: true,
        },
      ],
    })
  })

  it('copies as much of a body as is asked for, and tells how long it is', async () => {
    const { queue, turn } = queueWith({})
    queue.enqueue(messageWith('0123456789'))
    const { items } = await whileTurning(turn, browse(queue, { limit: 1, truncate: 4 }))
    expect(items).toMatchObject([{ body: Buffer.from('0123'), bodyBytes: 10 }])
  })

  it('tells what waits from what is out and what came back', async () => {
    const { queue, turn } = queueWith({})
    for (const body of numbered(0, 6)) queue.enqueue(messageWith(body))
    const out = [0, 1, 2, 3].map(() => getFrom(queue)!.position)
    queue.requeue(out[1]!)
    queue.settle(out[2]!)
    const look = (state: BrowseRequest['state']) =>
      whileTurning(turn, browse(queue, { limit: 9, state: state! }))
    const all = await look('all')
    expect(all.items.map(({ body, state, redelivered }) => [`${body}`, state, redelivered])).toEqual([
      ['0', 'unacked', false],
      ['1', 'ready', true],
      ['3', 'unacked', false],
      ['4', 'ready', false],
      ['5', 'ready', false],
    ])
    expect(all.total).toBe(5)
    const ready = await look('ready')
    expect([ready.total, bodiesOf(ready)]).toEqual([3, ['1', '4', '5']])
    const unacked = await look('unacked')
    expect([unacked.total, bodiesOf(unacked)]).toEqual([2, ['0', '3']])
  })

  it('shows what waits for its next try as delayed', async () => {
    const { queue, turn } = queueWith({ delayedRetry: { type: 'all', min: 1000, max: undefined } })
    queue.enqueue(messageWith('again'))
    queue.requeue(getFrom(queue)!.position, true)
    const { items, total } = await whileTurning(turn, browse(queue, { limit: 9, state: 'delayed' }))
    expect(items).toMatchObject([{ state: 'delayed', redelivered: false }])
    expect(total).toBe(1)
    expect((await whileTurning(turn, browse(queue, { limit: 9, state: 'unacked' }))).items).toEqual([])
  })

  it('shows a priority queue in the order of delivery, what is out before it', async () => {
    const { queue, turn } = queueWith({ maxPriority: 5 })
    for (const [body, priority] of [
      ['a', 1],
      ['b', 5],
      ['c', 1],
      ['d', 5],
      ['e', 0],
    ] as const)
      queue.enqueue(messageWith(body, { properties: encodeProperties({ priority }) }))
    getFrom(queue)
    const look = (request: Partial<BrowseRequest>) => {
      return whileTurning(turn, browse(queue, { limit: 9, ...request })).then(bodiesOf)
    }
    expect(await look({})).toEqual(['d', 'a', 'c', 'e'])
    expect(await look({ offset: 1, limit: 2 })).toEqual(['a', 'c'])
    expect(await look({ state: 'all' })).toEqual(['b', 'd', 'a', 'c', 'e'])
    expect(await look({ state: 'all', offset: 2 })).toEqual(['a', 'c', 'e'])
    expect(await look({ state: 'unacked' })).toEqual(['b'])
    expect(getFrom(queue)!.position).toBe(3)
  })

  it('wakes no consumer, moves no deadline and keeps no idle queue', async () => {
    const { queue, turn, clock, unused } = queueWith({ expires: 1000, messageTtl: 5000 })
    queue.enqueue(messageWith('m'))
    turn.runAll()
    const before = traces(queue)
    const deadline = queue.ready.deadline(0)
    clock.advance(900)
    const { items } = await whileTurning(turn, browse(queue, { limit: 9, state: 'all' }))
    expect(items).toHaveLength(1)
    expect(queue.ready.deadline(0)).toBe(deadline)
    expect(traces(queue)).toEqual(before)
    clock.advance(100)
    expect(unused).toEqual([queue])
    const other = arrangedQueue()
    const consumer = new FakeConsumer({ credit: 0 })
    other.queue.addConsumer(consumer)
    other.queue.enqueue(messageWith('m'))
    other.turn.runAll()
    const asked = consumer.timesAsked
    await whileTurning(other.turn, browse(other.queue, { limit: 9 }))
    expect(consumer.timesAsked).toBe(asked)
  })

  it('ends when the queue goes', async () => {
    const { queue, turn } = queueWith({})
    for (const body of numbered(0, 1000)) queue.enqueue(messageWith(body))
    const looking = browse(queue, { limit: 1000 })
    queue.delete()
    expect((await whileTurning(turn, looking)).items.length).toBeLessThan(1000)
  })

  it('gives a page whatever large bodies there are, and goes on behind it', async () => {
    const { queue, turn } = queueWith({})
    const large = Buffer.alloc(20 * 1024 * 1024)
    for (let i = 0; i < 4; i++) queue.enqueue(messageOf({ body: large }))
    const page = await whileTurning(turn, browse(queue, { limit: 4 }))
    expect([page.items.length, page.nextOffset]).toEqual([2, 2])
  })
})

describe('a search', () => {
  const found = async (text: string): Promise<string[]> => {
    const { queue, turn } = queueWith({})
    const headers = fieldTable({ Name: 'Müller', list: [{ code: 4711 }], no: null, yes: true })
    queue.enqueue(messageOf({ routingKey: 'Order.Created', body: 'one' }))
    queue.enqueue(messageOf({ body: 'two', properties: encodeProperties({ headers }) }))
    queue.enqueue(messageOf({ body: 'three: ÄRGER' }))
    return bodiesOf(await whileTurning(turn, browse(queue, { limit: 9, search: text })))
  }

  it.each([
    ['order.c', ['one']],
    ['müLLER', ['two']],
    ['471', ['two']],
    ['TRUE', ['two']],
    ['ärger', ['three: ÄRGER']],
    ['name', []],
    ['t', ['one', 'two', 'three: ÄRGER']],
    ['o', ['one', 'two']],
  ])('for %s', async (text, bodies) => {
    expect(await found(text)).toEqual(bodies)
  })

  it('looks at so many entries and tells where to go on', async () => {
    const { queue, turn } = queueWith({})
    for (const body of numbered(0, 1000)) queue.enqueue(messageWith(body))
    const look = (offset: number) => {
      return whileTurning(turn, browse(queue, { limit: 9, search: '77', scanMax: 400, offset }))
    }
    const first = await look(0)
    expect([bodiesOf(first), first.scanned, first.nextOffset]).toEqual([
      ['77', '177', '277', '377'],
      400,
      400,
    ])
    const last = await look(800)
    expect([bodiesOf(last), last.scanned, last.nextOffset]).toEqual([['877', '977'], 200, undefined])
  })
})

describe('a look into a backlog on the disk', () => {
  it.each([
    ['kept', true],
    ['spilled', false],
  ])('reads what is %s, and leaves it there', async (_how, persistent) => {
    const life = new OnDisk()
    const bodies = numbered(0, 30_000, 100)
    await life.fill(bodies, persistent)
    expect(life.inStore).toBeGreaterThan(3)
    const before = traces(life.queue)
    const { unspills } = life.disk
    for (const offset of [0, 4095, 12_345, 29_995]) {
      const page = await life.browse({ offset, limit: 10 })
      expect(bodiesOf(page)).toEqual(bodies.slice(offset, offset + 10))
    }
    const far = await life.browse({ search: '25999', scanMax: 20_000, offset: 15_000 })
    expect(bodiesOf(far)).toEqual([bodies[25_999]])
    expect(traces(life.queue)).toEqual(before)
    expect(life.disk.unspills).toBe(unspills)
    await life.disk.close()
  })

  it('reads one segment for a page far behind', async () => {
    const life = new OnDisk()
    await life.fill(numbered(0, 30_000, 100))
    const { loads } = life.disk
    await life.browse({ offset: 15_010, limit: 10 })
    expect(life.disk.loads).toBe(loads + 1)
    await life.disk.close()
  })

  it('shows a backlog of before a restart, and no entry as redelivered for it', async () => {
    const first = new OnDisk()
    const bodies = numbered(0, 20_000, 100)
    await first.fill(bodies)
    await first.disk.close()
    const life = new OnDisk(first.file)
    await life.endTurns()
    const before = traces(life.queue)
    const page = await life.browse({ offset: 19_990, limit: 20 })
    expect(bodiesOf(page)).toEqual(bodies.slice(19_990))
    expect(page.items.some(({ redelivered }) => redelivered)).toBe(false)
    expect(traces(life.queue)).toEqual(before)
    await life.disk.close()
  })

  it('waits for a priority queue that is not whole yet', async () => {
    const options = { maxPriority: 3 }
    const first = new OnDisk(undefined, options)
    await first.fill(numbered(0, 100))
    await first.disk.close()
    const life = new OnDisk(first.file, options)
    expect(getFrom(life.queue)).toBeUndefined()
    expect(bodiesOf(await life.browse({ limit: 3 }))).toEqual(['0', '1', '2'])
    await life.disk.close()
  })
})

describe('what a look shows', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('enqueue' as const),
        count: fc.integer({ min: 1, max: 600 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('get' as const), count: fc.integer({ min: 1, max: 300 }) }),
    },
    fc.record({ kind: fc.constant('requeue' as const), count: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ kind: fc.constant('settle' as const), count: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ kind: fc.constant('look' as const), count: fc.integer({ min: 0, max: 3000 }) }),
  )

  it('is what is in the queue, at any offset, and the queue goes on as if nobody had looked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, persistent) => {
        const life = new OnDisk()
        const waiting: string[] = []
        const out: { position: number; body: string }[] = []
        let enqueued = 0
        for (const { kind, count } of steps) {
          if (kind === 'enqueue') {
            const bodies = numbered(enqueued, enqueued + count, 1000)
            enqueued += count
            waiting.push(...bodies)
            await life.fill(bodies, persistent)
          } else if (kind === 'look') {
            const ready = await life.browse({ offset: count, limit: 100 })
            expect(bodiesOf(ready)).toEqual(waiting.slice(count, count + 100))
            expect(ready.total).toBe(waiting.length)
            const unacked = await life.browse({ state: 'unacked', limit: 10_000 })
            expect(bodiesOf(unacked)).toEqual(out.map(({ body }) => body).sort(byNumber))
            const all = await life.browse({ state: 'all', offset: count, limit: 100 })
            const everything = [...waiting, ...out.map(({ body }) => body)].sort(byNumber)
            expect(bodiesOf(all)).toEqual(everything.slice(count, count + 100))
          } else {
            for (let i = 0; i < count; i++) {
              if (kind === 'get') {
                const body = waiting.shift()
                if (body === undefined) break
                out.push({ position: await next(life), body })
              } else {
                const taken = out.pop()
                if (taken === undefined) break
                if (kind === 'settle') life.queue.settle(taken.position)
                else {
                  life.queue.requeue(taken.position)
                  waiting.push(taken.body)
                  waiting.sort(byNumber)
                }
              }
            }
          }
        }
        await life.endTurns()
        await life.disk.close()
      }),
      { numRuns: 15 },
    )
  })

  async function next(life: OnDisk): Promise<number> {
    const message = new Message()
    for (;;) {
      const position = life.queue.get(message)
      if (position !== NOT_LOADED) return position
      life.queue.whenLoaded(() => {})
      await life.endTurns()
    }
  }

  function byNumber(a: string, b: string): number {
    return Number.parseInt(a, 10) - Number.parseInt(b, 10)
  }
})
