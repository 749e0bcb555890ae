import fc from 'fast-check'
import { type CreditHolder, Unacked } from '../../src/channel/unacked'
import type { Queue } from '../../src/queues/queue'

interface Entry {
  readonly queue: Queue
  readonly position: number
  readonly consumer: CreditHolder | undefined
}

/** Queues and consumers that are only told apart. */
const queues = Array.from({ length: 3 }, (_, i) => ({ name: `${i}` }) as unknown as Queue)
const consumers: (CreditHolder | undefined)[] = [
  undefined,
  { returnCredit: () => {} },
  { returnCredit: () => {} },
]

function entryFor(n: number): Entry {
  return { queue: queues[n % 3]!, position: n * 2 ** 33, consumer: consumers[n % 2] }
}

function entryAt(unacked: Unacked, index: number): Entry | undefined {
  const queue = unacked.queueAt(index)
  if (queue === undefined) return undefined
  return { queue, position: unacked.positionAt(index), consumer: unacked.consumerAt(index) }
}

/** The entry under a tag, as a client's basic.ack would find it. */
function found(unacked: Unacked, tag: number): Entry | undefined {
  const index = unacked.find(tag)
  if (index === -1) return undefined
  if (unacked.tagAt(index) !== tag) throw new Error(`${tag} was looked for, ${unacked.tagAt(index)} found`)
  return entryAt(unacked, index)
}

/** What is out, by tag, in the order that `multiple` settles it. */
function outstanding(unacked: Unacked): [number, Entry][] {
  const all: [number, Entry][] = []
  for (let index = unacked.first; index < unacked.end; index++) {
    const entry = entryAt(unacked, index)
    if (entry !== undefined) all.push([unacked.tagAt(index), entry])
  }
  return all
}

/** A ledger with tags 1 to `count`. */
function ledgerOf(count: number): Unacked {
  const unacked = new Unacked()
  for (let n = 1; n <= count; n++) unacked.add(queues[0]!, n, undefined)
  return unacked
}

function remove(unacked: Unacked, ...tags: number[]): void {
  for (const tag of tags) unacked.remove(unacked.find(tag))
}

function restore(unacked: Unacked, ...tags: number[]): void {
  for (const tag of tags) unacked.restore(tag, queues[0]!, tag, undefined)
}

function tagsIn(unacked: Unacked): number[] {
  return outstanding(unacked).map(([tag]) => tag)
}

describe('the delivery tags of a channel', () => {
  it('grow by one from 1, for deliveries that settle themselves too, and never start over', () => {
    const unacked = new Unacked()
    const tags = [
      unacked.add(queues[0]!, 0, undefined),
      unacked.skip(),
      unacked.add(queues[0]!, 0, undefined),
    ]
    remove(unacked, 1, 3)
    expect([...tags, unacked.add(queues[0]!, 0, undefined)]).toEqual([1, 2, 3, 4])
  })

  it.each([0, -1, 2, 4, 5, 1e15, Number.MAX_SAFE_INTEGER, 2 ** 64])(
    'are not found when they are not out: %d',
    tag => {
      const unacked = ledgerOf(1)
      unacked.skip()
      unacked.add(queues[0]!, 0, undefined)
      unacked.skip()
      expect(unacked.find(tag)).toBe(-1)
      expect([unacked.find(1), unacked.find(3)]).toEqual([0, 1])
    },
  )

  it('are not found twice', () => {
    const unacked = ledgerOf(3)
    remove(unacked, 2)
    expect(unacked.find(2)).toBe(-1)
    remove(unacked, 1, 3)
    expect([1, 2, 3].map(tag => unacked.find(tag))).toEqual([-1, -1, -1])
  })

  it('are found behind gaps of any size', () => {
    const unacked = new Unacked()
    const tags: number[] = []
    for (let n = 0; n < 200; n++) {
      for (let i = 0; i < (n * n) % 50; i++) unacked.skip()
      tags.push(unacked.add(queues[0]!, n, undefined))
    }
    expect(tags.map(tag => found(unacked, tag)?.position)).toEqual(tags.map((_, n) => n))
  })
})

describe('a ledger', () => {
  it('holds any number, and finds each whichever were removed before', () => {
    const unacked = ledgerOf(10_000)
    for (let tag = 1; tag <= 10_000; tag += 2) unacked.remove(unacked.find(tag))
    for (let n = 10_001; n <= 20_000; n++) unacked.add(queues[0]!, n, undefined)
    const left = Array.from({ length: 5000 }, (_, i) => 2 * i + 2)
    const added = Array.from({ length: 10_000 }, (_, i) => 10_001 + i)
    expect(tagsIn(unacked)).toEqual([...left, ...added])
    expect(unacked.count).toBe(15_000)
  })

  it('needs no more room for 100,000 deliveries than for those that are out, also when the first of them stays', () => {
    const unacked = ledgerOf(10)
    let furthest = 0
    for (let n = 11; n <= 100_000; n++) {
      unacked.add(queues[0]!, n, undefined)
      const out = tagsIn(unacked)
      remove(unacked, out[1 + (n % (out.length - 1))]!)
      furthest = Math.max(furthest, unacked.end)
    }
    expect(unacked.find(1)).toBe(unacked.first)
    expect(furthest).toBeLessThanOrEqual(32)
  })
})

