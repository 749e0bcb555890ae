/** Rules of a queue whose backlog is on the disk: what must come back before it dies, and what a restart leaves. */
import { mkdirSync } from 'node:fs'
import { encodeProperties } from '../../src/amqp/properties'
import { type QueueOptions, queueOptions } from '../../src/queues/options'
import { REFUSED } from '../../src/queues/queue'
import { heldBytes, MIB } from '../support/held-bytes'
import { ManualClock } from '../support/manual-clock'
import { messageWith } from '../support/messages'
import { RuledLife } from '../support/ruled-life'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const newPath = pathsIn(temporaryFolder())

function newDatabase(): string {
  const folder = newPath()
  mkdirSync(folder)
  return `${folder}/leveret.db`
}

/** A queue that the spec may end and begin again. */
class Lives {
  readonly clock = new ManualClock()
  life: RuledLife
  private readonly file = newDatabase()
  private readonly options: QueueOptions

  constructor(options: Partial<QueueOptions>) {
    this.options = { ...queueOptions(new Map()), ...options }
    this.life = new RuledLife(this.file, this.clock, this.options)
  }

  /** So many messages of that many bytes, a turn after every few. Every second one is transient if `mixed`. */
  async enqueue(count: number, bytes: number, mixed = false, priority = 0): Promise<void> {
    const properties = encodeProperties({ priority })
    for (let i = 0; i < count; i++) {
      const persistent = !mixed || i % 2 === 0
      this.life.queue.enqueue(messageWith(`${i}`.padEnd(bytes, '.'), { persistent, properties }))
      if (i % 20 === 0) await this.life.endTurns()
    }
    await this.life.endTurns()
  }

  /** `atOnce`: what is done before the disk has answered anything. */
  async restart(atOnce: () => void = () => {}): Promise<void> {
    await this.life.endTurns()
    await this.life.end()
    this.life = new RuledLife(this.file, this.clock, this.options)
    atOnce()
  }
}

describe('a backlog that is on the disk', () => {
  it.each([
    ['persistent', false],
    ['partly transient', true],
  ])('expires to its end though nobody asks for it (%s)', async (_, mixed) => {
    const lives = new Lives({ messageTtl: 1000 })
    await lives.enqueue(400, 10_000, mixed)
    lives.clock.advance(1000)
    await lives.life.endTurns()
    expect([lives.life.queue.messageCount, lives.life.queue.messageBytes]).toEqual([0, 0])
    expect(lives.life.disk.loads + lives.life.disk.unspills).toBeGreaterThan(5)
    await lives.life.end()
  })

  it.each([
    ['that came', undefined, 1000, 400],
    ['that went', 1000, undefined, 0],
    ['that changed', 1000, 60_000, 0],
  ])(
    'keeps the time to live it came with, whatever a policy %s says later',
    async (_, before, after, left) => {
      const lives = new Lives({ messageTtl: before })
      await lives.enqueue(400, 10_000)
      const { queue } = lives.life
      queue.configure({ ...queue.options, messageTtl: after })
      lives.clock.advance(1000)
      await lives.life.endTurns()
      while ((await lives.life.get()) !== undefined)
        expect(queue.unacknowledgedCount).toBeLessThanOrEqual(left)
      expect(queue.unacknowledgedCount).toBe(left)
      await lives.life.end()
    },
  )

  it('is shortened by a policy, and the turn rests while the disk reads', async () => {
    const lives = new Lives({ deadLetterExchange: 'dlx' })
    await lives.enqueue(400, 10_000, true)
    const { queue } = lives.life
    queue.configure({ ...queue.options, maxLength: 7 })
    expect(lives.life.turn.runAll()).toBeLessThan(10)
    expect(queue.messageCount).toBeGreaterThan(7)
    await lives.life.endTurns()
    expect(queue.messageCount).toBe(7)
    const died = lives.life.dying.map(({ body }) => Number.parseInt(body, 10))
    expect(died).toEqual(Array.from({ length: 393 }, (_, i) => i))
    await lives.life.end()
  })

  it('rests also while messages come that are too many', async () => {
    const lives = new Lives({})
    await lives.enqueue(400, 10_000)
    const { queue, turn } = lives.life
    queue.configure({ ...queue.options, maxLength: 7 })
    for (let i = 0; i < 10; i++) queue.enqueue(messageWith('more'))
    expect(turn.runAll()).toBeLessThan(10)
    await lives.life.endTurns()
    expect(queue.messageCount).toBe(7)
    await lives.life.end()
  })
})

