import { fieldTable, type PlainTable } from '../../src/amqp/table'
import { bind } from '../../src/broker/declarations/bindings'
import { declareExchange } from '../../src/broker/declarations/exchange-declarations'
import { declareQueue, openReplyQueue } from '../../src/broker/declarations/queue-declarations'
import { kept } from '../../src/broker/kept'
import { checkedPolicy, type PolicyTerms } from '../../src/broker/policies/policy'
import { ValidationFailed } from '../../src/broker/validation'
import type { Vhost } from '../../src/broker/vhost'
import type { Exchange } from '../../src/exchanges/exchange'
import type { Queue } from '../../src/queues/queue'
import { NOTHING_TO_WAIT_FOR } from '../../src/store/message-store'
import { ArrangedVhost } from '../support/arranged-vhost'
import { composeBroker } from '../support/composed-broker'
import { ManualTurn } from '../support/manual-turn'

let turn: ManualTurn
let vhost: Vhost
beforeEach(() => {
  turn = new ManualTurn()
  vhost = composeBroker(turn).vhost
})

function queue(name: string, args: PlainTable = {}): Queue {
  const request = { name, durable: true, autoDelete: false, owner: undefined, arguments: fieldTable(args) }
  return declareQueue(vhost, request, {})
}

function exchange(name: string, args: PlainTable = {}): Exchange {
  const rest = { durable: true, autoDelete: false, internal: false, arguments: fieldTable(args) }
  return declareExchange(vhost, { name, type: 'fanout', ...rest })
}

function setPolicy(name: string, pattern: string, definition: object, rest: PolicyTerms = {}): void {
  vhost.policies.set('policy', name, { pattern, definition, ...rest })
}

function problems(terms: PolicyTerms, kind: 'policy' | 'operator-policy' = 'policy'): readonly string[] {
  try {
    checkedPolicy(kind, 'p', { pattern: '.*', definition: { 'max-length': 1 }, ...terms })
    return []
  } catch (error) {
    if (error instanceof ValidationFailed) return error.problems
    throw error
  }
}

