/** Dead letters on their way: chains, circles, targets and sources that go, and letters that must arrive. */
import type { FieldTable, FieldValue } from '../../src/amqp/table'
import { bind, removeExchange } from '../../src/broker/declarations/bindings'
import { declareExchange } from '../../src/broker/declarations/exchange-declarations'
import { declareQueue, removeQueue } from '../../src/broker/declarations/queue-declarations'
import type { Message } from '../../src/message'
import type { Queue } from '../../src/queues/queue'
import { composeBroker } from '../support/composed-broker'
import { ManualTurn } from '../support/manual-turn'
import { bodyOf, messageWith } from '../support/messages'
import { getFrom } from '../support/queues'

const RETRY_MS = 5000

function arranged() {
  const turn = new ManualTurn()
  const composed = composeBroker(turn)
  const { vhost } = composed

  function queue(name: string, args: Record<string, string | number> = {}): Queue {
    const request = { name, durable: true, autoDelete: false, owner: undefined, arguments: tableOf(args) }
    return declareQueue(vhost, request, {})
  }

  /** A fanout exchange and queues bound to it. */
  function exchange(name: string, ...queues: readonly Queue[]) {
    const request = {
      name,
      type: 'fanout',
      durable: true,
      autoDelete: false,
      internal: false,
      arguments: new Map(),
    }
    const declared = declareExchange(vhost, request)
    for (const one of queues) bind(vhost, declared, one, '', new Map())
    return declared
  }

  return { ...composed, turn, queue, exchange, remove: (gone: Queue) => removeQueue(vhost, gone) }
}

function tableOf(args: Record<string, string | number>): FieldTable {
  const field = (value: string | number): FieldValue =>
    typeof value === 'number' ? { type: 'I', value } : { type: 'S', value: Buffer.from(value) }
  return new Map(Object.entries(args).map(([key, value]) => [key, field(value)]))
}

const to = (routingKey: string) => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': routingKey,
})

const atLeastOnce = {
  'x-overflow': 'reject-publish',
  'x-dead-letter-exchange': 'dlx',
  'x-dead-letter-strategy': 'at-least-once',
  'x-queue-type': 'quorum',
}

function rejectAll(queue: Queue): number {
  for (let count = 0; ; count++) {
    const got = getFrom(queue)
    if (got === undefined) return count
    queue.reject(got.position)
  }
}

function bodiesIn(queue: Queue): string[] {
  const bodies: string[] = []
  for (let got = getFrom(queue); got !== undefined; got = getFrom(queue)) {
    bodies.push(bodyOf(got.message))
    queue.settle(got.position)
  }
  return bodies
}

/** Queue, reason and count of each death, newest first. */
function deathsOf(message: Message): string[] {
  const deaths = message.headers()?.get('x-death')
  if (deaths?.type !== 'A') return []
  return deaths.value.map(death => {
    if (death.type !== 'F') throw new Error('a death is a table')
    return ['queue', 'reason', 'count'].map(key => textOf(death.value.get(key))).join(' ')
  })
}

function textOf(field: FieldValue | undefined): string {
  return field === undefined || field.type === 'V' ? '' : String(field.value)
}

describe('a dead letter in flight', () => {
  it('arrives when the queue it died in is deleted in the same turn', () => {
    const { turn, queue, remove } = arranged()
    const [source, target] = [queue('source', to('target')), queue('target')]
    for (const body of ['a', 'b', 'stays']) source.enqueue(messageWith(body))
    for (let i = 0; i < 2; i++) source.reject(getFrom(source)!.position)
    remove(source)
    turn.runAll()
    const got = getFrom(target)!
    expect([bodyOf(got.message), ...deathsOf(got.message)]).toEqual(['a', 'source rejected 1'])
    expect(bodiesIn(target)).toEqual(['b'])
  })

  it('does not arrive a second time when the queue is deleted later', () => {
    const { turn, queue, remove } = arranged()
    const [source, target] = [queue('source', to('target')), queue('target')]
    source.enqueue(messageWith('once'))
    rejectAll(source)
    turn.runAll()
    remove(source)
    turn.runAll()
    expect(bodiesIn(target)).toEqual(['once'])
  })

  it('is not dropped by a purge, and what is purged is no dead letter', () => {
    const { turn, queue } = arranged()
    const [source, target] = [queue('source', { ...to('target'), 'x-max-priority': 2 }), queue('target')]
    for (const body of ['dies', 'out', 'waits']) source.enqueue(messageWith(body))
    source.reject(getFrom(source)!.position)
    const out = getFrom(source)!
    expect(source.purge()).toBe(1)
    turn.runAll()
    expect(bodiesIn(target)).toEqual(['dies'])
    source.requeue(out.position)
    expect(bodiesIn(source)).toEqual(['out'])
    expect([source.messageCount, source.messageBytes, source.unacknowledgedCount]).toEqual([0, 0, 0])
  })

  it('is lost with at-most-once when the target goes before it arrives', () => {
    const { turn, queue, remove } = arranged()
    const [source, target] = [queue('source', to('target')), queue('target')]
    source.enqueue(messageWith('lost'))
    rejectAll(source)
    remove(target)
    turn.runAll()
    const again = queue('target')
    expect([source.messageCount, again.messageCount]).toEqual([0, 0])
  })

  it('is let go when a policy takes the exchange away', () => {
    const { turn, clock, queue } = arranged()
    const source = queue('source', atLeastOnce)
    source.enqueue(messageWith(''))
    rejectAll(source)
    turn.runAll()
    source.configure({ ...source.options, deadLetterExchange: undefined })
    clock.advance(RETRY_MS)
    turn.runAll()
    expect([clock.pending, source.counters.settled]).toEqual([0, 1])
  })
})