describe('after a restart', () => {
  it.each(['head', 'exact'] as const)(
    'a message has the time to live that was left to it (%s)',
    async ttlMode => {
      const lives = new Lives({ messageTtl: 1000, ttlMode })
      await lives.enqueue(3, 10)
      lives.clock.advance(600)
      await lives.restart()
      lives.clock.advance(399)
      await lives.life.endTurns()
      expect(lives.life.queue.messageCount).toBe(3)
      lives.clock.advance(1)
      await lives.life.endTurns()
      expect(lives.life.queue.messageCount).toBe(0)
      await lives.life.end()
    },
  )

  it('a policy with a time to live is for what comes behind it', async () => {
    const lives = new Lives({})
    await lives.enqueue(3, 10)
    lives.clock.advance(60_000)
    let enqueued = false
    await lives.restart(() => {
      const { queue } = lives.life
      queue.configure({ ...queue.options, messageTtl: 1000 })
      enqueued = queue.enqueue(messageWith('later')) !== REFUSED
    })
    await lives.life.endTurns()
    expect([enqueued, lives.life.queue.messageCount]).toEqual([true, 4])
    lives.clock.advance(1000)
    for (let i = 0; i < 3; i++) expect((await lives.life.get())?.body.slice(0, 1)).toBe(`${i}`)
    expect(await lives.life.get()).toBeUndefined()
    await lives.life.end()
  })

  it('nothing dies of a limit in bytes that it did not die of before', async () => {
    const lives = new Lives({ maxLengthBytes: 2_000_000 })
    await lives.enqueue(2000, 1000)
    expect(lives.life.queue.messageCount).toBe(2000)
    await lives.restart()
    await lives.life.endTurns()
    const { queue } = lives.life
    expect([queue.messageCount, queue.messageBytes]).toEqual([2000, 2_000_000])
    queue.enqueue(messageWith('x'))
    await lives.life.endTurns()
    expect([queue.messageCount, queue.messageBytes]).toEqual([2000, 1_999_001])
    await lives.life.end()
  })

  it('what had to be read only for its size does not stay in memory', async () => {
    const lives = new Lives({ maxLengthBytes: 20 * MIB })
    await lives.enqueue(Math.floor((20 * MIB) / 10_000), 10_000)
    const count = lives.life.queue.messageCount
    await lives.restart()
    const before = await heldBytes()
    await lives.life.endTurns()
    expect(lives.life.disk.loads).toBeGreaterThan(20)
    expect((await heldBytes()) - before).toBeLessThan(4 * MIB)
    for (let i = 0; i < count; i++) {
      const got = (await lives.life.get())!
      expect(Number.parseInt(got.body, 10)).toBe(i)
      lives.life.queue.settle(got.position)
    }
    await lives.life.end()
  })

  it('a limit in bytes refuses nothing that it did not refuse before', async () => {
    const lives = new Lives({ maxLengthBytes: 2_000_010, overflow: 'reject-publish' })
    await lives.enqueue(2000, 1000)
    let ticket = REFUSED
    await lives.restart(() => {
      ticket = lives.life.queue.enqueue(messageWith('0123456789'))
    })
    expect(ticket).not.toBe(REFUSED)
    await lives.life.endTurns()
    expect(lives.life.queue.enqueue(messageWith('0'))).toBe(REFUSED)
    await lives.life.end()
  })

  it('priorities are as they were, with what came before anything was read', async () => {
    const lives = new Lives({ maxPriority: 255 })
    for (const priority of [3, 255, 0, 3]) await lives.enqueue(2, 4, false, priority)
    const properties = encodeProperties({ priority: 200 })
    await lives.restart(() => lives.life.queue.enqueue(messageWith('new', { properties })))
    const bodies: string[] = []
    for (let got = await lives.life.get(); got !== undefined; got = await lives.life.get())
      bodies.push(got.body)
    expect(bodies).toEqual(['0...', '1...', 'new', '0...', '1...', '0...', '1...', '0...', '1...'])
    await lives.life.end()
  })

  it.each([
    ['with priorities', { maxPriority: 3 }],
    ['with exact expiry', { ttlMode: 'exact', messageTtl: 1000 }],
    ['without either', {}],
  ] as const)(
    'a purge before anything was read leaves nothing, also of what is on its way (%s)',
    async (_, options) => {
      const lives = new Lives(options)
      await lives.enqueue(100, 10_000)
      let purged = 0
      await lives.restart(() => {
        purged = lives.life.queue.purge()
        lives.life.queue.enqueue(messageWith('after', { persistent: true }))
      })
      const { queue } = lives.life
      expect(purged).toBe(100)
      await lives.life.endTurns()
      expect([queue.messageCount, queue.messageBytes]).toEqual([1, 5])
      expect((await lives.life.get())?.body).toBe('after')
      expect(await lives.life.get()).toBeUndefined()
      await lives.restart()
      await lives.life.endTurns()
      expect(lives.life.queue.messageCount).toBe(1)
      await lives.life.end()
    },
  )

  it('messages expire exactly also when a purge came before anything was read', async () => {
    const lives = new Lives({ ttlMode: 'exact', messageTtl: 1000 })
    await lives.enqueue(100, 10_000)
    await lives.restart(() => lives.life.queue.purge())
    await lives.life.endTurns()
    await lives.enqueue(3, 10)
    lives.clock.advance(1000)
    await lives.life.endTurns()
    expect(lives.life.queue.messageCount).toBe(0)
    await lives.life.end()
  })

  it('dead letters that had not arrived are in their queue again', async () => {
    const lives = new Lives({ deadLetterExchange: 'dlx' })
    await lives.enqueue(3, 10)
    for (let i = 0; i < 2; i++) lives.life.queue.reject((await lives.life.get())!.position)
    await lives.restart()
    await lives.life.endTurns()
    expect(lives.life.queue.messageCount).toBe(3)
    await lives.life.end()
  })
})
