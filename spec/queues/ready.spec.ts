import fc from 'fast-check'
import { Message } from '../../src/message'
import { NO_POSITION } from '../../src/queues/entries'
import { ReadyList } from '../../src/queues/ready'
import { heldBytes, MIB } from '../support/held-bytes'
import { bodyOf, messageOfSize, messageWith } from '../support/messages'

function listOf(count: number, recordBytes = 20): ReadyList {
  const list = new ReadyList()
  const message = messageOfSize(recordBytes)
  for (let i = 0; i < count; i++) list.append(message)
  return list
}

function bodyAt(list: ReadyList, position: number): string {
  const view = new Message()
  list.view(position, view)
  return bodyOf(view)
}

function takeAll(list: ReadyList): number[] {
  const taken: number[] = []
  for (let at = list.take(); at !== NO_POSITION; at = list.take()) taken.push(at)
  return taken
}

/** 0, 1, … in an order that looks like none, and is the same each time. */
function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => ((a * 7919) % 10_007) - ((b * 7919) % 10_007),
  )
}

describe('what is ready', () => {
  it('is taken in the order it came', () => {
    const list = new ReadyList()
    for (const body of ['a', 'b', 'c']) list.append(messageWith(body))
    expect(takeAll(list).map(at => bodyAt(list, at))).toEqual(['a', 'b', 'c'])
  })

  it('is nothing at first, and nothing once all is taken', () => {
    const list = new ReadyList()
    expect([list.length, list.take()]).toEqual([0, NO_POSITION])
    list.append(messageWith('a'))
    expect([list.length, list.take(), list.length, list.take()]).toEqual([1, 0, 0, NO_POSITION])
  })

  it('has positions that grow by one for each message there ever was', () => {
    const list = new ReadyList()
    const positions = Array.from({ length: 10_000 }, () => {
      const position = list.append(messageWith('a'))
      list.settle(list.take())
      return position
    })
    expect(positions).toEqual(positions.map((_, index) => index))
  })

  it('is found by position over many segments, from any to any', () => {
    const list = new ReadyList()
    for (let i = 0; i < 20_000; i++) list.append(messageWith(`${i}`, { persistent: i % 3 === 0 }))
    takeAll(list)
    const order = shuffled(20_000)
    expect(order.map(position => bodyAt(list, position))).toEqual(order.map(String))
    expect(order.map(position => list.bodyLength(position))).toEqual(
      order.map(position => `${position}`.length),
    )
    expect(order.map(position => list.isPersistent(position))).toEqual(
      order.map(position => position % 3 === 0),
    )
  })

  it('may be put in and taken at once when nothing waits', () => {
    const list = new ReadyList()
    const position = list.appendTaken(messageWith('a'))
    expect([list.length, list.take(), bodyAt(list, position)]).toEqual([0, NO_POSITION, 'a'])
    expect(list.append(messageWith('b'))).toBe(position + 1)
    expect(list.take()).toBe(position + 1)
  })
})

describe('an entry that is put back', () => {
  it('returns to its place, before all that came later', () => {
    const list = listOf(5)
    const taken = [list.take(), list.take(), list.take()]
    list.putBack(taken[2]!)
    list.putBack(taken[0]!)
    expect(list.length).toBe(4)
    expect(takeAll(list)).toEqual([0, 2, 3, 4])
  })

  it('is marked as redelivered, and no other', () => {
    const list = listOf(3)
    takeAll(list)
    list.putBack(1)
    expect([0, 1, 2].map(position => list.isRedelivered(position))).toEqual([false, true, false])
  })

  it('keeps its bytes', () => {
    const list = new ReadyList()
    for (let i = 0; i < 10_000; i++) list.append(messageWith(`${i}`))
    for (const position of takeAll(list)) if (position !== 17) list.settle(position)
    list.putBack(17)
    for (let i = 0; i < 10_000; i++) list.append(messageWith('later'))
    expect(bodyAt(list, list.take())).toBe('17')
  })
})