describe('queues that dead-letter in a circle', () => {
  it('is left by what expires or is too much in the queue that is its own target', () => {
    const { turn, clock, queue } = arranged()
    const own = queue('own', { ...to('own'), 'x-message-ttl': 10, 'x-max-length': 1 })
    for (const body of ['too much', 'expires']) own.enqueue(messageWith(body))
    turn.runAll()
    clock.advance(100)
    turn.runAll()
    expect([own.messageCount, own.counters.enqueued, own.counters.settled]).toEqual([0, 2, 2])
  })

  it('is gone round by rejection as often as somebody rejects', () => {
    const { turn, queue } = arranged()
    const [one, other] = [queue('one', to('other')), queue('other', to('one'))]
    one.enqueue(messageWith('round'))
    for (let round = 0; round < 100; round++) {
      expect(rejectAll(one)).toBe(1)
      turn.runAll()
      expect(rejectAll(other)).toBe(1)
      turn.runAll()
    }
    const { message } = getFrom(one)!
    expect([bodyOf(message), ...deathsOf(message)]).toEqual([
      'round',
      'other rejected 100',
      'one rejected 100',
    ])
    expect([one.messageCount, other.messageCount, other.unacknowledgedCount]).toEqual([0, 0, 0])
  })

  it('comes back to the queue that rejected it itself', () => {
    const { turn, queue } = arranged()
    const own = queue('own', to('own'))
    own.enqueue(messageWith('again'))
    for (let i = 0; i < 10; i++) {
      rejectAll(own)
      turn.runAll()
    }
    expect(bodiesIn(own)).toEqual(['again'])
  })
})

describe('a chain of queues', () => {
  it('is gone through turn by turn, however long it is', () => {
    const { turn, queue } = arranged()
    const length = 300
    const first = queue('0', { ...to('1'), 'x-max-length': 0 })
    for (let n = 1; n < length; n++) queue(`${n}`, { ...to(`${n + 1}`), 'x-max-length': 0 })
    const last = queue(`${length}`)
    first.enqueue(messageWith('far'))
    expect(turn.runAll()).toBeGreaterThanOrEqual(length)
    const { message } = getFrom(last)!
    expect([bodyOf(message), deathsOf(message).length]).toEqual(['far', length])
  })
})

describe('a great many dead letters', () => {
  it('are no more than can be published soon when everything expires at once, in however many queues', () => {
    const { turn, clock, queue } = arranged()
    const target = queue('target')
    const sources = Array.from({ length: 10 }, (_, i) =>
      queue(`q${i}`, { ...to('target'), 'x-message-ttl': 1000 }),
    )
    for (const source of sources) for (let i = 0; i < 5000; i++) source.enqueue(messageWith('x'))
    clock.advance(1000)
    let turns = 0
    for (let isOver = false; !isOver; turns++) {
      isOver = !turn.run()
      const left = sources.reduce((sum, { messageCount }) => sum + messageCount, 0)
      expect(50_000 - left - target.messageCount).toBeLessThan(6000)
    }
    expect(target.messageCount).toBe(50_000)
    expect(turns).toBeGreaterThan(20)
  })

  it('do not expire before basic.get while others are not published yet', () => {
    const { turn, clock, queue } = arranged()
    const target = queue('target')
    const busy = queue('busy', { ...to('target'), 'x-message-ttl': 1000 })
    const asked = queue('asked', { ...to('target'), 'x-message-ttl': 1000 })
    for (let i = 0; i < 10_000; i++) busy.enqueue(messageWith('x'))
    asked.enqueue(messageWith('expired'))
    clock.advance(1000)
    turn.run()
    expect(getFrom(asked)).toBeUndefined()
    let answered = 0
    asked.whenLoaded(() => answered++)
    turn.runAll()
    expect([answered, target.messageCount]).toEqual([1, 10_001])
  })

  it('hold no turn up, and keep their order', () => {
    const { turn, queue } = arranged()
    const [source, target] = [queue('source', to('target')), queue('target')]
    const many = 20_000
    for (let i = 0; i < many; i++) source.enqueue(messageWith(`${i}`))
    rejectAll(source)
    turn.run()
    expect(target.messageCount).toBeGreaterThan(0)
    expect(target.messageCount).toBeLessThan(many / 2)
    turn.runAll()
    expect(bodiesIn(target)).toEqual(Array.from({ length: many }, (_, i) => `${i}`))
    expect(source.counters.settled).toBe(many)
  })
})