describe('an entry that is brought back', () => {
  it('is found again under its tag, in its place', () => {
    const unacked = ledgerOf(5)
    remove(unacked, 3)
    restore(unacked, 3)
    expect(tagsIn(unacked)).toEqual([1, 2, 3, 4, 5])
    expect(found(unacked, 3)?.position).toBe(3)
  })

  it.each([
    ['first', [1]],
    ['last', [5]],
    ['first ones', [1, 2]],
    ['last ones', [4, 5]],
    ['first ones, from behind', [2, 1]],
    ['last ones, from behind', [5, 4]],
    ['every other one', [2, 4]],
    ['whole', [1, 2, 3, 4, 5]],
    ['whole, from behind', [5, 4, 3, 2, 1]],
    ['whole, in no order', [3, 5, 1, 4, 2]],
  ])('may be the %s', (_, tags) => {
    const unacked = ledgerOf(5)
    remove(unacked, ...tags)
    restore(unacked, ...tags)
    expect(tagsIn(unacked)).toEqual([1, 2, 3, 4, 5])
    expect([1, 2, 3, 4, 5].map(tag => found(unacked, tag)?.position)).toEqual([1, 2, 3, 4, 5])
    expect(unacked.count).toBe(5)
  })

  it('takes its place before deliveries that went out meanwhile', () => {
    const unacked = ledgerOf(2)
    remove(unacked, 1, 2)
    unacked.add(queues[0]!, 3, undefined)
    restore(unacked, 2, 1)
    expect(tagsIn(unacked)).toEqual([1, 2, 3])
  })

  it('does not change the tag of the next delivery', () => {
    const unacked = ledgerOf(3)
    remove(unacked, 1, 2, 3)
    restore(unacked, 1)
    expect(unacked.add(queues[0]!, 4, undefined)).toBe(4)
  })
})

describe('the ledger of delivery tags', () => {
  type Step = readonly [
    'add' | 'skip' | 'addMany' | 'remove' | 'removeMany' | 'restore' | 'restoreAll',
    number,
  ]

  const anyStep: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom(
      'add',
      'add',
      'skip',
      'addMany',
      'remove',
      'remove',
      'removeMany',
      'restore',
      'restoreAll',
    ),
    fc.nat(1000),
  )

  /** An entry came back before holes that were passed already, and those after it in the wrong order. */
  const seen: Step[] = [
    ['add', 0],
    ['remove', 0],
    ['addMany', 17],
    ['removeMany', 486],
    ['restoreAll', 0],
  ]

  it('knows what a map knows, whatever goes out, is settled and comes back', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40, size: 'max' }), steps => {
        const world = new World()
        for (const [step, n] of steps) {
          world[step](n)
          world.check()
          if (world.isSmall) world.checkTags()
        }
        world.checkTags()
      }),
      { examples: [[seen]] },
    )
  })
})

class World {
  private readonly unacked = new Unacked()
  private readonly out = new Map<number, Entry>()
  /** What was removed and may come back. */
  private readonly removed = new Map<number, Entry>()
  private lastTag = 0

  get isSmall(): boolean {
    return this.lastTag < 50
  }

  add(n: number): void {
    const entry = entryFor(n)
    expect(this.unacked.add(entry.queue, entry.position, entry.consumer)).toBe(++this.lastTag)
    this.out.set(this.lastTag, entry)
  }

  addMany(n: number): void {
    for (let i = 0; i < n % 25; i++) this.add(n + i)
  }

  skip(): void {
    expect(this.unacked.skip()).toBe(++this.lastTag)
  }

  remove(n: number): void {
    const tags = [...this.out.keys()].sort((a, b) => a - b)
    const tag = tags[n % Math.max(tags.length, 1)]
    if (tag === undefined) return
    this.unacked.remove(this.unacked.find(tag))
    this.removed.set(tag, this.out.get(tag)!)
    this.out.delete(tag)
  }

  removeMany(n: number): void {
    for (let i = 0; i < n % 25; i++) this.remove(n % 3 === 0 ? 0 : n * i)
  }

  restore(n: number): void {
    const tags = [...this.removed.keys()]
    const tag = tags[n % Math.max(tags.length, 1)]
    if (tag === undefined) return
    const entry = this.removed.get(tag)!
    this.unacked.restore(tag, entry.queue, entry.position, entry.consumer)
    this.removed.delete(tag)
    this.out.set(tag, entry)
  }

  restoreAll(): void {
    while (this.removed.size > 0) this.restore(0)
  }

  check(): void {
    const { unacked } = this
    expect(unacked.count).toBe(this.out.size)
    expect(outstanding(unacked)).toEqual([...this.out].sort(([a], [b]) => a - b))
    expect(unacked.queueAt(unacked.first) === undefined).toBe(this.out.size === 0)
    this.checkNothingElseIsHeld()
  }

  /** Every tag there ever was is found exactly if it is out. */
  checkTags(): void {
    const tags = Array.from({ length: this.lastTag + 2 }, (_, tag) => tag)
    expect(tags.map(tag => found(this.unacked, tag))).toEqual(tags.map(tag => this.out.get(tag)))
  }

  /** A queue or consumer that is gone must not be kept alive by a delivery that was settled long ago. */
  private checkNothingElseIsHeld(): void {
    const { unacked } = this
    const held = { queues: 0, forgottenConsumers: 0 }
    for (let index = 0; index < unacked.end + 100; index++) {
      if (unacked.queueAt(index) !== undefined) held.queues++
      else if (unacked.consumerAt(index) !== undefined) held.forgottenConsumers++
    }
    expect(held).toEqual({ queues: this.out.size, forgottenConsumers: 0 })
  }
}