describe('the memory of a ready list', () => {
  const BACKLOG_BYTES = 50_000 * 1024

  it('is given back as entries are settled, in whatever order', async () => {
    for (const order of [(n: number) => n, (n: number) => -n, (n: number) => (n * 7919) % 50_021]) {
      const before = await heldBytes()
      const list = listOf(50_000, 1024)
      const taken = takeAll(list)
      expect((await heldBytes()) - before).toBeGreaterThan(0.9 * BACKLOG_BYTES)
      for (const position of taken.sort((a, b) => order(a) - order(b))) list.settle(position)
      expect((await heldBytes()) - before).toBeLessThan(2 * MIB)
      expect(list.append(messageWith('a'))).toBe(50_000)
    }
  })

  it('does not grow while one entry is stuck at the front and 100,000 pass it', async () => {
    const list = new ReadyList()
    list.append(messageWith('stuck'))
    const stuck = list.take()
    const before = await heldBytes()
    const message = messageOfSize(1024)
    for (let i = 0; i < 100_000; i++) {
      list.append(message)
      list.settle(list.take())
    }
    expect((await heldBytes()) - before).toBeLessThan(2 * MIB)
    list.putBack(stuck)
    expect(bodyAt(list, list.take())).toBe('stuck')
  })

  it('does not grow while some wait and 100,000 pass them', async () => {
    const list = listOf(100, 1024)
    const before = await heldBytes()
    const message = messageOfSize(1024)
    for (let i = 0; i < 100_000; i++) {
      list.append(message)
      list.settle(list.take())
    }
    expect(list.length).toBe(100)
    expect((await heldBytes()) - before).toBeLessThan(2 * MIB)
  })

  it('is one record for a large message in ten lists, until the last of them settles it', async () => {
    const before = await heldBytes()
    const lists = Array.from({ length: 10 }, () => new ReadyList())
    for (let i = 0; i < 10; i++) {
      const message = messageOfSize(MIB)
      for (const list of lists) list.append(message)
    }
    expect((await heldBytes()) - before).toBeLessThan(13 * MIB)
    for (const list of lists.slice(1)) for (const position of takeAll(list)) list.settle(position)
    expect((await heldBytes()) - before).toBeGreaterThan(10 * MIB)
    for (const position of takeAll(lists[0]!)) lists[0]!.settle(position)
    expect((await heldBytes()) - before).toBeLessThan(4 * MIB)
  })
})

describe('a ready list', () => {
  /** An operation and a number that chooses what to do it with; the sizes reach into new segments quickly. */
  const anyStep = fc.tuple(
    fc.constantFrom(
      'append',
      'append',
      'append',
      'take',
      'take',
      'settle',
      'settle',
      'putBack',
      'takeAll',
      'settleAll',
    ),
    fc.nat(40_000),
  )

  it('does what an array does, whatever is asked of it', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 150, size: 'max' }), steps => {
        const list = new ReadyList()
        const model = new ReadyModel()
        for (const [step, number] of steps) model.step(list, step, number)
        model.settleAll(list)
        expect(takeAll(list)).toEqual(model.waiting)
      }),
    )
  })
})

/** What waits and what is out, as sorted arrays of positions; the body of a message is its position. */
class ReadyModel {
  waiting: number[] = []
  private out: number[] = []
  private readonly putBack = new Set<number>()
  private next = 0

  step(list: ReadyList, step: string, number: number): void {
    const chosen = this.out[number % Math.max(this.out.length, 1)]
    if (step === 'append') this.append(list, number)
    else if (step === 'take') this.take(list)
    else if (step === 'takeAll') while (this.waiting.length > 0) this.take(list)
    else if (step === 'settleAll') this.settleAll(list)
    else if (chosen !== undefined) this.finish(list, step, chosen)
    expect(list.length).toBe(this.waiting.length)
  }

  settleAll(list: ReadyList): void {
    while (this.out.length > 0) this.finish(list, 'settle', this.out[0]!)
  }

  private append(list: ReadyList, bytes: number): void {
    const body = `${this.next}`.padEnd(bytes, '.')
    expect(list.append(messageWith(body))).toBe(this.next)
    this.waiting.push(this.next++)
  }

  private take(list: ReadyList): void {
    const position = list.take()
    expect(position).toBe(this.waiting.shift() ?? NO_POSITION)
    if (position === NO_POSITION) return
    expect(Number.parseInt(bodyAt(list, position), 10)).toBe(position)
    expect(list.isRedelivered(position)).toBe(this.putBack.has(position))
    this.out.push(position)
  }

  private finish(list: ReadyList, step: string, position: number): void {
    this.out = this.out.filter(other => other !== position)
    if (step === 'settle') list.settle(position)
    else {
      list.putBack(position)
      this.putBack.add(position)
      this.waiting = [...this.waiting, position].sort((a, b) => a - b)
    }
  }
}