describe('at-least-once', () => {
  it('keeps a letter until its exchange is there, and then delivers it once', () => {
    const { turn, clock, queue, exchange } = arranged()
    const [source, target] = [queue('source', atLeastOnce), queue('target')]
    source.enqueue(messageWith('kept'))
    rejectAll(source)
    for (let i = 0; i < 10; i++) {
      turn.runAll()
      clock.advance(RETRY_MS)
    }
    expect(source.counters.settled).toBe(0)
    exchange('dlx', target)
    clock.advance(RETRY_MS)
    turn.runAll()
    clock.advance(10 * RETRY_MS)
    turn.runAll()
    expect(bodiesIn(target)).toEqual(['kept'])
    expect([source.counters.settled, clock.pending]).toEqual([1, 0])
  })

  it('tries again only where a letter was refused', () => {
    const { turn, clock, queue, exchange } = arranged()
    const full = queue('full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' })
    const [source, open] = [queue('source', atLeastOnce), queue('open')]
    exchange('dlx', open, full)
    full.enqueue(messageWith('in the way'))
    source.enqueue(messageWith('letter'))
    rejectAll(source)
    for (let i = 0; i < 10; i++) {
      turn.runAll()
      clock.advance(RETRY_MS)
    }
    expect([open.messageCount, source.counters.settled]).toEqual([1, 0])
    expect(bodiesIn(full)).toEqual(['in the way'])
    clock.advance(RETRY_MS)
    turn.runAll()
    expect([bodiesIn(full), bodiesIn(open), source.counters.settled]).toEqual([['letter'], ['letter'], 1])
  })

  it('gives up what found no place when the queue goes', () => {
    const { turn, clock, queue, exchange, remove } = arranged()
    const [source, target] = [queue('source', atLeastOnce), queue('target')]
    source.enqueue(messageWith('gone'))
    rejectAll(source)
    turn.runAll()
    remove(source)
    exchange('dlx', target)
    clock.advance(RETRY_MS)
    turn.runAll()
    expect([target.messageCount, clock.pending]).toEqual([0, 0])
  })

  it('brings a great many that had to wait to their target soon, and tries few that cannot arrive', () => {
    const { turn, clock, vhost, queue, exchange } = arranged()
    const [source, target] = [queue('source', atLeastOnce), queue('target')]
    const many = 20_000
    const dlx = exchange('dlx')
    for (let i = 0; i < many; i++) source.enqueue(messageWith(`${i}`))
    rejectAll(source)
    turn.runAll()
    const route = jest.spyOn(vhost, 'route')
    clock.advance(RETRY_MS)
    turn.runAll()
    expect(route.mock.calls.length).toBeLessThan(many / 2)
    removeExchange(vhost, dlx)
    exchange('dlx', target)
    clock.advance(RETRY_MS)
    turn.runAll()
    expect(target.messageCount).toBe(many)
    expect(new Set(bodiesIn(target)).size).toBe(many)
  })

  it('brings what had to wait soon also where each is for many queues', () => {
    const { turn, clock, queue, exchange } = arranged()
    const source = queue('source', atLeastOnce)
    for (let i = 0; i < 500; i++) source.enqueue(messageWith(`${i}`))
    rejectAll(source)
    turn.runAll()
    const targets = Array.from({ length: 400 }, (_, i) => queue(`q${i}`))
    exchange('dlx', ...targets)
    clock.advance(RETRY_MS)
    for (let rounds = 0; rounds < 100; rounds++) {
      clock.advance(0)
      turn.runAll()
    }
    expect(targets[0]!.messageCount).toBe(500)
  })
})

describe('a broker that stops', () => {
  it('leaves no timer behind, also when turns follow', () => {
    const { broker, turn, clock, queue } = arranged()
    const waiting = queue('waiting', { 'x-message-ttl': 1000, 'x-expires': 5000 })
    const source = queue('source', atLeastOnce)
    waiting.enqueue(messageWith(''))
    source.enqueue(messageWith(''))
    rejectAll(source)
    turn.runAll()
    expect(clock.pending).toBe(3)
    source.enqueue(messageWith(''))
    rejectAll(source)
    waiting.mark()
    broker.stop()
    turn.runAll()
    expect(clock.pending).toBe(0)
  })
})
