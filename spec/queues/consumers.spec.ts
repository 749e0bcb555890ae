import fc from 'fast-check'
import { Consumers } from '../../src/queues/consumers'
import { FakeConsumer } from '../support/fake-consumer'

function consumersOf(...members: FakeConsumer[]): Consumers {
  const consumers = new Consumers()
  for (const member of members) consumers.add(member)
  return consumers
}

function consumer(tag: string, priority = 0, credit = Number.POSITIVE_INFINITY): FakeConsumer {
  return new FakeConsumer({ tag, priority, credit })
}

/** The tags of those whose turn it is, each taking one delivery; `-` for nobody. */
function turns(consumers: Consumers, count: number): string {
  return Array.from({ length: count }, () => {
    const next = consumers.next() as FakeConsumer | undefined
    if (next !== undefined) next.credit--
    return next?.tag ?? '-'
  }).join('')
}

describe('consumers of one priority', () => {
  it('take turns', () => {
    expect(turns(consumersOf(consumer('a'), consumer('b'), consumer('c')), 7)).toBe('abcabca')
  })

  it('are passed over while they have no credit, and then are as good as the others', () => {
    const [a, b, c] = [consumer('a'), consumer('b', 0, 1), consumer('c')]
    const consumers = consumersOf(a, b, c)
    expect(turns(consumers, 6)).toBe('abcaca')
    b.credit = 10
    expect(turns(consumers, 6)).toBe('bcabca')
  })

  it('get the same share, whoever comes and goes', () => {
    const members = ['a', 'b', 'c', 'd'].map(tag => consumer(tag))
    const consumers = consumersOf(...members)
    turns(consumers, 2)
    consumers.remove(members[0]!) // before the turn
    expect(turns(consumers, 4)).toBe('cdbc')
    consumers.remove(members[3]!) // whose turn it is
    expect(turns(consumers, 4)).toBe('bcbc')
    consumers.add(members[0]!)
    expect(turns(consumers, 6)).toBe('bcabca')
  })

  it('get each a turn in as many turns as there are, from any state', () => {
    const coming = fc.array(fc.tuple(fc.boolean(), fc.nat(5), fc.nat(9)), { maxLength: 30, size: 'max' })
    fc.assert(
      fc.property(coming, steps => {
        const members = Array.from({ length: 6 }, (_, i) => consumer('abcdef'.charAt(i)))
        const present = new Set<FakeConsumer>()
        const consumers = new Consumers()
        for (const [comes, who, taken] of steps) {
          const member = members[who]!
          if (comes && !present.has(member)) consumers.add(member)
          if (!comes) expect(consumers.remove(member)).toBe(present.has(member))
          if (comes) present.add(member)
          else present.delete(member)
          turns(consumers, taken)
        }
        const round = turns(consumers, present.size)
        expect([...round].sort()).toEqual([...present].map(({ tag }) => tag).sort())
        expect(turns(consumers, present.size)).toBe(round)
      }),
    )
  })
})

describe('consumers of several priorities', () => {
  it('are served from the highest down, whatever the order they came in', () => {
    const consumers = consumersOf(
      consumer('m', 0, 2),
      consumer('z', -5),
      consumer('h', 10, 2),
      consumer('i', 10, 1),
      consumer('n', 0, 1),
    )
    expect(turns(consumers, 9)).toBe('hihmnmzzz')
  })

  it('leave a lower one as soon as a higher one has credit again', () => {
    const high = consumer('h', 1, 1)
    const consumers = consumersOf(consumer('l'), high)
    expect(turns(consumers, 3)).toBe('hll')
    high.credit = 2
    expect(turns(consumers, 4)).toBe('hhll')
  })

  it('are listed in the order they came, and counted', () => {
    const consumers = consumersOf(consumer('a', 1), consumer('b', 3), consumer('c', 2), consumer('d', 3))
    expect(consumers.all().map(({ tag }) => tag)).toEqual(['a', 'b', 'c', 'd'])
    expect(consumers.count).toBe(4)
  })

  it('let a level go with its last member', () => {
    const [high, low] = [consumer('h', 1), consumer('l')]
    const consumers = consumersOf(high, low)
    expect([consumers.remove(high), consumers.remove(high), consumers.count]).toEqual([true, false, 1])
    expect(turns(consumers, 2)).toBe('ll')
    expect(consumers.remove(consumer('x', 7))).toBe(false)
  })
})

describe('consumers that all lack credit', () => {
  const idle = (): FakeConsumer[] => [consumer('a', 1, 0), consumer('b', 0, 0), consumer('c', 0, 0)]

  function timesAsked(members: readonly FakeConsumer[]): number {
    return members.reduce((sum, { timesAsked }) => sum + timesAsked, 0)
  }

  it('are asked once, and then no more until credit returned', () => {
    const members = idle()
    const consumers = consumersOf(...members)
    expect(turns(consumers, 100)).toBe('-'.repeat(100))
    expect(timesAsked(members)).toBe(3)
    consumers.creditReturned()
    expect(turns(consumers, 100)).toBe('-'.repeat(100))
    expect(timesAsked(members)).toBe(6)
  })

  it('are asked again when credit returned', () => {
    const members = idle()
    const consumers = consumersOf(...members)
    turns(consumers, 1)
    members[1]!.credit = 2
    expect(turns(consumers, 1)).toBe('-')
    consumers.creditReturned()
    expect(turns(consumers, 3)).toBe('bb-')
  })

  it('do not keep one that comes from its turn', () => {
    const consumers = consumersOf(...idle())
    turns(consumers, 1)
    consumers.add(consumer('d'))
    expect(turns(consumers, 2)).toBe('dd')
  })

  it('are nobody when there is none', () => {
    expect(new Consumers().next()).toBeUndefined()
  })
})

describe('an exclusive consumer', () => {
  it('is known as long as it is there', () => {
    const exclusive = new FakeConsumer({ exclusive: true })
    const consumers = consumersOf(consumer('a', 3))
    expect(consumers.hasExclusive).toBe(false)
    consumers.add(exclusive)
    expect(consumers.hasExclusive).toBe(true)
    consumers.remove(exclusive)
    expect(consumers.hasExclusive).toBe(false)
  })
})

describe('a single active consumer that goes', () => {
  it('is followed by the one of the highest priority, and of these by who came first', () => {
    const consumers = new Consumers(true)
    const first = consumer('a')
    for (const member of [first, consumer('b'), consumer('u', 5), consumer('v', 5)]) consumers.add(member)
    expect(turns(consumers, 2)).toBe('aa')
    consumers.remove(first)
    expect(turns(consumers, 2)).toBe('uu')
  })
})