describe('a policy', () => {
  it('configures the queues that are there and those that come, and lets them go', () => {
    const before = queue('logs.a')
    setPolicy('short', '^logs\\.', { 'max-length': 5 })
    const after = queue('logs.b')
    const other = queue('mails')
    const lengths = (): unknown[] => [before, after, other].map(({ options }) => options.maxLength)
    expect(lengths()).toEqual([5, 5, undefined])
    setPolicy('short', '^logs\\.a', { 'max-length': 7 })
    expect(lengths()).toEqual([7, undefined, undefined])
    expect(vhost.policies.clear('policy', 'short')).toBe(true)
    expect(lengths()).toEqual([undefined, undefined, undefined])
    expect(vhost.policies.clear('policy', 'short')).toBe(false)
  })

  it('meets the arguments of the queue', () => {
    const limited = queue('q', { 'x-max-length': 5, 'x-dead-letter-exchange': 'mine' })
    setPolicy('p', '.*', { 'max-length': 3, 'dead-letter-exchange': 'ours', 'message-ttl': 9 })
    expect(limited.options).toMatchObject({ maxLength: 3, deadLetterExchange: 'mine', messageTtl: 9 })
  })

  it('of several the one with the highest priority counts, whole; of equal ones the first by name', () => {
    const q = queue('q')
    setPolicy('b', '.*', { 'max-length': 1 })
    setPolicy('a', '.*', { 'message-ttl': 2 })
    expect(vhost.policies.policiesOf(q).policy?.name).toBe('a')
    setPolicy('c', 'q', { expires: 3 }, { priority: 1 })
    expect(q.options).toMatchObject({ expires: 3, maxLength: undefined, messageTtl: undefined })
    setPolicy('c', 'q', { expires: 3 }, { priority: -1 })
    expect(q.options).toMatchObject({ messageTtl: 2, expires: undefined })
    expect(vhost.policies.list('policy').map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    vhost.policies.clear('policy', 'a')
    expect(q.options.maxLength).toBe(1)
  })

  it.each([
    ['all', [true, true, true]],
    ['queues', [true, true, false]],
    ['classic_queues', [true, false, false]],
    ['quorum_queues', [false, true, false]],
    ['streams', [false, false, false]],
    ['exchanges', [false, false, true]],
  ])('that applies to %s is for these only', (applyTo, expected) => {
    const things = [queue('classic'), queue('quorum', { 'x-queue-type': 'quorum' }), exchange('x')]
    setPolicy('p', '.*', { 'max-length': 1 }, { 'apply-to': applyTo })
    expect(things.map(thing => vhost.policies.policiesOf(thing).policy !== undefined)).toEqual(expected)
  })

  it('is none for queues of a type that does not know one of its settings: another may be', () => {
    const classic = queue('classic')
    const quorum = queue('quorum', { 'x-queue-type': 'quorum' })
    setPolicy('lazy', '.*', { 'queue-mode': 'lazy', 'max-length': 1 }, { priority: 9 })
    setPolicy('rest', '.*', { 'max-length': 2 })
    expect([classic.options.maxLength, quorum.options.maxLength]).toEqual([1, 2])
  })

  it('is merged with the operator policy, of which there is one, too', () => {
    const q = queue('q')
    setPolicy('p', '.*', { 'max-length': 10, 'dead-letter-exchange': 'dead' })
    vhost.policies.set('operator-policy', 'o', { pattern: 'q', definition: { 'max-length': 4, expires: 8 } })
    expect(q.options).toMatchObject({ maxLength: 4, expires: 8, deadLetterExchange: 'dead' })
    expect(vhost.policies.effectiveDefinition(q)).toEqual({
      'max-length': 4,
      expires: 8,
      'dead-letter-exchange': 'dead',
    })
    vhost.policies.clear('operator-policy', 'o')
    expect(q.options).toMatchObject({ maxLength: 10, expires: undefined })
  })

  it('is not for the queues behind a reply-to', () => {
    const reply = openReplyQueue(vhost)
    setPolicy('p', '.*', { 'max-length': 1 })
    expect([reply, openReplyQueue(vhost)].map(({ options }) => options.maxLength)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('touches only the queues it concerns, and none when it is set again as it is', () => {
    const there = ['a', 'b', 'c'].map(name => queue(name))
    const configured: string[] = []
    for (const each of there) {
      const { configure } = each
      each.configure = options => {
        configured.push(each.name)
        configure.call(each, options)
      }
    }
    setPolicy('p', '[ab]', { 'max-length': 1 })
    setPolicy('p', '[ab]', { 'max-length': 1 })
    expect(configured).toEqual(['a', 'b'])
    setPolicy('p', '[bc]', { 'max-length': 1 })
    expect(configured.slice(2)).toEqual(['a', 'b', 'c'])
  })

  it('is soon applied to thousands of queues, whatever their names', () => {
    for (let number = 0; number < 5000; number++) queue(`${'a'.repeat(200)}${number}!`)
    const started = performance.now()
    setPolicy('evil', '^(a+)+$', { 'max-length': 1 })
    setPolicy('all', '.*', { 'max-length': 1 })
    turn.runAll()
    expect(performance.now() - started).toBeLessThan(5000)
    expect([...vhost.queues.values()].every(({ options }) => options.maxLength === 1)).toBe(true)
  })
})

describe('a policy with an alternate exchange', () => {
  it('gives it to exchanges, and makes remembered routes stale', () => {
    const there = exchange('x')
    const own = exchange('own', { 'alternate-exchange': 'mine' })
    bind(vhost, exchange('ae'), queue('rest'), '', new Map())
    const revision = vhost.routingRevision
    setPolicy('p', '^(x|own|later)$', { 'alternate-exchange': 'ae' })
    expect(vhost.routingRevision).toBeGreaterThan(revision)
    const names = [there, own, exchange('later'), exchange('other')].map(each => each.alternateExchange)
    expect(names).toEqual(['ae', 'mine', 'ae', undefined])
    const again = vhost.routingRevision
    vhost.policies.clear('policy', 'p')
    expect(there.alternateExchange).toBeUndefined()
    expect(vhost.routingRevision).toBeGreaterThan(again)
  })

  it('does not give it to the default exchange', () => {
    setPolicy('p', '', { 'alternate-exchange': 'ae' })
    expect(vhost.requireExchange('').alternateExchange).toBeUndefined()
    expect(vhost.requireExchange('amq.direct').alternateExchange).toBe('ae')
  })
})

describe('setting a policy', () => {
  it.each<[string, PolicyTerms, string]>([
    ['no definition', { definition: undefined }, 'Key "definition" not found in p'],
    ['an empty one', { definition: {} }, 'no policy provided'],
    ['a list', { definition: [1] }, 'definition must be a dictionary: [1]'],
    [
      'a text',
      { definition: 'x' },
      'parse error while reading policy p: <<"x">>. Validator: policy_validator.',
    ],
    ['no pattern', { pattern: undefined }, 'Key "pattern" not found in p'],
    ['a pattern that is no text', { pattern: 5 }, 'pattern should be a binary but was 5'],
    [
      'a pattern that is none',
      { pattern: '*' },
      'pattern should be regular expression but is invalid: "Nothing to repeat"',
    ],
    ['a priority that is none', { priority: 'high' }, 'priority should be a number, actually was <<"high">>'],
    [
      'something it does not apply to',
      { 'apply-to': 'bindings' },
      "apply-to 'bindings' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'",
    ],
    [
      'settings nobody knows',
      { definition: { nope: { a: [null] }, 'max-length': 1 } },
      '[{<<"nope">>,#{<<"a">> => [null]}}] are not recognised policy settings',
    ],
    ['a TTL', { definition: { 'message-ttl': -1 } }, '-1 is not a valid message TTL'],
    ['an expiry', { definition: { expires: 0 } }, '0 is not a valid queue expiry'],
    ['a length', { definition: { 'max-length': '5' } }, '<<"5">> is not a valid maximum length'],
    [
      'a length in bytes',
      { definition: { 'max-length-bytes': 1.5 } },
      '1.5 is not a valid maximum length in bytes',
    ],
    [
      'an overflow',
      { definition: { overflow: 'drop-tail' } },
      '<<"drop-tail">> is not a valid overflow value',
    ],
    [
      'a dead letter exchange',
      { definition: { 'dead-letter-exchange': 5 } },
      '5 is not a valid dead letter exchange name',
    ],
    ['a delivery limit', { definition: { 'delivery-limit': null } }, 'null is not a valid delivery limit'],
    ['a TTL mode', { definition: { 'ttl-mode': 'tail' } }, '<<"tail">> is not a valid TTL mode'],
    ['a max age', { definition: { 'max-age': '0h' } }, '<<"0h">> is not a valid max age'],
    [
      'a delayed retry without a least delay',
      { definition: { 'delayed-retry-type': 'all' } },
      'delayed-retry-min is required when delayed-retry-type is all',
    ],
    [
      'a delayed retry upside down',
      { definition: { 'delayed-retry-min': 5, 'delayed-retry-max': 4 } },
      'delayed-retry-max (4) must not be smaller than delayed-retry-min (5)',
    ],
  ])('with %s is refused', (_, terms, problem) => {
    expect(problems(terms)).toEqual([problem])
  })

  it.each([undefined, null, 5, ''])('called %p is refused, for it could not be kept', name => {
    const terms = { pattern: '.*', definition: { 'max-length': 1 } }
    expect(() => checkedPolicy('policy', name as string, terms)).toThrow(
      /^Validation failed\n\nname should be/,
    )
  })

  it('says all that is wrong, the last first, in the text of RabbitMQ', () => {
    const set = (): void => setPolicy('p', '*', { 'message-ttl': -1 })
    expect(set).toThrow(
      new ValidationFailed([
        '-1 is not a valid message TTL',
        'pattern should be regular expression but is invalid: "Nothing to repeat"',
      ]),
    )
    expect(set).toThrow(/^Validation failed\n\n-1 is not a valid message TTL\npattern .*\n$/)
    expect(vhost.policies.list('policy')).toEqual([])
  })

  it('an operator may not set all', () => {
    const dead = { definition: { 'dead-letter-exchange': 'x' } }
    const unknown = '[{<<"dead-letter-exchange">>,<<"x">>}] are not recognised policy settings'
    expect(problems(dead, 'operator-policy')).toEqual([unknown])
    expect(problems(dead)).toEqual([])
    expect(
      problems({ definition: { 'max-length': 1, overflow: 'reject-publish' } }, 'operator-policy'),
    ).toEqual([])
  })

  it('keeps what was given then, whatever becomes of it', () => {
    const definition = { 'max-length': 5 }
    setPolicy('p', '.*', definition)
    definition['max-length'] = 6
    expect(vhost.policies.get('policy', 'p')).toEqual({
      name: 'p',
      pattern: '.*',
      applyTo: 'all',
      priority: 0,
      definition: { 'max-length': 5 },
    })
  })

  it('takes what is in definitions of older brokers', () => {
    const definition = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic', 'queue-version': 1 }
    expect(problems({ definition })).toEqual([])
  })
})

describe('a policy over thousands of queues', () => {
  it('is applied over several turns, holds for what is declared meanwhile, and is answered when all follow it', async () => {
    const arranged = new ArrangedVhost()
    const { turn, composed } = arranged
    const { policies } = arranged.vhost
    const queues = Array.from({ length: 5000 }, (_, i) => arranged.queue(`q${i}`))
    const ofLength = (length: number): number =>
      queues.filter(({ options }) => options.maxLength === length).length
    policies.set('policy', 'short', { pattern: '^q', definition: { 'max-length': 5 } })
    let isAnswered = false
    const answered = kept(composed.broker, NOTHING_TO_WAIT_FOR).then(() => {
      isAnswered = true
    })
    expect(ofLength(5)).toBe(1000)
    turn.run()
    expect(ofLength(5)).toBe(2000)
    expect(arranged.queue('q-late').options.maxLength).toBe(5)
    // Another one overtakes it: it is what counts in the end.
    policies.set('policy', 'short', { pattern: '^q1', definition: { 'max-length': 7 } })
    await settle()
    expect(isAnswered).toBe(false)
    await arranged.during(answered)
    expect(ofLength(7)).toBe(1111)
    expect(ofLength(5)).toBe(0)
    expect(arranged.vhost.requireQueue('q-late').options.maxLength).toBeUndefined()
    expect(policies.applied).toBeUndefined()
  })
})

const settle = () => new Promise(resolve => setImmediate(resolve))
