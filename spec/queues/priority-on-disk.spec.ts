/** Queues with priorities, or that expire anywhere, whose messages are on the disk: what stays in memory, and what is read for what. */
import { mkdirSync } from 'node:fs'
import { encodeProperties } from '../../src/amqp/properties'
import { type QueueOptions, queueOptions } from '../../src/queues/options'
import { ManualClock } from '../support/manual-clock'
import { messageWith } from '../support/messages'
import { RuledLife } from '../support/ruled-life'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const newPath = pathsIn(temporaryFolder())
const BYTES = 10_000
const PRIORITIES = 4

class Lives {
  readonly clock = new ManualClock()
  life: RuledLife
  private readonly file: string
  private readonly options: QueueOptions

  constructor(options: Partial<QueueOptions>) {
    const folder = newPath()
    mkdirSync(folder)
    this.file = `${folder}/leveret.db`
    this.options = { ...queueOptions(new Map()), ...options }
    this.life = new RuledLife(this.file, this.clock, this.options)
  }

  /** The priorities take turns. */
  async enqueue(count: number, persistent = true): Promise<void> {
    for (let i = 0; i < count; i++) {
      const properties = encodeProperties({ priority: i % PRIORITIES })
      this.life.queue.enqueue(messageWith(`${i}`.padEnd(BYTES, '.'), { persistent, properties }))
      if (i % 50 === 0) await this.life.endTurns()
    }
    await this.life.endTurns()
  }

  async restart(): Promise<void> {
    await this.life.end()
    this.life = new RuledLife(this.file, this.clock, this.options)
    await this.life.endTurns()
  }

  get memoryBytes(): number {
    return this.life.queue.ready.segments.reduce((sum, segment) => sum + segment.memoryBytes, 0)
  }
}

/** Numbers up to `count`, those of the highest priority first. */
function byPriority(count: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i)
  return all.sort((a, b) => (b % PRIORITIES) - (a % PRIORITIES) || a - b)
}

describe('a priority queue', () => {
  it.each([
    ['persistent', true],
    ['transient', false],
  ])('leaves memory when memory is short, and is read once for each priority (%s)', async (_, persistent) => {
    const { life, ...lives } = await filled(1000, persistent)
    expect(lives.memoryBytes()).toBeGreaterThan(4_000_000)
    life.queue.backlog.rest()
    await life.endTurns()
    expect(lives.memoryBytes()).toBeLessThan(1000) // of 10 million
    const { reads } = life.disk
    const segments = life.queue.ready.segments.length
    const bodies: number[] = []
    for (let got = await life.get(); got !== undefined; got = await life.get()) {
      bodies.push(Number.parseInt(got.body, 10))
      life.queue.settle(got.position)
      if (bodies.length === 500) expect(lives.memoryBytes()).toBeLessThan(2_000_000)
    }
    expect(bodies).toEqual(byPriority(1000))
    expect(life.disk.reads - reads).toBeLessThan(2 * segments * PRIORITIES)
    expect(life.disk.spilledParts).toBe(0)
    await life.end()
  })

  it('keeps more than the next few segments in memory while there is enough', async () => {
    const { life } = await filled(300)
    expect(life.queue.ready.segments.length).toBeGreaterThan(10)
    expect(life.queue.ready.segments.every(({ residence }) => residence === 'memory')).toBe(true)
    await life.end()
  })

  it('is read once after a restart, and rests', async () => {
    const lives = new Lives({ maxPriority: 3 })
    await lives.enqueue(1000)
    await lives.restart()
    const { ready } = lives.life.queue
    expect(ready.isWhole).toBe(true)
    expect(lives.memoryBytes).toBeLessThan(1000)
    expect(lives.life.disk.loads).toBe(ready.segments.length - 1)
    expect(Number.parseInt((await lives.life.get())!.body, 10)).toBe(3)
    await lives.life.end()
  })

  it('is purged wherever it is, but for what is out', async () => {
    const { life } = await filled(1000)
    const out = await life.get()
    life.queue.backlog.rest()
    const { reads } = life.disk
    expect(life.queue.purge()).toBe(999)
    expect([life.queue.messageCount, life.queue.messageBytes, life.queue.unacknowledgedCount]).toEqual([
      0, 0, 1,
    ])
    expect(life.disk.reads).toBe(reads)
    life.queue.requeue(out!.position)
    expect(await life.get()).toMatchObject({ position: out!.position })
    await life.end()
  })

  async function filled(count: number, persistent = true) {
    const lives = new Lives({ maxPriority: 3 })
    await lives.enqueue(count, persistent)
    return { life: lives.life, memoryBytes: () => lives.memoryBytes }
  }
})

describe('a queue whose messages expire anywhere', () => {
  const exact = { ttlMode: 'exact', messageTtl: 1000 } as const

  it.each([
    ['persistent', true],
    ['transient', false],
  ])('forgets them without reading them (%s)', async (_, persistent) => {
    const lives = new Lives(exact)
    await lives.enqueue(1000, persistent)
    const { queue, disk } = lives.life
    queue.backlog.rest()
    await lives.life.endTurns()
    expect(lives.memoryBytes).toBeLessThan(10_000)
    const { loads } = disk
    lives.clock.advance(1000)
    await lives.life.endTurns()
    expect([queue.messageCount, queue.messageBytes, disk.loads - loads]).toEqual([0, 0, 0])
    expect(disk.spilledParts).toBe(0)
    await lives.life.end()
  })

  it('reads those that go elsewhere, each segment once', async () => {
    const lives = new Lives({ ...exact, deadLetterExchange: 'dlx' })
    await lives.enqueue(1000)
    const { queue, disk } = lives.life
    queue.backlog.rest()
    const { loads } = disk
    const segments = queue.ready.segments.length
    lives.clock.advance(1000)
    await lives.life.endTurns()
    expect(lives.life.dying.map(({ body }) => Number.parseInt(body, 10))).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    )
    expect(disk.loads - loads).toBeLessThan(segments)
    lives.life.bury()
    expect(queue.messageCount).toBe(0)
    await lives.life.end()
  })

  it('rests after a restart, and still forgets them in time', async () => {
    const lives = new Lives(exact)
    await lives.enqueue(1000)
    lives.clock.advance(600)
    await lives.restart()
    expect([lives.life.queue.messageCount, lives.memoryBytes < 10_000]).toEqual([1000, true])
    lives.clock.advance(400)
    await lives.life.endTurns()
    expect(lives.life.queue.messageCount).toBe(0)
    await lives.life.end()
  })
})
